import { type BlockEntry, BlockTable } from './block-table.js';
import {
  BlockState,
  BudgetLayout,
  type BudgetLimits,
  LOCK,
  STORAGE_SHARE,
  STORAGE_USED,
  TOTAL,
  WITHHELD,
} from './budget-layout.js';
import { SharedLock } from './shared-lock.js';

export interface MemoryUsage {
  readonly totalBytes: number;
  /** Of cached blocks. */
  readonly storageBytes: number;
  /** Of map outputs. */
  readonly outputBytes: number;
  readonly executionBytes: number;
}

export interface BudgetOptions {
  /** What the rows that live in the heap of this thread may take; without it, the whole budget. */
  readonly heapBytes?: number;
  /** Called after blocks of other owners were evicted: they have to hear of it to let go. */
  readonly onEvictedOthers?: () => void;
}

/**
 * The memory of one executor process, shared by its threads, as Spark's UnifiedMemoryManager has
 * it for one JVM: cached blocks (storage) and what tasks work with (execution) draw on one sum.
 *
 * - Storage is cached blocks and map outputs. Map outputs take at most the share of storage; they are
 *   never evicted, so that what does not fit has to go to disk from the start.
 * - Storage may use whatever execution leaves free. When that is not enough, the least recently
 *   used blocks are evicted, but never those of the RDD that asks, and never execution memory.
 * - Execution may use whatever storage leaves free, and evicts blocks as long as storage keeps its
 *   share. While N threads use execution memory, each gets 1/N of it at most. It is given less than
 *   it asked for when there is no more, and then has to spill; it never waits.
 *
 * Each thread and the process have a view of their own over the same memory; methods that change
 * it hold a lock for a moment. What counts is decided at once; the memory behind an evicted block
 * is given back when its owner hears of it and lets go.
 */
export class MemoryBudget {
  private readonly lock: SharedLock;
  private readonly blocks: BlockTable;
  private readonly heapBytes: number;
  private readonly onEvictedOthers: () => void;
  private evictedOthers = false;

  private constructor(
    private readonly layout: BudgetLayout,
    /** A thread, from 0, or the number of threads for the process. */
    private readonly owner: number,
    options: BudgetOptions,
  ) {
    this.lock = new SharedLock(layout.words, LOCK, owner);
    this.blocks = new BlockTable(layout, owner);
    this.heapBytes = options.heapBytes ?? Number.POSITIVE_INFINITY;
    this.onEvictedOthers = options.onEvictedOthers ?? (() => {});
  }

  /** A new budget, seen by the process. */
  static create(limits: BudgetLimits, options: BudgetOptions = {}): MemoryBudget {
    return new MemoryBudget(BudgetLayout.create(limits), limits.threads, options);
  }

  /** The budget in `shared`, seen by a thread. */
  static attach(
    shared: SharedArrayBuffer,
    thread: number,
    options: BudgetOptions = {},
  ): MemoryBudget {
    return new MemoryBudget(new BudgetLayout(shared), thread, options);
  }

  /** Threads that run tasks. */
  get threads(): number {
    return this.layout.threads;
  }

  /** What the views of threads are made of. */
  get shared(): SharedArrayBuffer {
    return this.layout.shared;
  }

  usage(): MemoryUsage {
    return this.locked(() => ({
      totalBytes: this.sum(TOTAL),
      storageBytes: this.sum(STORAGE_USED),
      outputBytes: sumOf(this.layout.outputs),
      executionBytes: sumOf(this.layout.execution),
    }));
  }

  // ----- execution

  /**
   * Asks for execution memory; evicts blocks where that helps. Returns what was granted, from 0 to
   * `bytes`: with less than asked for, spill what is there, release its memory, and go on.
   */
  acquireExecution(bytes: number): number {
    return this.locked(() => {
      const { execution, lacking } = this.layout;
      const held = execution[this.owner] as number;
      const part = this.executionPool() / this.executionUsers();
      const wanted = Math.max(0, Math.min(bytes, part - held));
      const withheld = this.sum(WITHHELD);
      this.evictForTasks(wanted + withheld);
      const granted = Math.floor(Math.max(0, Math.min(wanted, this.free() - withheld)));
      execution[this.owner] = held + granted;
      const isShort = granted < bytes && held + granted < part / 2;
      lacking[this.owner] = isShort ? part / 2 - held - granted : 0;
      return granted;
    });
  }

  releaseExecution(bytes: number): void {
    this.locked(() => {
      const { execution } = this.layout;
      execution[this.owner] = Math.max(0, (execution[this.owner] as number) - bytes);
    });
  }

  /** At the end of a task: whatever it has not released. */
  releaseAllExecution(): void {
    const { execution, lacking } = this.layout;
    if (execution[this.owner] === 0 && lacking[this.owner] === 0) return;
    this.locked(() => {
      execution[this.owner] = 0;
      lacking[this.owner] = 0;
    });
  }

  /**
   * What this thread should release, by spilling, because it holds more than its part while
   * another thread lacks even the half of its own. Cheap while none does; ask between chunks.
   */
  executionOwed(): number {
    const { execution, lacking } = this.layout;
    let lack = 0;
    for (let t = 0; t < lacking.length; t++) if (t !== this.owner) lack += lacking[t] as number;
    if (lack === 0) return 0;
    return this.locked(() => {
      const held = execution[this.owner] as number;
      const part = this.executionPool() / this.executionUsers();
      return Math.ceil(Math.max(0, Math.min(lack, held - part)));
    });
  }

  /**
   * The process takes more memory than it may: so much less is there for tasks, which spill sooner,
   * until it is told otherwise. What they hold already stays theirs.
   */
  withholdExecution(bytes: number): void {
    this.locked(() => {
      this.layout.sums[WITHHELD] = bytes;
    });
  }

  // ----- map outputs

  /**
   * Asks for the memory of a map output; evicts cached blocks where that helps. False if the output
   * has to go to disk.
   */
  acquireOutput(bytes: number): boolean {
    return this.locked(() => {
      const { outputs } = this.layout;
      if (sumOf(outputs) + bytes > this.sum(STORAGE_SHARE)) return false;
      this.evictForTasks(bytes);
      if (this.free() < bytes) return false;
      outputs[this.owner] = (outputs[this.owner] as number) + bytes;
      return true;
    });
  }

  /** The process takes over a map output from the thread that has made it. */
  adoptOutput(thread: number, bytes: number): void {
    this.locked(() => {
      this.changeOutputs(thread, -bytes);
      this.changeOutputs(this.owner, bytes);
    });
  }

  releaseOutput(bytes: number): void {
    this.locked(() => this.changeOutputs(this.owner, -bytes));
  }

  private changeOutputs(owner: number, bytes: number): void {
    const { outputs } = this.layout;
    outputs[owner] = Math.max(0, (outputs[owner] as number) + bytes);
  }

  // ----- storage

  /**
   * An entry for a block of no size that begins to grow; undefined when there are too many blocks.
   *
   * @param onHeap whether its rows live in the heap of this thread
   */
  beginBlock(rddId: number, partition: number, onHeap: boolean): BlockEntry | undefined {
    return this.locked(() => this.blocks.begin(rddId, partition, onHeap));
  }

  /**
   * Asks for storage memory by which a growing block gets larger. Evicts blocks of other RDDs,
   * least recently used first; evicts none and returns false if that would not be enough.
   */
  acquireStorage(entry: BlockEntry, bytes: number): boolean {
    return this.locked(() => {
      const { heap, rdds, onHeap, owners } = this.layout;
      const isOther = (e: BlockEntry) => rdds[e] !== rdds[entry];
      const isOwn = (e: BlockEntry) => isOther(e) && onHeap[e] === 1 && owners[e] === this.owner;
      const isOnHeap = onHeap[entry] === 1;
      const heapShort = isOnHeap ? (heap[this.owner] as number) + bytes - this.heapBytes : 0;
      const own = this.victims(heapShort, isOwn);
      if (own === undefined) return false;
      const chosen = new Set(own);
      const short = bytes - this.free() - this.sizeOf(own);
      const others = this.victims(short, (e) => isOther(e) && !chosen.has(e));
      if (others === undefined) return false;
      for (const victim of [...own, ...others]) this.evict(victim);
      this.blocks.resize(entry, bytes);
      return true;
    });
  }

  /** Gives back what a growing block turned out not to need. */
  releaseStorage(entry: BlockEntry, bytes: number): void {
    this.locked(() => this.blocks.resize(entry, -bytes));
  }

  /**
   * A block is complete: it counts as just used, and may be evicted from now on. A block that
   * another owner let grow passes to this one.
   */
  storeBlock(entry: BlockEntry): void {
    this.locked(() => this.blocks.store(entry));
  }

  /** Notes that a block was used. Takes no lock. */
  touchBlock(entry: BlockEntry): void {
    this.blocks.touch(entry);
  }

  /** Forgets a block of this owner, whatever its state, when nothing holds it any more. */
  removeBlock(entry: BlockEntry): void {
    this.locked(() => this.blocks.remove(entry));
  }

  isEvicted(entry: BlockEntry): boolean {
    return this.layout.states[entry] === BlockState.Evicted;
  }

  /** Whether blocks of this owner were evicted that it has not removed. Takes no lock. */
  get hasEvictions(): boolean {
    return Atomics.load(this.layout.evictions, this.owner) > 0;
  }

  /** The threads that have not removed evicted blocks yet. */
  threadsWithEvictions(): number[] {
    const threads: number[] = [];
    for (let t = 0; t < this.layout.threads; t++)
      if (Atomics.load(this.layout.evictions, t) > 0) threads.push(t);
    return threads;
  }

  /** A thread has died: what it held is free. Called by the process. */
  forgetThread(thread: number): void {
    this.lock.breakOf(thread);
    this.locked(() => {
      this.layout.execution[thread] = 0;
      this.layout.lacking[thread] = 0;
      this.layout.outputs[thread] = 0;
      this.blocks.forget(thread);
    });
  }

  private locked<T>(action: () => T): T {
    const result = this.lock.run(action);
    if (this.evictedOthers) {
      this.evictedOthers = false;
      this.onEvictedOthers();
    }
    return result;
  }

  private sum(index: number): number {
    return this.layout.sums[index] as number;
  }

  /** What execution may use at most: all but what storage has of its share, and what is withheld. */
  private executionPool(): number {
    const ofStorage = Math.min(this.storageUsed(), this.sum(STORAGE_SHARE));
    return Math.max(0, this.sum(TOTAL) - ofStorage - this.sum(WITHHELD));
  }

  private storageUsed(): number {
    return this.sum(STORAGE_USED) + sumOf(this.layout.outputs);
  }

  /** The owners that use execution memory or wait for it, and this one. */
  private executionUsers(): number {
    const { execution, lacking } = this.layout;
    let users = 0;
    for (let t = 0; t < execution.length; t++)
      if (t === this.owner || execution[t] !== 0 || lacking[t] !== 0) users++;
    return users;
  }

  private free(): number {
    return this.sum(TOTAL) - this.storageUsed() - sumOf(this.layout.execution);
  }

  private sizeOf(entries: readonly BlockEntry[]): number {
    return entries.reduce((sum, entry) => sum + (this.layout.sizes[entry] as number), 0);
  }

  /** The least recently used blocks that make up `bytes`; undefined if there are not enough. */
  private victims(bytes: number, fits: (entry: BlockEntry) => boolean): BlockEntry[] | undefined {
    const chosen: BlockEntry[] = [];
    let left = bytes;
    if (left <= 0) return chosen;
    for (const entry of this.blocks.evictable(fits)) {
      chosen.push(entry);
      left -= this.layout.sizes[entry] as number;
      if (left <= 0) return chosen;
    }
    return undefined;
  }

  /** Evicts until `bytes` are free, or until the next block would cut into the share of storage. */
  private evictForTasks(bytes: number): void {
    if (this.free() >= bytes) return;
    for (const entry of this.blocks.evictable(() => true)) {
      const size = this.layout.sizes[entry] as number;
      if (this.storageUsed() - size < this.sum(STORAGE_SHARE)) continue;
      this.evict(entry);
      if (this.free() >= bytes) return;
    }
  }

  private evict(entry: BlockEntry): void {
    if (this.blocks.evict(entry)) this.evictedOthers = true;
  }
}

function sumOf(numbers: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] as number;
  return sum;
}
