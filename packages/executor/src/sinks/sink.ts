import type { TaskOutcome } from '@firesteel/plan';
import type { CodeWriter } from '../compile/code-writer.js';
import type { Row } from '../compile/row.js';
import type { RunningTask } from '../pipeline/running-task.js';

/**
 * The end of a generated loop. The emit functions write code in which `S` is the state that
 * `createState` made for the task; between `prologue` and `epilogue`, which run once a chunk,
 * locals may stand for fields of it. `break outer` leaves the chunk, with `S.done` set for good.
 */
export interface Sink<S extends SinkState = SinkState> {
  /** Tells stages with different code apart in the cache of compiled loops. */
  prologue?(code: CodeWriter): void;
  row(row: Row, code: CodeWriter): void;
  epilogue?(code: CodeWriter): void;
  createState(task: RunningTask): S;
  /** What the task reports when its last chunk is through. */
  finish(state: S, task: RunningTask): SinkResult;
  /** Releases what a failed task leaves behind. */
  abort?(state: S): void;
}

export interface SinkState {
  /** Set by generated code when no further row is wanted. */
  done: boolean;
}

export type SinkResult = Pick<
  Extract<TaskOutcome, { kind: 'success' }>,
  'mapOutput'
> & {
  /** The partial result of an action. */
  value?: unknown;
};
