import type { ExecutorMetrics } from './executor-protocol.js';
import type { FileSplit } from './files.js';
import type { CachedBlockId } from './job-plan.js';
import type { JobProperties } from './job-properties.js';
import type { PackageUse } from './package-use.js';
import type { StageProgram } from './stage-program.js';
import type { StorageLevel } from './storage-level.js';
import type { BarrierOperation, BarrierTaskInfo } from './task-context.js';

/** Where a leaf source gets the rows of one of its partitions from. */
export type Split =
  /** An encoded block of rows (see docs/formats/block.md), a view of shared memory if it can be. */
  | { readonly kind: 'rows'; readonly block: Uint8Array; readonly rowCount: number }
  /** `start + i * step` for i in 0 … count - 1. */
  | {
      readonly kind: 'range';
      readonly start: number | bigint;
      readonly step: number | bigint;
      readonly count: number;
    }
  | FileSplit;

/** A split with the leaf source and partition that it belongs to. */
export interface TaskSplit {
  readonly sourceId: number;
  readonly partition: number;
  readonly split: Split;
}

/** One attempt to run one partition of a stage. */
export interface TaskDescription {
  /** Unique in the application. */
  readonly taskId: number;
  readonly programId: number;
  readonly partition: number;
  readonly attempt: number;
  readonly stageId: number;
  readonly stageAttempt: number;
  /** Partitions of the stage. */
  readonly numPartitions: number;
  /** Local properties of the first job that runs the stage, where there are any. */
  readonly properties?: JobProperties;
  /** Of a barrier stage: where its tasks run, by partition. */
  readonly barrier?: readonly BarrierTaskInfo[];
  /** More than 1 after attempts that ran out of heap: cuts the memory that the task may hold. */
  readonly memoryDivisor: number;
  /** All leaf splits that this partition reads. */
  readonly splits: readonly TaskSplit[];
  /** The cached blocks that it reads where they are there. */
  readonly cachedBlocks: readonly CachedBlockSource[];
}

/** A cached block, and where to read it. */
export interface CachedBlockSource extends CachedBlockId {
  /** The executors that serve it; absent if that of the task has it, or none. */
  readonly holders?: readonly ExecutorAddress[];
}

/** A cached block was stored, moved to other memory or disk, or dropped. */
export interface BlockUpdate extends CachedBlockId {
  readonly level: StorageLevel;
  /** Who can read it: the thread of the slot (live rows), or all threads of its executor. */
  readonly scope: 'slot' | 'executor';
  /** False when nobody of the scope has it any more. */
  readonly isStored: boolean;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** An executor process, and where it serves its blocks; `local` for the driver's own threads. */
export interface ExecutorAddress {
  readonly executorId: string;
  readonly host: string;
  readonly port: number;
  /** The port is that of a shuffle service, which keeps the outputs when the executor is gone. */
  readonly viaService?: boolean;
}

/** The output of one map task: the blocks of all reduce partitions, one behind the other. */
export interface MapOutput {
  readonly shuffleId: number;
  readonly mapPartition: number;
  readonly location: MapOutputLocation;
  /**
   * `numPartitions + 1` byte offsets; block r is [offsets[r], offsets[r + 1]).
   * Equal offsets mean no rows for r. Empty where an executor is told of an output on another one,
   * which cuts it itself.
   */
  readonly offsets: Float64Array;
  readonly rowCount: number;
}

export type MapOutputLocation =
  /** In this process: threads read it where it is. */
  | { readonly kind: 'memory'; readonly buffer: SharedArrayBuffer }
  /** In the files `<path>.data` and `<path>.index` of this host. */
  | { readonly kind: 'file'; readonly path: string }
  /** With an executor, to be fetched from it. */
  | { readonly kind: 'executor'; readonly address: ExecutorAddress };

/**
 * The value of a broadcast, encoded by the closure package (`captureValue`): opaque bytes that
 * threads of one process share, and that are sent to another process in this order.
 */
export interface BroadcastPayload {
  readonly id: number;
  readonly parts: readonly SharedArrayBuffer[];
  /** The packages that its value loads. */
  readonly packages: readonly PackageUse[];
}

/** What a task used and moved. Times in milliseconds, sizes in bytes. */
export interface TaskMetrics {
  readonly runTimeMs: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly shuffleRowsRead: number;
  /** As blocks come: from memory, or compressed from a file or another executor. */
  readonly shuffleBytesRead: number;
  /** The same before compression. */
  readonly shuffleBlockBytesRead: number;
  readonly shuffleRowsWritten: number;
  readonly shuffleBytesWritten: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
  /** What was in memory and was written to disk to make room, and what it took there. */
  readonly memoryBytesSpilled: number;
  readonly diskBytesSpilled: number;
  /** The most that it held at a time of the execution memory of its process; of a stage, the most of any task. */
  readonly peakExecutionBytes: number;
  /** How long it slept until blocks of other executors came. */
  readonly fetchWaitMs: number;
  /** How long its thread collected garbage, as far as it is known at the end of the task. */
  readonly gcTimeMs: number;
}

/** What one task has added to an accumulator. */
export interface AccumulatorUpdate {
  /** Of the accumulator. */
  readonly id: number;
  /** The fields of its part, from `encodeValue`. */
  readonly state: Uint8Array;
}

export type TaskOutcome =
  | {
      readonly kind: 'success';
      /** Partial result of an action: a block where `hasRowResult`, else from `encodeValue`. */
      readonly result?: Uint8Array;
      readonly mapOutput?: MapOutput;
      /** What the task has added to accumulators. */
      readonly accumulators?: readonly AccumulatorUpdate[];
      readonly metrics: TaskMetrics;
    }
  /** The user's code, or the engine, threw; `error` is encoded by the closure package. */
  | { readonly kind: 'exception'; readonly error: Uint8Array; readonly retryable: boolean }
  | {
      readonly kind: 'fetchFailed';
      readonly shuffleId: number;
      readonly mapPartition: number;
      /** The executor that did not deliver; absent when no location was known. */
      readonly executorId?: string;
      /** Whether the executor could not be reached at all, so that all of its outputs are lost. */
      readonly isUnreachable: boolean;
      readonly reason: string;
    }
  | { readonly kind: 'killed' }
  /** The task has ended, but what it ended with could not be had from its executor. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Events that a backend reports to the scheduler. */
export type BackendEvent =
  /** Told before its slots. */
  | {
      readonly kind: 'executorAdded';
      readonly executorId: string;
      readonly host: string;
      readonly cores: number;
      /** Where it serves its blocks; absent where nobody else has to read them. */
      readonly blockAddress?: ExecutorAddress;
      /** Where its output can be read, by name, such as `stderr`. */
      readonly logUrls: Readonly<Record<string, string>>;
    }
  /** From time to time. */
  | {
      readonly kind: 'executorMetrics';
      readonly executorId: string;
      readonly metrics: ExecutorMetrics;
    }
  | {
      readonly kind: 'slotAdded';
      readonly slot: number;
      /** The process that the slot is a part of; never used again after it was lost. */
      readonly executorId: string;
      readonly host: string;
    }
  /** The thread is gone, with its cached blocks; its running tasks are lost. */
  | {
      readonly kind: 'slotLost';
      readonly slot: number;
      readonly reason: string;
      /** Its heap was used up: the task that ran may succeed with less memory. */
      readonly isOutOfMemory?: boolean;
    }
  /** The slot takes no further tasks for now; what it runs and holds is not touched. */
  | { readonly kind: 'slotClosed'; readonly slot: number }
  /** The slot takes tasks, as every new one does. */
  | { readonly kind: 'slotOpened'; readonly slot: number }
  /** The process is going to leave: it finishes the tasks that it has, and must get no others. */
  | { readonly kind: 'executorLeaving'; readonly executorId: string }
  /** An executor has copied map outputs of one that leaves, in whose place they are used now. */
  | {
      readonly kind: 'outputsMoved';
      /** The executor that leaves. */
      readonly from: string;
      readonly outputs: readonly MapOutput[];
    }
  /** The process is gone, with its slots, cached blocks and map outputs. */
  | { readonly kind: 'executorLost'; readonly executorId: string; readonly reason: string }
  /** Told before the end of the task that has stored a block. */
  | {
      readonly kind: 'blockUpdated';
      /** The slot of live rows, or any slot of the executor if that is what holds the block. */
      readonly slot: number;
      readonly update: BlockUpdate;
    }
  /** Why executors that are wanted do not come; undefined when that is over. */
  | { readonly kind: 'executorsAwaited'; readonly reason: string | undefined }
  /** There are no executors, and there will be none. */
  | { readonly kind: 'backendFailed'; readonly error: Error }
  | { readonly kind: 'taskStarted'; readonly taskId: number }
  /** A barrier task waits until `releaseBarrier` names it. */
  | {
      readonly kind: 'barrierSync';
      readonly taskId: number;
      readonly operation: BarrierOperation;
      readonly message: string;
    }
  | { readonly kind: 'taskEnded'; readonly taskId: number; readonly outcome: TaskOutcome };

/**
 * Where tasks run. The scheduler decides what runs in which slot; the backend delivers programs,
 * closure sets and map outputs to a slot before the first task that needs them, once each.
 */
export interface SchedulerBackend {
  /** Begins to report; resolves when at least one slot was added. */
  start(onEvent: (event: BackendEvent) => void): Promise<void>;
  /** Tasks that a slot is given, running and queued, while nobody knows how long they take. */
  readonly tasksPerSlot: number;
  /** How many short tasks a slot may hold: they go there in longer lists. */
  readonly maxTasksPerSlot: number;
  addClosureSet(id: number, bytes: Uint8Array, packages: readonly PackageUse[]): void;
  /**
   * A file or directory, by its path here, that every task finds from now on under its name; absent
   * where tasks run in this process.
   */
  addFile?(name: string, path: string): void;
  removeClosureSet(id: number): void;
  addProgram(program: StageProgram): void;
  removeProgram(programId: number): void;
  /** The complete outputs of a shuffle, in map partition order; a new call replaces the old. */
  setShuffleOutputs(shuffleId: number, outputs: readonly MapOutput[]): void;
  removeShuffle(shuffleId: number): void;
  removeCachedRdd(rddId: number): void;
  /**
   * Makes a broadcast known; may be called before `start`. A process gets it before the first task
   * there whose program names it, once.
   */
  addBroadcast(payload: BroadcastPayload): void;
  /**
   * Drops a broadcast here and on all executors. Tasks that were launched may still use it; an
   * executor drops its copy when it has none. The same id may be added again afterwards.
   */
  removeBroadcast(id: number): void;
  launch(slot: number, tasks: readonly TaskDescription[]): void;
  /** How many tasks wait for a slot, told whenever that has changed. */
  waiting?(tasks: number): void;
  /**
   * How many slots there can be at most, if that is known: a barrier stage with more tasks fails
   * at once instead of waiting for slots.
   */
  readonly maxSlots?: number;
  /** The host that a slot is on; `localhost` where the backend does not say. */
  hostOf?(slot: number): string;
  /** Lets barrier tasks go on, each with the messages of all. */
  releaseBarrier(taskIds: readonly number[], messages: readonly string[]): void;
  /** Ends an executor, so that another one can take its place; it is then reported as lost. */
  endExecutor?(executorId: string, reason: string): void;
  /** Stops tasks at their next chunk; each then ends as `killed`, unless it ended before. */
  kill(taskIds: readonly number[]): void;
  stop(): Promise<void>;
}
