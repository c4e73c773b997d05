import {
  BlockState,
  type BudgetLayout,
  CLOCK,
  STORAGE_USED,
  USED_ENTRIES,
} from './budget-layout.js';

/** An entry of the table of blocks. */
export type BlockEntry = number;

/**
 * The blocks in the memory of a process with their sizes, whose sum is the storage memory in use.
 * All methods but those that say otherwise are called with the lock of the budget held.
 */
export class BlockTable {
  constructor(
    private readonly layout: BudgetLayout,
    private readonly owner: number,
  ) {}

  begin(rddId: number, partition: number, onHeap: boolean): BlockEntry | undefined {
    const { layout } = this;
    const entry = this.freeEntry();
    if (entry === undefined) return undefined;
    layout.states[entry] = BlockState.Growing;
    layout.rdds[entry] = rddId;
    layout.partitions[entry] = partition;
    layout.owners[entry] = this.owner;
    layout.onHeap[entry] = onHeap ? 1 : 0;
    layout.sizes[entry] = 0;
    return entry;
  }

  /** Changes the size of a block; negative to make it smaller. */
  resize(entry: BlockEntry, bytes: number): void {
    const { sums, sizes, heap, owners, onHeap } = this.layout;
    sizes[entry] = (sizes[entry] as number) + bytes;
    sums[STORAGE_USED] = (sums[STORAGE_USED] as number) + bytes;
    const owner = owners[entry] as number;
    if (onHeap[entry] === 1) heap[owner] = (heap[owner] as number) + bytes;
  }

  store(entry: BlockEntry): void {
    this.layout.owners[entry] = this.owner;
    this.layout.states[entry] = BlockState.Stored;
    this.layout.uses[entry] = this.tick();
  }

  remove(entry: BlockEntry): void {
    const { states, sizes, evictions } = this.layout;
    if (states[entry] === BlockState.Evicted) Atomics.sub(evictions, this.owner, 1);
    else this.resize(entry, -(sizes[entry] as number));
    states[entry] = BlockState.Free;
  }

  /** Stored blocks that take memory, least recently used first. */
  evictable(fits: (entry: BlockEntry) => boolean): BlockEntry[] {
    const { states, sizes, uses } = this.layout;
    const entries: BlockEntry[] = [];
    for (let e = 0; e < this.usedEntries; e++)
      if (states[e] === BlockState.Stored && sizes[e] !== 0 && fits(e)) entries.push(e);
    return entries.sort((a, b) => (uses[a] as number) - (uses[b] as number));
  }

  /** Returns whether the block belongs to another owner. */
  evict(entry: BlockEntry): boolean {
    const { states, sizes, owners, evictions } = this.layout;
    this.resize(entry, -(sizes[entry] as number));
    states[entry] = BlockState.Evicted;
    const owner = owners[entry] as number;
    Atomics.add(evictions, owner, 1);
    return owner !== this.owner;
  }

  /** Frees all that a thread has; it may have died while it changed the sum, which is made anew. */
  forget(thread: number): void {
    const { sums, heap, evictions, states, owners, sizes } = this.layout;
    heap[thread] = 0;
    evictions[thread] = 0;
    let storage = 0;
    for (let e = 0; e < this.usedEntries; e++) {
      if (owners[e] === thread) states[e] = BlockState.Free;
      else if (states[e] === BlockState.Growing || states[e] === BlockState.Stored)
        storage += sizes[e] as number;
    }
    sums[STORAGE_USED] = storage;
  }

  /** Notes that a block was used. Needs no lock: at worst the order of two uses is lost. */
  touch(entry: BlockEntry): void {
    this.layout.uses[entry] = this.tick();
  }

  private tick(): number {
    return Atomics.add(this.layout.words, CLOCK, 1);
  }

  private get usedEntries(): number {
    return this.layout.words[USED_ENTRIES] as number;
  }

  private freeEntry(): BlockEntry | undefined {
    const { states, words } = this.layout;
    const used = this.usedEntries;
    for (let e = 0; e < used; e++) if (states[e] === BlockState.Free) return e;
    if (used >= states.length) return undefined;
    words[USED_ENTRIES] = used + 1;
    return used;
  }
}
