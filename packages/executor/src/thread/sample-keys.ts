import type { ActionProgram, FilePart, Pipeline } from '@firesteel/plan';
import { Random } from '@firesteel/statistics';
import { isFused } from '../compile/steps.js';
import { linearPipeline } from '../pipeline/linear-pipeline.js';
import type { RunningTask } from '../pipeline/running-task.js';
import type { SinkResult } from '../sinks/sink.js';

type SampleKeys = Extract<ActionProgram, { kind: 'sampleKeys' }>;

/** What is read of a split: pieces from all over it, as its rows may be in some order. */
const PIECES = 32;
const PIECE_BYTES = 1 << 15;
/** Of the keys asked for: fewer are not taken for those of all of a split. */
const LEAST_SHARE = 0.25;
/** Smaller ones are read whole. */
const MIN_SPLIT_BYTES = 8 * PIECES * PIECE_BYTES;

/**
 * Samples the keys of a partition. Of a large split of a text file only some pieces are read, if its
 * rows go through row-by-row steps alone; `count` is an estimate then. Where they give far fewer
 * keys than asked for, as behind a filter that leaves little, all of it is read.
 *
 * @param run samples all rows of a task
 */
export function sampleKeys(
  action: SampleKeys,
  pipeline: Pipeline,
  task: RunningTask,
  run: (task: RunningTask) => SinkResult | Promise<SinkResult>,
): SinkResult | Promise<SinkResult> {
  const part = largeTextPart(pipeline, task);
  if (part === undefined) return run(task);
  const pieces = piecesOf(part, new Random(action.seed, task.partition));
  const share = (PIECES * PIECE_BYTES) / (part.endByte - part.startByte);
  const estimate = (result: SinkResult): SinkResult | Promise<SinkResult> => {
    const { count, sample } = result.value as { count: number; sample: readonly unknown[] };
    if (sample.length < LEAST_SHARE * action.limit) return run(task);
    return { value: { count: Math.round(count / share), sample } };
  };
  const result = run({ ...task, split: () => ({ kind: 'files', parts: pieces }) });
  return result instanceof Promise ? result.then(estimate) : estimate(result);
}

function largeTextPart(pipeline: Pipeline, task: RunningTask): FilePart | undefined {
  const { source, steps, partition } = linearPipeline(pipeline, task.partition);
  if (source.kind !== 'files' || !steps.every(({ step }) => isFused(step))) return;
  if (source.format.kind !== 'text' && source.format.kind !== 'jsonLines') return;
  const split = task.split(source.sourceId, partition);
  if (split.kind !== 'files' || split.parts.length !== 1) return;
  const [part] = split.parts as readonly [FilePart];
  const size = part.endByte - part.startByte;
  return Number.isFinite(size) && size >= MIN_SPLIT_BYTES ? part : undefined;
}

/** A line belongs to the piece that has its first byte. */
function piecesOf(part: FilePart, random: Random): FilePart[] {
  const stride = (part.endByte - part.startByte) / PIECES;
  return Array.from({ length: PIECES }, (_, i) => {
    const startByte =
      Math.floor(part.startByte + i * stride) + random.below(Math.floor(stride) - PIECE_BYTES);
    return { ...part, startByte, endByte: startByte + PIECE_BYTES };
  });
}
