import type { ActionProgram } from './action.js';
import type { FileFormat } from './files.js';
import type { Slot } from './functions.js';
import type {
  Aggregator,
  BroadcastJoinNode,
  Combining,
  JoinNode,
  PipeNode,
  SemiJoinNode,
} from './node.js';
import type { ResolvedPartitioner } from './partitioner.js';
import type { Quota, SamplerSpec } from './sampler.js';
import type { StorageLevel } from './storage-level.js';

/**
 * What the tasks of one stage do: structured-clonable data, functions named by slot.
 * Partition `p` of a stage is partition `p` of its pipeline.
 */
export interface StageProgram {
  readonly id: number;
  readonly closureSetId: number;
  /** The broadcasts that its functions reach, those inside of broadcasts included. */
  readonly broadcasts: readonly number[];
  readonly pipeline: Pipeline;
  readonly sink: SinkProgram;
}

/** A source and the steps that each of its rows goes through. */
export interface Pipeline {
  readonly source: SourceProgram;
  readonly steps: readonly StepProgram[];
}

export type SourceProgram =
  /** Rows given to the task as an encoded block: `splits` holds `{ kind: 'rows' }` for `sourceId`. */
  | { readonly kind: 'rows'; readonly sourceId: number; readonly numPartitions: number }
  /** Integers: `{ kind: 'range' }` splits. */
  | { readonly kind: 'range'; readonly sourceId: number; readonly numPartitions: number }
  /** Rows of files: `{ kind: 'files' }` splits. */
  | {
      readonly kind: 'files';
      readonly format: FileFormat<Slot>;
      readonly sourceId: number;
      readonly numPartitions: number;
    }
  | { readonly kind: 'shuffle'; readonly read: ShuffleRead; readonly numPartitions: number }
  | {
      readonly kind: 'cogroup';
      readonly inputs: readonly CogroupInput[];
      readonly numPartitions: number;
    }
  /** The pairs of input 0 whose key is, or is not, a key of input 1. */
  | {
      readonly kind: 'semiJoin';
      readonly keeps: SemiJoinNode['keeps'];
      readonly inputs: readonly CogroupInput[];
      readonly numPartitions: number;
    }
  /** An already partitioned pair pipeline whose values are combined in place, without a shuffle. */
  | {
      readonly kind: 'combine';
      readonly input: Pipeline;
      readonly keyed: 'pair' | 'row';
      readonly aggregator: Combining<Slot, Slot>;
      readonly numPartitions: number;
    }
  /** The same for the values of each key as an array. */
  | { readonly kind: 'group'; readonly input: Pipeline; readonly numPartitions: number }
  /** Branch b holds the partitions after those of the branches before it. */
  | {
      readonly kind: 'union';
      readonly branches: readonly Pipeline[];
      readonly numPartitions: number;
    }
  /** Partition i is the same partition of every branch, one after the other. */
  | {
      readonly kind: 'zippedUnion';
      readonly branches: readonly Pipeline[];
      readonly numPartitions: number;
    }
  /** Pairs of the rows at the same position of two branches. */
  | {
      readonly kind: 'zip';
      readonly branches: readonly Pipeline[];
      readonly numPartitions: number;
    }
  /** What a function makes of the same partition of every branch. */
  | {
      readonly kind: 'zipPartitions';
      readonly branches: readonly Pipeline[];
      readonly fn: Slot;
      readonly numPartitions: number;
    }
  /**
   * Each row of branch 0 with each of branch 1: of n partitions of branch 1, partition p pairs
   * ⌊p / n⌋ of branch 0 with p mod n of branch 1.
   */
  | {
      readonly kind: 'cartesian';
      readonly branches: readonly Pipeline[];
      readonly numPartitions: number;
    }
  /** Partition i is the input partitions `groups[i]`, one after the other. */
  | {
      readonly kind: 'coalesce';
      readonly input: Pipeline;
      readonly groups: readonly (readonly number[])[];
      readonly numPartitions: number;
    }
  /** The block `rdd_<rddId>_<partition>` if this executor holds it, else `input`, stored. */
  | {
      readonly kind: 'cached';
      readonly rddId: number;
      readonly level: StorageLevel;
      readonly input: Pipeline;
      readonly numPartitions: number;
    }
  /** Behind the cached block of a local checkpoint: nothing can compute the rows again. */
  | { readonly kind: 'lost'; readonly rddId: number; readonly numPartitions: number };

export interface ShuffleRead {
  readonly shuffleId: number;
  readonly keyed: 'pair' | 'row';
  readonly aggregator?: Aggregator<Slot, Slot>;
  /** Whether the blocks hold combiners (map side combined) or raw values. */
  readonly mapSideCombined: boolean;
  readonly order?: { readonly ascending: boolean; readonly compare?: Slot };
}

/** One side of a cogroup or semi join: shuffled, or already partitioned alike. */
export type CogroupInput =
  | { readonly kind: 'shuffle'; readonly shuffleId: number }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline };

export type StepProgram =
  | {
      readonly kind:
        | 'map'
        | 'flatMap'
        | 'filter'
        | 'filterMap'
        | 'keyBy'
        | 'mapValues'
        | 'flatMapValues';
      readonly fn: Slot;
    }
  | { readonly kind: 'keys' | 'values' }
  | { readonly kind: 'glom' }
  /** `offsets[p]` is the index of the first row of partition p. */
  | { readonly kind: 'zipWithIndex'; readonly offsets: readonly number[] }
  /** Row i of partition p gets p + i * stride. */
  | { readonly kind: 'zipWithUniqueId'; readonly stride: number }
  | { readonly kind: 'chunk'; readonly size: number }
  /**
   * `offsets[p]` is the index of the first row of partition p, and `tails[p]` a block of the rows
   * that follow the partition, as many as its last window may need.
   */
  | {
      readonly kind: 'sliding';
      readonly size: number;
      readonly step: number;
      readonly offsets?: readonly number[];
      readonly tails?: readonly Uint8Array[];
    }
  /** `rows` is a block of all pairs of the small side. */
  | {
      readonly kind: 'broadcastJoin';
      readonly join: BroadcastJoinNode['join'];
      readonly rows: Uint8Array;
    }
  | ({
      readonly kind: 'pipe';
      readonly printContext?: Slot;
      readonly printElement?: Slot;
    } & Pick<PipeNode, 'command' | 'env' | 'separateWorkingDir' | 'encoding' | 'bufferSize'>)
  /** Pairs in the order of their keys, within the partition. */
  | { readonly kind: 'sort'; readonly ascending: boolean; readonly compare?: Slot }
  | { readonly kind: 'mapAsync'; readonly fn: Slot; readonly concurrency: number }
  | { readonly kind: 'mapPartitions'; readonly fn: Slot; readonly withIndex: boolean }
  | { readonly kind: 'sample'; readonly sampler: SamplerSpec; readonly seed: number }
  | {
      readonly kind: 'sampleByKey';
      /** The slot of `KeyFractions`. */
      readonly fractions: Slot;
      readonly withReplacement: boolean;
      /** For exact samples: the quotas of each partition, in the order of the fractions. */
      readonly quotas?: readonly (readonly Quota[])[];
      readonly seed: number;
    }
  | {
      readonly kind: 'aggregatePartitions';
      readonly aggregate: Extract<ActionProgram, { readonly kind: 'reduce' | 'aggregate' }>;
    }
  | { readonly kind: 'join'; readonly join: JoinNode['join'] };

export type SinkProgram =
  | {
      readonly kind: 'shuffleWrite';
      readonly shuffleId: number;
      readonly keyed: 'pair' | 'row';
      readonly partitioner: ResolvedPartitioner;
      /** Whether readers bring equal keys together: rows of different keys then need no order. */
      readonly isGrouped: boolean;
      /** Whether readers sort pairs by their keys: those of different keys need no order either. */
      readonly isSorted: boolean;
      /** Present when values are combined on the map side. */
      readonly combine?: Combining<Slot, Slot>;
    }
  | { readonly kind: 'action'; readonly action: ActionProgram };
