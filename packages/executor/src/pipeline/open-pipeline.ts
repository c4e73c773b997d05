import type { Pipeline } from '@firesteel/plan';
import { Loop } from '../compile/loop.js';
import type { PlacedStep } from '../compile/step-state.js';
import { isFused } from '../compile/steps.js';
import { collectSink } from '../sinks/row-sinks.js';
import type { Sink, SinkState } from '../sinks/sink.js';
import { aggregatedSource } from './aggregated-source.js';
import { openBarrier } from './barriers.js';
import { type ChunkSource, mappedSource, rowsChunk } from './chunk-source.js';
import { linearPipeline } from './linear-pipeline.js';
import type { PipelineOpener } from './pipeline-opener.js';
import { pump } from './pump.js';
import type { RunningTask } from './running-task.js';
import { openSource } from './sources.js';

/**
 * Steps in one generated function at most. Beyond about 24 row-making closures V8 no longer sees
 * through all of them and the cost of a row jumps tenfold; a chunk in between costs less.
 */
const MAX_FUSED_STEPS = 20;

/** A pipeline of one partition, opened up to the steps that go into the loop of its consumer. */
interface OpenPipeline {
  readonly source: ChunkSource;
  readonly tail: readonly PlacedStep[];
}

/**
 * Opens what a partition of a pipeline reads. Runs of row-by-row steps become loops; between them
 * stand the operators that see a partition as a whole, fed and drained by chunks.
 */
function openPipeline(pipeline: Pipeline, partition: number, task: RunningTask): OpenPipeline {
  const linear = linearPipeline(pipeline, partition);
  const isJoined = linear.steps[0]?.step.kind === 'join';
  let source = openSource(linear.source, linear.partition, task, opener, isJoined);
  let fused: PlacedStep[] = [];
  for (const { step, partition: at } of linear.steps) {
    if (isFused(step) && fused.length < MAX_FUSED_STEPS) {
      fused.push({ step, partition: at });
      continue;
    }
    if (step.kind === 'aggregatePartitions') {
      source = aggregatedSource(source, fused, step.aggregate, at, task);
      fused = [];
      continue;
    }
    source = fusedSource(source, fused, task);
    fused = [];
    if (isFused(step)) fused.push({ step, partition: at });
    else source = openBarrier(step, at, source, task);
  }
  return { source, tail: fused };
}

/** The rows of a pipeline as chunks, its last steps included. */
export function openChunks(pipeline: Pipeline, partition: number, task: RunningTask): ChunkSource {
  const { source, tail } = openPipeline(pipeline, partition, task);
  return fusedSource(source, tail, task);
}

/** Sources are made of pipelines as pipelines are of sources; this ties the knot. */
const opener: PipelineOpener = { openChunks, drain };

/** Runs a partition of a pipeline into a sink. */
export function drain<S extends SinkState>(
  pipeline: Pipeline,
  partition: number,
  sink: Sink<S>,
  state: S,
  task: RunningTask,
): void | Promise<void> {
  const { source, tail } = openPipeline(pipeline, partition, task);
  const loop = new Loop(tail, sink, task.closures);
  return pump(
    source,
    (chunk) => loop.run(chunk, state),
    () => state.done,
    task,
  );
}

function fusedSource(
  source: ChunkSource,
  steps: readonly PlacedStep[],
  task: RunningTask,
): ChunkSource {
  if (steps.length === 0) return source;
  const sink = collectSink();
  const loop = new Loop(steps, sink, task.closures);
  const state = sink.createState(task);
  return mappedSource(source, (chunk) => {
    state.rows = [];
    loop.run(chunk, state);
    return rowsChunk(state.rows);
  });
}
