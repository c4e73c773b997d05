import type {
  Accumulator,
  ActionSpec,
  CallSite,
  ClosureItem,
  JobProperties,
  PlanNode,
  StorageLevel,
} from '@firesteel/plan';
import type { RowClassOptions } from './class-registration.js';

/**
 * What an RDD needs of the engine below it. The `firesteel` package provides it, so that this
 * package touches neither threads nor sockets.
 */
export interface Engine {
  readonly defaultParallelism: number;
  /**
   * Runs an action. Functions and the values they capture are snapshot before this returns;
   * errors found that early reject the promise too, nothing is thrown.
   */
  submit(request: JobRequest): EngineJob;
  /** The number of partitions of a node; lists input files if it must. */
  partitionCount(node: PlanNode): Promise<number>;
  /** The lineage as Spark's toDebugString prints it. */
  debugString(node: PlanNode): Promise<string>;
  /**
   * The only partition that can hold rows with this key, if the node is partitioned by key in a
   * known way.
   */
  partitionOfKey(node: PlanNode, key: unknown): Promise<number | undefined>;
  /**
   * Takes a snapshot of the value of a broadcast, to be sent to executors that need it; forgets it
   * when the broadcast is garbage.
   *
   * @throws FiresteelError CLOSURE_NOT_SERIALIZABLE or RDD_IN_TASK for what cannot travel
   */
  addBroadcast(broadcast: { readonly id: number }, item: ClosureItem): void;
  /** Drops the copies of executors, which come back when they are needed. */
  unpersistBroadcast(id: number): void;
  destroyBroadcast(id: number): void;
  /** Merges into it what tasks add from now on, as long as somebody refers to it. */
  addAccumulator(accumulator: Accumulator<never, unknown>): void;
  /** @throws FiresteelError INVALID_ARGUMENT for a class whose instances cannot travel */
  registerClass(ctor: abstract new (...args: never[]) => object, options: RowClassOptions): void;
  /** Marks a node that is not persisted: jobs from now on store its partitions. */
  persist(node: PlanNode, level: StorageLevel): void;
  /** Unmarks a node, and drops its blocks. */
  unpersist(node: PlanNode): void;
  /** Undefined for a node that is not persisted. */
  storageLevel(node: PlanNode): StorageLevel | undefined;
  /** How much of a persisted node is stored. */
  storageStatus(node: PlanNode): StorageStatus;
  /** Writes the rows of a node below `directory` after the next action that uses it. */
  checkpoint(node: PlanNode, directory: string): void;
  /** Keeps the rows of a node on executors, by its storage level, after the next action. */
  localCheckpoint(node: PlanNode): void;
  /** The node itself, or what stands for it since its rows were checkpointed. */
  currentNode(node: PlanNode): PlanNode;
  /** Tells of the node of a new RDD, which reads what its parents have written. */
  addNode(node: PlanNode): void;
  /** Frees the outputs of all shuffles behind a node. */
  removeShuffles(node: PlanNode): void;
  /** Frees those that lead to no other RDD, now and when the other RDDs have gone. */
  removeUnreadShuffles(node: PlanNode): void;
  /**
   * Makes a file or directory known to all tasks that begin after that.
   *
   * @throws FiresteelError as `sc.addFile`
   */
  addFile(path: string, isRecursive: boolean): Promise<void>;
  /** The paths that were added, as they were written. */
  listFiles(): readonly string[];
  /** Cancels the actions that run and that fit. */
  cancelJobs(fits: (action: RunningAction) => boolean, reason?: string): void;
  cancelStage(stageId: number, reason: string): void;
  /** Ends an executor that hands over what it has; resolves when it is gone. */
  decommissionExecutor(executorId: string): Promise<void>;
  stop(): Promise<void>;
}

/** An action that has not ended. */
export interface RunningAction {
  /** Of its own job and of those that it ran before. */
  readonly jobIds: readonly number[];
  readonly properties: JobProperties;
}

export interface StorageStatus {
  readonly cachedPartitions: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export interface JobRequest {
  readonly node: PlanNode;
  readonly action: ActionSpec;
  /** Partitions to run; all when absent. */
  readonly partitions?: readonly number[];
  readonly callSite: CallSite;
  readonly properties: JobProperties;
  /** Called with the partial result of each partition once, in the order in which they come. */
  onResult?(partial: unknown): void;
}

export interface EngineJob {
  readonly jobId: number;
  /** The partial result of each partition, in the order of `JobRequest.partitions`. */
  readonly results: Promise<unknown[]>;
  cancel(reason?: string): void;
}
