import type { TaskOutcome } from '@firesteel/plan';
import type { CodeWriter } from '../compile/code-writer.js';
import type { Row } from '../compile/row.js';
import type { RunningTask } from '../pipeline/running-task.js';

/**
 * The end of a generated loop. The emit functions write code in which `S` is the state that
 * `createState` made for the task. A local that the `prologue` of a chunk declares may stand for a
 * field of it: its value behind the loop is the `result` that `keep` gets. `break outer` leaves the
 * chunk, with `S.done` set for good.
 *
 * Generated code does nothing else behind a loop. V8 begins with optimised code in the middle of a
 * loop, where it has not seen yet what comes behind, and would give that code up there, once a chunk.
 */
export interface Sink<S extends SinkState = SinkState> {
  prologue?(code: CodeWriter): void;
  row(row: Row, code: CodeWriter, variant: string | undefined): void;
  /** The name of a local. */
  readonly result?: string;
  keep?(state: S, result: never): void;
  createState(task: RunningTask): S;
  /** Which of several kinds of code the next chunk needs, for sinks that adapt to the data. */
  variant?(state: S): string | undefined;
  /** Called between chunks, where a sink may change its mind. */
  afterChunk?(state: S): void;
  /** What the task reports when its last chunk is through. */
  finish(state: S, task: RunningTask): SinkResult;
  /** Releases what a failed task leaves behind. */
  abort?(state: S): void;
}

export interface SinkState {
  /** Set by generated code when no further row is wanted. */
  done: boolean;
}

export type SinkResult = Pick<Extract<TaskOutcome, { kind: 'success' }>, 'mapOutput'> & {
  /** The partial result of an action. */
  value?: unknown;
};
