import { getHeapStatistics } from 'node:v8';
import { collectGarbage } from './collect-garbage.js';
import type { MemoryBudget } from './memory-budget.js';

/** Memory is asked for in steps of so many bytes at least. */
const MIN_STEP_BYTES = 1 << 16;
/** What a consumer may hold without a grant: empty tables take a good part of the least. */
const MIN_FLOOR_BYTES = 1 << 18;
const MAX_FLOOR_BYTES = 1 << 20;
/** The part of the heap limit above which consumers spill whatever the budget says. */
const TIGHT_HEAP = 0.75;
/** Less than that part of it is not what fills a heap. */
const SMALL_PART = 0.125;

/** What became of the memory of a task. Sizes in bytes. */
export interface MemoryMetrics {
  /** What was in memory and was written to disk to make room. */
  memoryBytesSpilled: number;
  /** What that took on disk. */
  diskBytesSpilled: number;
  peakExecutionBytes: number;
}

/**
 * The execution memory of one task: what its tables, sorters and buffers (its consumers) hold of
 * the budget of the process. Single-threaded; all of it ends with the task.
 */
export class TaskMemory {
  /** What there is for each thread while all of them are at work. */
  readonly partBytes: number;
  private heldBytes = 0;
  private readonly floorBytes: number;
  private readonly limitBytes: number;
  private readonly tightHeapBytes: number;

  /** @param divisor of what the task may hold: more than 1 after it has used up a heap */
  constructor(
    private readonly budget: MemoryBudget,
    private readonly metrics: MemoryMetrics,
    divisor = 1,
  ) {
    const { totalBytes } = budget.usage();
    this.partBytes = totalBytes / budget.threads / divisor;
    const eighth = Math.floor(this.partBytes / 8);
    this.floorBytes = Math.max(MIN_FLOOR_BYTES, Math.min(MAX_FLOOR_BYTES, eighth));
    this.limitBytes = divisor === 1 ? Number.POSITIVE_INFINITY : this.partBytes;
    this.tightHeapBytes = (TIGHT_HEAP * getHeapStatistics().heap_size_limit) / divisor;
  }

  /** One more table, sorter or buffer. */
  consumer(): MemoryConsumer {
    return new MemoryConsumer(this);
  }

  /** The whole budget of the process: what no single value may exceed. */
  get totalBytes(): number {
    return this.budget.usage().totalBytes;
  }

  /**
   * Whether live values of about that size, which cannot be spilled, come near to the limit of the heap,
   * by the estimate or by what V8 says. Then a further one may be the last.
   */
  fillsHeap(estimate: number): boolean {
    if (estimate > this.tightHeapBytes) return true;
    if (estimate < this.tightHeapBytes * SMALL_PART || !this.isHeapTight()) return false;
    collectGarbage();
    return this.isHeapTight();
  }

  /** What each consumer may hold, whatever the others do. */
  get workingBytes(): number {
    return this.floorBytes;
  }

  /** Whether a map output of that size may stay in memory. */
  acquireOutput(bytes: number): boolean {
    return this.budget.acquireOutput(bytes);
  }

  /** For consumers: a part of `bytes`, perhaps none. */
  acquire(bytes: number): number {
    const asked = Math.min(Math.max(bytes, MIN_STEP_BYTES), this.limitBytes - this.heldBytes);
    if (asked <= 0 || this.isHeapTight()) return 0;
    const granted = this.budget.acquireExecution(asked);
    this.heldBytes += granted;
    this.metrics.peakExecutionBytes = Math.max(this.metrics.peakExecutionBytes, this.heldBytes);
    return granted;
  }

  /** For consumers. */
  release(bytes: number): void {
    if (bytes === 0) return;
    this.heldBytes -= bytes;
    this.budget.releaseExecution(bytes);
  }

  /** What this thread holds beyond its part while another one lacks memory. */
  owed(): number {
    return this.budget.executionOwed();
  }

  noteSpill(memoryBytes: number, diskBytes: number): void {
    this.metrics.memoryBytesSpilled += memoryBytes;
    this.metrics.diskBytesSpilled += diskBytes;
  }

  /** Estimates can be wrong; what V8 says of its heap is not. */
  private isHeapTight(): boolean {
    return getHeapStatistics().used_heap_size > this.tightHeapBytes;
  }
}

/**
 * A table, sorter or buffer of a task that grows. It tells its size now and then; when it hears
 * that this is too much, it writes what it has to disk, releases its memory and goes on.
 */
export class MemoryConsumer {
  private granted = 0;

  constructor(private readonly memory: TaskMemory) {}

  /**
   * Notes that the consumer holds about so many bytes now. False if it should spill: there is no memory
   * for that, or another thread lacks its part. Cheap, but not for each record.
   */
  holds(estimate: number): boolean {
    const { memory } = this;
    // The budget counts whole bytes; samples do not.
    const bytes = Math.ceil(estimate);
    if (bytes > this.granted) {
      this.granted += memory.acquire(bytes - this.granted);
      if (bytes > this.granted) return bytes <= memory.workingBytes;
    }
    return bytes <= memory.workingBytes || memory.owed() === 0;
  }

  /** Gives back all of it. */
  release(): void {
    this.memory.release(this.granted);
    this.granted = 0;
  }
}
