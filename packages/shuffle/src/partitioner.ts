import { decodeValue, hashKey } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import type { RangeBounds, ResolvedPartitioner } from '@firesteel/plan';
import { boundSearch } from './bound-search.js';
import type { Compare } from './sort/order.js';

/** Which reduce partition a key goes to, revived in an executor. */
export interface Partitioner {
  readonly numPartitions: number;
  /** Whether the canonical hash alone decides: partition = hash mod n, hash as unsigned. */
  readonly byHash: boolean;
  partitionOf(key: unknown): number;
}

/**
 * Makes a partitioner of its plan form. `mapPartition` sets where round robin starts, so that
 * small map outputs do not all go to the first partitions (as Spark's repartition does).
 */
export function revivePartitioner(
  plan: ResolvedPartitioner,
  closures: readonly unknown[],
  mapPartition: number,
): Partitioner {
  const n = plan.numPartitions;
  switch (plan.kind) {
    case 'hash':
      return { numPartitions: n, byHash: true, partitionOf: (key) => (hashKey(key) >>> 0) % n };
    case 'roundRobin': {
      let next = mapPartition % n;
      return {
        numPartitions: n,
        byHash: false,
        partitionOf: () => {
          const partition = next;
          next = partition + 1 === n ? 0 : partition + 1;
          return partition;
        },
      };
    }
    case 'custom': {
      const getPartition = closures[plan.getPartition] as (key: unknown) => unknown;
      return {
        numPartitions: n,
        byHash: false,
        partitionOf: (key) => {
          const partition = getPartition(key);
          if (
            Number.isInteger(partition) &&
            (partition as number) >= 0 &&
            (partition as number) < n
          )
            return partition as number;
          throw new FiresteelError(
            'INVALID_ARGUMENT',
            `The partitioner gave ${String(partition)} for a key, but a partition must be an integer from 0 to ${n - 1}.`,
          );
        },
      };
    }
    case 'range': {
      const { ascending } = plan;
      const { bounds } = boundsOf(plan);
      const boundOf = boundSearch(bounds, compareOf(plan, closures));
      return {
        numPartitions: n,
        byHash: false,
        partitionOf: (key) => (ascending ? boundOf(key) : bounds.length - boundOf(key)),
      };
    }
  }
}

/** The buckets of all partitions, which sorted one after the other are sorted partitions. */
export interface RangeBuckets {
  /** The partition of each bucket, in the ascending order of keys. */
  readonly partitions: Uint32Array;
  /** The bucket of a key. */
  partitionOf(key: unknown): number;
}

/** Undefined if partitions are not cut into buckets. */
export function reviveBuckets(
  plan: ResolvedPartitioner,
  closures: readonly unknown[],
): RangeBuckets | undefined {
  if (plan.kind !== 'range') return;
  const { bounds, cuts } = boundsOf(plan);
  if (cuts.length === 0) return;
  const compare = compareOf(plan, closures);
  const boundOf = boundSearch(bounds, compare);
  const partitions = new Uint32Array(cuts.length + 1).fill(bounds.length);
  for (const [bucket, cut] of cuts.entries()) partitions[bucket] = boundOf(cut);
  if (!plan.ascending)
    for (const [bucket, p] of partitions.entries()) partitions[bucket] = bounds.length - p;
  return { partitions, partitionOf: boundSearch(cuts, compare) };
}

type RangePartitioner = Extract<ResolvedPartitioner, { kind: 'range' }>;

function boundsOf({ bounds }: RangePartitioner): RangeBounds {
  return bounds === undefined ? { bounds: [], cuts: [] } : (decodeValue(bounds) as RangeBounds);
}

function compareOf(
  { compare }: RangePartitioner,
  closures: readonly unknown[],
): Compare | undefined {
  return compare === undefined ? undefined : (closures[compare] as Compare);
}
