import type { CachedBlockId, MapOutput, Split } from '@firesteel/plan';
import type { BlockStore } from '@firesteel/storage';

/** What a task finds around it: its inputs, what its thread keeps, and where it counts. */
export interface RunningTask {
  readonly partition: number;
  readonly attempt: number;
  /** Revived functions and values by slot. */
  readonly closures: readonly unknown[];
  readonly blocks: BlockStore;
  /** Blocks that this task has added to `blocks`. */
  readonly stored: CachedBlockId[];
  readonly counters: TaskCounters;
  /** Throws FetchFailed when the outputs are not there. */
  mapOutputs(shuffleId: number): readonly MapOutput[];
  split(sourceId: number, partition: number): Split;
  /** Throws TaskKilled when the driver wants the task to stop; called between chunks. */
  checkKilled(): void;
}

/** Counts of a task while it runs; they become its metrics. */
export interface TaskCounters {
  rowsRead: number;
  bytesRead: number;
  shuffleRowsRead: number;
  shuffleBytesRead: number;
  rowsWritten: number;
  bytesWritten: number;
}

/** Map outputs of a shuffle are not (or no longer) known to this executor. */
export class FetchFailed extends Error {
  constructor(
    readonly shuffleId: number,
    readonly mapPartition: number,
  ) {
    super(`shuffle ${shuffleId} lacks the output of map partition ${mapPartition}`);
    this.name = 'FetchFailed';
  }
}

export class TaskKilled extends Error {
  constructor() {
    super('the task was killed');
    this.name = 'TaskKilled';
  }
}
