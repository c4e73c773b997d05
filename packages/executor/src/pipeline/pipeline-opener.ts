import type { Pipeline } from '@firesteel/plan';
import type { Sink, SinkState } from '../sinks/sink.js';
import type { ChunkSource } from './chunk-source.js';
import type { RunningTask } from './running-task.js';

/** How a source opens the pipelines inside of it. */
export interface PipelineOpener {
  /** The rows of a pipeline as chunks. */
  openChunks(pipeline: Pipeline, partition: number, task: RunningTask): ChunkSource;
  /** Runs a partition of a pipeline into a sink. */
  drain<S extends SinkState>(
    pipeline: Pipeline,
    partition: number,
    sink: Sink<S>,
    state: S,
    task: RunningTask,
  ): void | Promise<void>;
}
