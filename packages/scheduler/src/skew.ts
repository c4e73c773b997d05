import type { ResolvedPartitioner } from '@firesteel/plan';

/** Stages with fewer tasks say little about how their input is divided. */
const MIN_TASKS = 3;
/** A task that reads less is nobody's concern. */
const MIN_BYTES = 32 * 1024 ** 2;
/** How many times as much as the median task one reads that is worth a warning. */
const FACTOR = 5;

/**
 * A task that has read far more of a shuffle than the others of its stage. Bytes are those before
 * compression: a hot key compresses well, and takes its time all the same.
 */
export interface SkewedTask {
  readonly partition: number;
  readonly bytesRead: number;
  readonly medianBytesRead: number;
  /** What keys its partition holds, in words. */
  readonly keys: string;
}

/** Says in words what keys a reduce partition holds. */
export type KeysOfPartition = (partitioner: ResolvedPartitioner, partition: number) => string;

/** What the tasks of a stage attempt have read of shuffles. */
export class ShuffleReads {
  readonly #bytes = new Map<number, number>();

  add(partition: number, bytes: number): void {
    this.#bytes.set(partition, bytes);
  }

  clear(): void {
    this.#bytes.clear();
  }

  /** The task that has read the most, if that is far more than others did. */
  skewed(): Omit<SkewedTask, 'keys'> | undefined {
    if (this.#bytes.size < MIN_TASKS) return undefined;
    let partition = -1;
    let most = MIN_BYTES;
    for (const [candidate, bytes] of this.#bytes)
      if (bytes >= most) {
        most = bytes;
        partition = candidate;
      }
    if (partition < 0) return undefined;
    const sorted = Float64Array.from(this.#bytes.values()).sort();
    const median = sorted[sorted.length >> 1] as number;
    return most > FACTOR * median
      ? { partition, bytesRead: most, medianBytesRead: median }
      : undefined;
  }
}
