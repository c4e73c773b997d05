import { mixWord } from '@firesteel/codec';

/** More streams than that exhaust what the processor keeps of page translations. */
const MAX_STREAMS = 512;

/**
 * Rows of a map task from which its pairs are spread over buckets. Below, all of them fit the
 * second-level cache anyway.
 */
export const MIN_BUCKETED_ROWS = 1 << 16;

/**
 * The binary logarithm of how many buckets each of `numPartitions` partitions has, which every map
 * task of a shuffle comes to by itself.
 *
 * With many distinct keys a table outgrows the caches, and each row costs a miss of 150 ns and
 * more. Appending to one of some hundred streams is sequential, and the table of a bucket stays
 * small: the radix partitioning of Manegold, Boncz and Kersten (2002). The map side does it on the
 * way to the partitions, where it costs one pass instead of two.
 */
export function bucketBitsOf(numPartitions: number): number {
  return Math.floor(Math.log2(Math.max(1, MAX_STREAMS / numPartitions)));
}

/** Rows of a bucket after which a block is closed: readers may have memory for one at a time. */
export const MAX_BUCKET_BLOCK_ROWS = 1 << 16;

/** What tells the stream of a key from its canonical hash: its partition, then its bucket. */
export interface StreamChoice {
  readonly numPartitions: number;
  readonly bucketBits: number;
}

/** The number of the stream, `partition * buckets + bucket`. */
export function streamOf(hash: number, { numPartitions, bucketBits }: StreamChoice): number {
  const isPowerOfTwo = (numPartitions & (numPartitions - 1)) === 0;
  const partition = isPowerOfTwo ? hash & (numPartitions - 1) : (hash >>> 0) % numPartitions;
  // Other bits than those that choose the partition and the slot of a table.
  return (partition << bucketBits) + ((mixWord(hash, 0) >>> 1) >>> (31 - bucketBits));
}
