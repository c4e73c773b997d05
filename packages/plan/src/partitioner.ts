import type { AnyFunction, Slot } from './functions.js';

/**
 * How a shuffle spreads rows over partitions. `F` is the form of its functions: the function
 * itself on the driver, a slot of the closure set in a stage program.
 * A missing `numPartitions` means the default rule of the planner (Spark's defaultPartitioner).
 */
export type PartitionerSpec<F = AnyFunction> =
  | HashPartitionerSpec
  | RangePartitionerSpec<F>
  | CustomPartitionerSpec<F>
  | RoundRobinPartitionerSpec;

/** By the canonical hash of the key; see `hashKey` in the codec. */
export interface HashPartitionerSpec {
  readonly kind: 'hash';
  readonly numPartitions?: number;
}

/** By key ranges whose bounds are sampled from the data before the shuffle runs. */
export interface RangePartitionerSpec<F = AnyFunction> {
  readonly kind: 'range';
  readonly numPartitions?: number;
  readonly ascending: boolean;
  /** A user-defined order; without it the canonical key order. */
  readonly compare?: F;
}

/** By the user's function `(key) => partition`. Equal only to itself, or by the user's `equals`. */
export interface CustomPartitionerSpec<F = AnyFunction> {
  readonly kind: 'custom';
  readonly numPartitions: number;
  readonly getPartition: F;
  /** The user's object, for `equals` on the driver; absent in stage programs. */
  readonly identity?: { equals?(other: unknown): boolean };
}

/** Rows in turn, from a start that depends on the map partition; balances any data. */
export interface RoundRobinPartitionerSpec {
  readonly kind: 'roundRobin';
  readonly numPartitions: number;
}

/** A partitioner with everything known, as executors use it. */
export type ResolvedPartitioner =
  | { readonly kind: 'hash'; readonly numPartitions: number }
  | {
      readonly kind: 'range';
      readonly numPartitions: number;
      readonly ascending: boolean;
      readonly compare?: Slot;
      /**
       * `RangeBounds` as `encodeValue` gives them: keys may be instances of classes that only the
       * closures of the job know. None for a single partition.
       */
      readonly bounds?: Uint8Array;
    }
  | { readonly kind: 'custom'; readonly numPartitions: number; readonly getPartition: Slot }
  | { readonly kind: 'roundRobin'; readonly numPartitions: number };

/** How keys are cut into ranges. */
export interface RangeBounds {
  /** Inclusive upper bounds of partitions in ascending order, at most `numPartitions - 1`. */
  readonly bounds: readonly unknown[];
  /**
   * The same and bounds between them, which cut partitions into buckets that fit the caches of a
   * processor. Empty for few rows.
   */
  readonly cuts: readonly unknown[];
}
