import type { RangeBounds } from '@firesteel/plan';

/** The partial result of a `sampleKeys` action. */
export interface KeySample {
  /** Rows of the partition, about. */
  readonly count: number;
  /** A sample of their keys, in which each of them stands for as many rows. */
  readonly sample: readonly unknown[];
}

/** Ranges of all partitions together: as many places as a map task can append to at a time. */
const MAX_RANGES = 512;
const KEYS_PER_RANGE = 4;
/** Fewer rows fit the caches together. */
const MIN_RANGE_ROWS = 4096;

/** How many keys to sample from each of `numInputs` partitions to cut them into `numPartitions`. */
export function sampleLimit(numPartitions: number, numInputs: number): number {
  const total = Math.min(Math.max(20 * numPartitions, KEYS_PER_RANGE * MAX_RANGES), 1_000_000);
  return Math.ceil((3 * total) / Math.max(numInputs, 1));
}

/** The bounds of partitions, and of the buckets in them if there are rows enough. */
export function rangesFromSamples(
  samples: readonly KeySample[],
  numPartitions: number,
  compare: (a: unknown, b: unknown) => number,
): RangeBounds {
  const bounds = rangeBoundsFromSamples(samples, numPartitions, compare);
  const rows = samples.reduce((sum, { count }) => sum + count, 0);
  const ranges = Math.min(MAX_RANGES, rows / MIN_RANGE_ROWS);
  const buckets = Math.floor(ranges / numPartitions);
  if (buckets < 2) return { bounds, cuts: [] };
  const cuts = rangeBoundsFromSamples(samples, buckets * numPartitions, compare);
  return { bounds, cuts: united(bounds, cuts, compare) };
}

/** What is in either of two strictly ascending lists. */
function united(
  a: readonly unknown[],
  b: readonly unknown[],
  compare: (a: unknown, b: unknown) => number,
): unknown[] {
  const all: unknown[] = [];
  for (const key of [...a, ...b].sort(compare))
    if (all.length === 0 || compare(all.at(-1), key) < 0) all.push(key);
  return all;
}

/**
 * Bounds that cut the sampled data into `numPartitions` ranges of about equal weight, as Spark's
 * RangePartitioner chooses them; fewer when there are not enough distinct keys, none for no data.
 * A sampled key stands for `count / sample.length` rows of its partition.
 * `compare` is the user's order or the canonical key order.
 */
export function rangeBoundsFromSamples(
  samples: readonly KeySample[],
  numPartitions: number,
  compare: (a: unknown, b: unknown) => number,
): unknown[] {
  const candidates: WeightedKey[] = [];
  for (const { count, sample } of samples)
    for (const key of sample) candidates.push({ key, weight: count / sample.length });
  return cutByWeight(candidates, numPartitions, compare);
}

interface WeightedKey {
  readonly key: unknown;
  readonly weight: number;
}

export function cutByWeight(
  candidates: readonly WeightedKey[],
  numPartitions: number,
  compare: (a: unknown, b: unknown) => number,
): unknown[] {
  const sorted = [...candidates].sort((a, b) => compare(a.key, b.key));
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const cuts = Math.min(numPartitions, sorted.length);
  const step = total / cuts;
  const bounds: unknown[] = [];
  let target = step;
  let passed = 0;
  for (const { key, weight } of sorted) {
    if (bounds.length >= cuts - 1) break;
    passed += weight;
    if (passed < target) continue;
    if (bounds.length > 0 && compare(key, bounds.at(-1)) <= 0) continue;
    bounds.push(key);
    target += step;
  }
  return bounds;
}
