import type { ActionSpec } from './action.js';
import type { FileFormat, FileSplit } from './files.js';
import type { AnyFunction } from './functions.js';
import type { CustomPartitionerSpec, HashPartitionerSpec, PartitionerSpec } from './partitioner.js';
import type { KeyFractions, SamplerSpec } from './sampler.js';

/** Where the user called the method that made a node. */
export interface CallSite {
  /** The public method, such as `reduceByKey`. */
  readonly method: string;
  /** Base name of the user's file, as TypeScript source when a source map is known; or `unknown`. */
  readonly file: string;
  readonly line: number;
}

interface NodeBase {
  /** Unique in the process and increasing. */
  readonly id: number;
  readonly parents: readonly PlanNode[];
  readonly callSite: CallSite;
}

/** Rows of a driver-side array; sliced when the job runs, so earlier mutations are visible. */
export interface ParallelizeNode extends NodeBase {
  readonly kind: 'parallelize';
  readonly data: readonly unknown[];
  readonly numSlices?: number;
}

/** Integers from `start` (inclusive) to `end` (exclusive); bigint when `start` is. */
export interface RangeNode extends NodeBase {
  readonly kind: 'range';
  readonly start: number | bigint;
  readonly end: number | bigint;
  readonly step: number | bigint;
  readonly numSlices?: number;
}

/** Zero partitions. */
export interface EmptyNode extends NodeBase {
  readonly kind: 'empty';
}

/** Rows of files, which are listed when a job needs them. */
export interface FilesNode extends NodeBase {
  readonly kind: 'files';
  /** File, directory, glob or comma separated list of them. */
  readonly path: string;
  readonly format: FileFormat;
  readonly minPartitions?: number;
}

/**
 * Stands for a node whose rows were checkpointed, under the id of that node: files in the place of
 * a lineage.
 */
export interface CheckpointNode extends NodeBase {
  readonly kind: 'checkpoint';
  /** The directory. */
  readonly path: string;
  /** The file of each partition. */
  readonly splits: readonly FileSplit[];
  /** How keys are known to be spread over the partitions. */
  readonly partitioner?: HashPartitionerSpec | CustomPartitionerSpec;
}

/**
 * Stands for a node whose rows were checkpointed by executors, under the id of that node: blocks of
 * a persisted RDD, and nothing to compute them of again.
 */
export interface LocalCheckpointNode extends NodeBase {
  readonly kind: 'localCheckpoint';
  readonly numPartitions: number;
  readonly partitioner?: HashPartitionerSpec | CustomPartitionerSpec;
}

/** One user function applied row by row. */
export interface RowFunctionNode extends NodeBase {
  readonly kind:
    | 'map'
    | 'flatMap'
    | 'filter'
    | 'filterMap'
    | 'keyBy'
    | 'mapValues'
    | 'flatMapValues';
  readonly fn: AnyFunction;
}

/** Narrow operators without a user function. */
export interface PlainNode extends NodeBase {
  readonly kind: 'keys' | 'values' | 'glom' | 'zipWithIndex' | 'zipWithUniqueId';
}

/** Arrays of `size` rows each, the last of a partition shorter. */
export interface ChunkNode extends NodeBase {
  readonly kind: 'chunk';
  readonly size: number;
}

/** An async function per row, at most `concurrency` at a time; keeps the order of rows. */
export interface MapAsyncNode extends NodeBase {
  readonly kind: 'mapAsync';
  readonly fn: AnyFunction;
  readonly concurrency: number;
}

/** `fn(partition, rows)` once per partition, also for empty ones; sync or async, iterable out. */
export interface MapPartitionsNode extends NodeBase {
  readonly kind: 'mapPartitions';
  readonly fn: AnyFunction;
  /** Whether `fn` takes the partition index before the rows. */
  readonly withIndex: boolean;
  readonly preservesPartitioning: boolean;
  /** Whether all tasks of the stage must run at the same time. */
  readonly isBarrier?: true;
}

/** A random choice of rows, of each partition by a random stream of its own. */
export interface SampleNode extends NodeBase {
  readonly kind: 'sample';
  readonly sampler: SamplerSpec;
  readonly seed: number;
}

/** A random choice of pairs, for each key with a fraction of its own. */
export interface SampleByKeyNode extends NodeBase {
  readonly kind: 'sampleByKey';
  readonly fractions: KeyFractions;
  readonly withReplacement: boolean;
  /**
   * Whether each key gets exactly `ceil(pairs * fraction)` pairs, for which its pairs are counted
   * by a job before.
   */
  readonly isExact: boolean;
  readonly seed: number;
}

/** What becomes of a partition's rows: `[partition, result]`, and for `reduce` of none nothing. */
export interface AggregatePartitionsNode extends NodeBase {
  readonly kind: 'aggregatePartitions';
  readonly aggregate: Extract<ActionSpec, { readonly kind: 'reduce' | 'aggregate' }>;
}

/** The partitions of all parents one after the other, or zipped when all are partitioned alike. */
export interface UnionNode extends NodeBase {
  readonly kind: 'union';
}

/** Windows of `size` rows that begin at every `step`-th row of the whole RDD. */
export interface SlidingNode extends NodeBase {
  readonly kind: 'sliding';
  readonly size: number;
  readonly step: number;
}

/** The lines that a command prints, which is given the rows as lines; once per partition. */
export interface PipeNode extends NodeBase {
  readonly kind: 'pipe';
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly separateWorkingDir: boolean;
  readonly encoding: 'utf8' | 'latin1' | 'utf16le';
  readonly bufferSize: number;
  /** `(print)`: prints lines before those of the rows. */
  readonly printContext?: AnyFunction;
  /** `(row, print)`: prints the lines of a row. */
  readonly printElement?: AnyFunction;
}

/** The pairs of parent 0 joined with those of parent 1, which every executor gets whole. */
export interface BroadcastJoinNode extends NodeBase {
  readonly kind: 'broadcastJoin';
  readonly join: 'inner' | 'leftOuter';
}

/** `[left row, right row]`: by position (`zip`), or each with each (`cartesian`). */
export interface PairingNode extends NodeBase {
  readonly kind: 'zip' | 'cartesian';
}

/** `fn(rows of parent 0, rows of parent 1, …)` once for each partition number. */
export interface ZipPartitionsNode extends NodeBase {
  readonly kind: 'zipPartitions';
  readonly fn: AnyFunction;
  readonly preservesPartitioning: boolean;
}

/** The pairs whose key lies between two bounds; partitions that cannot hold any are not read. */
export interface FilterByRangeNode extends NodeBase {
  readonly kind: 'filterByRange';
  /** Both inclusive. */
  readonly lower: unknown;
  readonly upper: unknown;
  /** Whether a pair lies in the range. */
  readonly fn: AnyFunction;
  /** A user-defined order; without it the canonical key order. */
  readonly compare?: AnyFunction;
}

/** Contiguous groups of parent partitions, without a shuffle; never more than the parent has. */
export interface CoalesceNode extends NodeBase {
  readonly kind: 'coalesce';
  readonly numPartitions: number;
}

/** How the values of a key become one row. */
export type Aggregator<F = AnyFunction, V = unknown> =
  /** `reduceByKey`: a single value passes untouched. */
  | { readonly kind: 'reduce'; readonly merge: F }
  /** `combineByKey`. */
  | {
      readonly kind: 'combine';
      readonly create: F;
      readonly mergeValue: F;
      readonly mergeCombiners: F;
    }
  /** `aggregateByKey` and `foldByKey`: every key starts from a fresh zero. */
  | {
      readonly kind: 'aggregate';
      readonly zero: V;
      /** Whether `zero` is a function that makes a zero, or the zero itself, cloned for each key. */
      readonly zeroIsFactory: boolean;
      readonly mergeValue: F;
      readonly mergeCombiners: F;
    }
  /** `groupByKey`: values in an array, in map partition order. */
  | { readonly kind: 'group' }
  /** `distinct`: the row itself is the key. */
  | { readonly kind: 'distinct' };

/** Those that make one value of two, again and again. */
export type Combining<F = AnyFunction, V = unknown> = Exclude<
  Aggregator<F, V>,
  { readonly kind: 'group' }
>;

/** Rows move to the partition of their key. */
export interface ShuffleNode extends NodeBase {
  readonly kind: 'shuffle';
  /** `pair`: rows are `[key, value]`. `row`: the whole row is the key (distinct, repartition). */
  readonly keyed: 'pair' | 'row';
  readonly partitioner: PartitionerSpec;
  readonly aggregator?: Aggregator;
  readonly mapSideCombine: boolean;
  /** Order inside each output partition, by key. */
  readonly order?: { readonly ascending: boolean; readonly compare?: AnyFunction };
}

/** `[key, [values of parent 0, values of parent 1, …]]` for each key of any parent. */
export interface CogroupNode extends NodeBase {
  readonly kind: 'cogroup';
  readonly partitioner: PartitionerSpec;
  /** One for each parent, from the counter of node ids. A shuffle node's shuffle id is its id. */
  readonly shuffleIds: readonly number[];
}

/** The pairs of parent 0 whose key is, or is not, a key of parent 1. */
export interface SemiJoinNode extends NodeBase {
  readonly kind: 'semiJoin';
  readonly keeps: 'matched' | 'unmatched';
  readonly partitioner: PartitionerSpec;
  /** One for each parent, as in a cogroup. */
  readonly shuffleIds: readonly number[];
}

/** Flattens `[key, [left[], right[]]]` of a cogroup to joined pairs. */
export interface JoinNode extends NodeBase {
  readonly kind: 'join';
  readonly join: 'inner' | 'leftOuter' | 'rightOuter' | 'fullOuter';
}

/** A step of the lineage: frozen data, no engine object in it. */
export type PlanNode =
  | ParallelizeNode
  | RangeNode
  | EmptyNode
  | FilesNode
  | CheckpointNode
  | LocalCheckpointNode
  | RowFunctionNode
  | PlainNode
  | ChunkNode
  | MapAsyncNode
  | MapPartitionsNode
  | SlidingNode
  | PipeNode
  | BroadcastJoinNode
  | PairingNode
  | ZipPartitionsNode
  | FilterByRangeNode
  | SampleNode
  | SampleByKeyNode
  | AggregatePartitionsNode
  | UnionNode
  | CoalesceNode
  | ShuffleNode
  | CogroupNode
  | SemiJoinNode
  | JoinNode;

export type NodeKind = PlanNode['kind'];
