import type { Slot } from './functions.js';
import type { CallSite } from './node.js';
import type { PackageUse } from './package-use.js';
import type { StageProgram } from './stage-program.js';
import type { StorageLevelName } from './storage-level.js';
import type { TaskSplit } from './task.js';

/** What the planner hands to the scheduler: the stages of one job. */
export interface JobPlan {
  /** Parents before children; the last one is the result stage. */
  readonly stages: readonly StagePlan[];
  /** Shuffles that the stages read and that need no stage, because they are complete. */
  readonly skipped: readonly SkippedShuffle[];
  /** The partitions of the result stage to run, in the order of the results. */
  readonly partitions: readonly number[];
  /** The closure set that the programs of this job name slots of. */
  readonly closureSet: ClosureSet;
  /** The action, such as `collect at job.ts:7`. */
  readonly callSite: CallSite;
}

/** The functions and captured values of a job, encoded together. */
export interface ClosureSet {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** The broadcasts that the function or value of a slot reaches; slots without any are left out. */
  readonly broadcasts: ReadonlyMap<Slot, readonly number[]>;
  /** The packages that the functions load. */
  readonly packages: readonly PackageUse[];
  /** What the functions refer to by id: kept from being garbage as long as the set is in use. */
  readonly carried: readonly object[];
}

export interface SkippedShuffle {
  readonly shuffleId: number;
  /** Tasks of the stage that is not run. */
  readonly numPartitions: number;
  readonly callSite: CallSite;
}

export interface StagePlan {
  readonly program: StageProgram;
  /** Absent for the result stage. */
  readonly shuffleId?: number;
  readonly numPartitions: number;
  /** Whether all tasks must run at the same time, and all again when one fails. */
  readonly isBarrier: boolean;
  /**
   * Whether lost outputs, made again, would not fit with those that are left: then all are made
   * again, and whatever was computed from them too. Never for the result stage.
   */
  readonly isIndeterminate: boolean;
  readonly parents: readonly ParentShuffle[];
  /** The last transformation (or action) of the stage, such as `reduceByKey at job.ts:5`. */
  readonly callSite: CallSite;
  /** Ids of the plan nodes that this stage computes, for listeners. */
  readonly rddIds: readonly number[];
  /** What these nodes are, for listeners: the first `MAX_STAGE_OPERATORS` of them, last one first. */
  readonly operators: readonly StageOperator[];
  splitsFor(partition: number): readonly TaskSplit[];
  /** Cached blocks that this partition would read, nearest to the sink first; for locality. */
  cachedBlocksFor(partition: number): readonly CachedBlockId[];
}

/** Of a lineage of thousands of nodes nobody looks at more. */
export const MAX_STAGE_OPERATORS = 100;

/** A plan node as listeners see it. */
export interface StageOperator {
  readonly rddId: number;
  /** Given by `setName`, or the path of files. */
  readonly name?: string;
  readonly callSite: CallSite;
  /** RDDs of the same stage whose rows it takes. */
  readonly parentIds: readonly number[];
  /** Shuffles whose rows it takes. */
  readonly shuffleIds?: readonly number[];
  readonly numPartitions: number;
  /** Of a persisted RDD. */
  readonly storageLevel?: StorageLevelName;
}

/** A shuffle that a stage reads. */
export interface ParentShuffle {
  readonly shuffleId: number;
  /**
   * Cached RDDs on every path to this shuffle: while all partitions of one of them are held by
   * executors, the shuffle is not needed.
   */
  readonly unlessCached: readonly { readonly rddId: number; readonly numPartitions: number }[];
}

export interface CachedBlockId {
  readonly rddId: number;
  readonly partition: number;
}
