/** Blocks in memory that one budget can know at a time, over all threads of the process. */
const MAX_BLOCKS = 1 << 15;

/** What is known of a block in memory. */
export const BlockState = {
  /** The entry is not in use. */
  Free: 0,
  /** Rows are still being added; may not be evicted. */
  Growing: 1,
  /** Complete; may be evicted. */
  Stored: 2,
  /** Its memory is given to others; its owner has to let go of it and to free the entry. */
  Evicted: 3,
} as const;

export interface BudgetLimits {
  /** What execution and storage may use together. */
  readonly totalBytes: number;
  /** What execution must leave to cached blocks; at most `totalBytes`. */
  readonly storageShareBytes: number;
  /** Threads that run tasks, one at a time each. */
  readonly threads: number;
}

/**
 * The shared memory of a budget as typed arrays: a few words, a row of numbers for each thread and
 * for the process itself (as the last one), and a table of the blocks.
 */
export class BudgetLayout {
  readonly threads: number;
  /** `[lock, clock, entries used so far]`. */
  readonly words: Int32Array;
  /** `[total, storage share, storage used, withheld from execution]`. */
  readonly sums: Float64Array;
  /** Execution memory that each thread holds. */
  readonly execution: Float64Array;
  /** Memory that a thread lacked when it last asked and got less than its least share. */
  readonly lacking: Float64Array;
  /** Map outputs in memory; a thread has those that the process has not taken over yet. */
  readonly outputs: Float64Array;
  /** Rows that live in the heap of each thread. */
  readonly heap: Float64Array;
  /** Blocks of each owner that were evicted and that it has not let go of. */
  readonly evictions: Int32Array;
  readonly sizes: Float64Array;
  readonly states: Int32Array;
  readonly rdds: Int32Array;
  readonly partitions: Int32Array;
  readonly owners: Int32Array;
  /** 1 for live rows in the heap of the owner. */
  readonly onHeap: Int32Array;
  /** The clock at the last use. */
  readonly uses: Int32Array;

  constructor(readonly shared: SharedArrayBuffer) {
    this.words = new Int32Array(shared, 0, HEADER_WORDS);
    this.threads = this.words[THREADS] as number;
    const owners = this.threads + 1;
    let at = HEADER_WORDS * 4;
    const floats = (length: number) => {
      const array = new Float64Array(shared, at, length);
      at += array.byteLength;
      return array;
    };
    const ints = (length: number) => {
      const array = new Int32Array(shared, at, length);
      at += array.byteLength;
      return array;
    };
    this.sums = floats(SUMS);
    this.execution = floats(owners);
    this.lacking = floats(owners);
    this.outputs = floats(owners);
    this.heap = floats(owners);
    this.sizes = floats(MAX_BLOCKS);
    this.states = ints(MAX_BLOCKS);
    this.rdds = ints(MAX_BLOCKS);
    this.partitions = ints(MAX_BLOCKS);
    this.owners = ints(MAX_BLOCKS);
    this.onHeap = ints(MAX_BLOCKS);
    this.uses = ints(MAX_BLOCKS);
    this.evictions = ints(owners);
  }

  static create({ totalBytes, storageShareBytes, threads }: BudgetLimits): BudgetLayout {
    const owners = threads + 1;
    const bytes =
      HEADER_WORDS * 4 + (SUMS + 4 * owners + MAX_BLOCKS) * 8 + (6 * MAX_BLOCKS + owners) * 4;
    // Pages that are never touched take no memory.
    const shared = new SharedArrayBuffer(bytes);
    new Int32Array(shared)[THREADS] = threads;
    const layout = new BudgetLayout(shared);
    layout.sums[TOTAL] = totalBytes;
    layout.sums[STORAGE_SHARE] = Math.min(storageShareBytes, totalBytes);
    return layout;
  }

  get maxBlocks(): number {
    return this.states.length;
  }
}

const HEADER_WORDS = 4;
export const LOCK = 0;
export const CLOCK = 1;
/** Entries from here on were never used. */
export const USED_ENTRIES = 2;
const THREADS = 3;

export const TOTAL = 0;
export const STORAGE_SHARE = 1;
export const STORAGE_USED = 2;
export const WITHHELD = 3;
const SUMS = 4;
