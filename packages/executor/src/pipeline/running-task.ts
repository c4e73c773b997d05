import type { Split } from '@firesteel/plan';
import type { InputFrame, TaskSpace } from '@firesteel/shuffle';
import type { BlockStore, MemoryMetrics } from '@firesteel/storage';

/** What a task finds around it: its inputs, what its thread keeps, and where it counts. */
export interface RunningTask {
  readonly partition: number;
  readonly attempt: number;
  /** Revived functions and values by slot. */
  readonly closures: readonly unknown[];
  readonly blocks: BlockStore;
  readonly counters: TaskCounters;
  /** The memory and the files that it works with. */
  readonly space: TaskSpace;
  /**
   * The blocks of a reduce partition in each map output, in the order of the map partitions.
   * Throws FetchFailed, also while blocks are opened, when an output is not there or damaged.
   */
  shuffleInputs(shuffleId: number, partition: number): Iterable<Iterable<InputFrame>>;
  /** A cached partition that another executor holds, as encoded blocks; undefined if none does. */
  remoteBlock(rddId: number, partition: number): readonly Uint8Array[] | undefined;
  split(sourceId: number, partition: number): Split;
  /** Throws TaskKilled when the driver wants the task to stop; called between chunks. */
  checkKilled(): void;
  /** Calls back when the task is killed, for sources that wait between chunks. */
  onKilled(listener: () => void): void;
  /** The first input file that the task reads. */
  readonly inputFile: string | undefined;
}

/** Counts of a task while it runs; they become its metrics. */
export interface TaskCounters extends MemoryMetrics {
  fetchWaitMs: number;
  rowsRead: number;
  bytesRead: number;
  shuffleRowsRead: number;
  shuffleBytesRead: number;
  shuffleBlockBytesRead: number;
  rowsWritten: number;
  bytesWritten: number;
}

export function newCounters(): TaskCounters {
  return {
    rowsRead: 0,
    bytesRead: 0,
    shuffleRowsRead: 0,
    shuffleBytesRead: 0,
    shuffleBlockBytesRead: 0,
    rowsWritten: 0,
    bytesWritten: 0,
    memoryBytesSpilled: 0,
    diskBytesSpilled: 0,
    peakExecutionBytes: 0,
    fetchWaitMs: 0,
  };
}

/** A map output is not known to this executor, or could not be had from the one that holds it. */
export class FetchFailed extends Error {
  constructor(
    readonly shuffleId: number,
    readonly mapPartition: number,
    readonly reason: string,
    readonly executorId?: string,
    readonly isUnreachable = false,
  ) {
    super(`map output ${mapPartition} of shuffle ${shuffleId}: ${reason}`);
    this.name = 'FetchFailed';
  }
}

export class TaskKilled extends Error {
  constructor() {
    super('the task was killed');
    this.name = 'TaskKilled';
  }
}
