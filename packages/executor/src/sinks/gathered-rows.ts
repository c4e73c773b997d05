import { FiresteelError, MAX_ARRAY_ROWS } from '@firesteel/common';
import { SampledBytes } from '@firesteel/shuffle';
import type { MemoryConsumer, TaskMemory } from '@firesteel/storage';

/** Fewer rows are not looked at. */
const FIRST_CHECK_ROWS = 4096;
/** By how many more rows there must be before they are looked at again. */
const GROWTH = 1.1;

/**
 * Watches rows that a task gathers as an array, for a result or for a user's function: they cannot go
 * to disk, and a clear error is better than a thread that runs out of heap.
 */
export class GatheredRows {
  private readonly consumer: MemoryConsumer;
  private readonly size = new SampledBytes();
  private nextCheck = FIRST_CHECK_ROWS;

  /** @param operator that gathers them, as its caller knows it */
  constructor(
    private readonly memory: TaskMemory,
    private readonly operator: string,
  ) {
    this.consumer = memory.consumer();
  }

  /**
   * To be called between chunks with all rows so far.
   *
   * @throws FiresteelError RESULT_TOO_LARGE
   */
  check(rows: readonly unknown[]): void {
    if (rows.length < this.nextCheck) return;
    this.nextCheck = Math.min(rows.length * GROWTH, MAX_ARRAY_ROWS);
    const sizeBytes = Math.ceil(this.size.bytesOf(rows, rows.length));
    // Others spill sooner; these rows stay, whether there is memory for them or not.
    this.consumer.holds(sizeBytes);
    if (rows.length >= MAX_ARRAY_ROWS || this.memory.fillsHeap(sizeBytes))
      throw this.tooLarge(rows.length, sizeBytes);
  }

  private tooLarge(rows: number, sizeBytes: number): FiresteelError {
    return new FiresteelError(
      'RESULT_TOO_LARGE',
      `${this.operator} has gathered ${rows} rows of a partition, about ${sizeBytes} bytes, and its thread has no room for more. Make more and smaller partitions and read them one by one with toLocalIterator(), write the rows with saveAsTextFile() or another saveAs… action, reduce them, or set executor.memory to more.`,
      { data: { operator: this.operator, rows, sizeBytes } },
    );
  }
}

/** What a task ends with must not reach the driver if `driver.maxResultSize` forbids that. */
export function checkResultSize(sizeBytes: number, limitBytes: number): void {
  if (limitBytes === 0 || sizeBytes <= limitBytes) return;
  throw new FiresteelError(
    'RESULT_TOO_LARGE',
    `The result of one task takes ${sizeBytes} bytes, more than the ${limitBytes} bytes of driver.maxResultSize for all results of a job. Make more and smaller partitions and read them one by one with toLocalIterator(), write the rows with saveAsTextFile() or another saveAs… action, reduce them on the executors, or set driver.maxResultSize to more.`,
    { data: { sizeBytes, limitBytes } },
  );
}
