import { compareKeys, decodeValue, hashKey } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import type { ResolvedPartitioner } from '@firesteel/plan';

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
      const bounds = plan.bounds === undefined ? [] : (decodeValue(plan.bounds) as unknown[]);
      const boundOf =
        plan.compare === undefined
          ? canonicalSearch(bounds)
          : boundSearch(bounds, closures[plan.compare] as Compare);
      return {
        numPartitions: n,
        byHash: false,
        partitionOf: (key) => (ascending ? boundOf(key) : bounds.length - boundOf(key)),
      };
    }
  }
}

type Compare = (a: unknown, b: unknown) => number;

/** Finds the first bound that is not below a key: bounds are inclusive upper limits. */
type BoundSearch = (key: unknown) => number;

function boundSearch(bounds: readonly unknown[], compare: Compare): BoundSearch {
  return (key) => {
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(key, bounds[middle]) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** In the order of keys, with the operators of the language where all are of one common type. */
function canonicalSearch(bounds: readonly unknown[]): BoundSearch {
  const search = boundSearch(bounds, compareKeys);
  if (bounds.every((bound) => typeof bound === 'number' && bound === bound)) {
    const numbers = Float64Array.from(bounds as readonly number[]);
    return (key) =>
      typeof key === 'number' && key === key ? firstFrom(numbers, key) : search(key);
  }
  if (bounds.every((bound) => typeof bound === 'string')) {
    const strings = bounds as readonly string[];
    return (key) => (typeof key === 'string' ? firstFrom(strings, key) : search(key));
  }
  return search;
}

function firstFrom<T extends number | string>(bounds: ArrayLike<T>, key: T): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (key > (bounds[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
