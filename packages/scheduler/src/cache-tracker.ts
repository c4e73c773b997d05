import type { BlockUpdate, CachedBlockId, ExecutorAddress } from '@firesteel/plan';

/** How much of an RDD is cached, over all executors. */
export interface StorageStatus {
  readonly cachedPartitions: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** Who can read a block without asking others: a slot, or all slots of an executor. */
export type BlockHolder = number | string;

interface Size {
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** Who holds a partition: slots have live rows, executors what all of their slots can read. */
interface Holders {
  readonly slots: Map<number, Size>;
  readonly executors: Map<string, Size>;
}

/** Which slots can read which cached partitions, as far as backends have reported. */
export class CacheTracker {
  readonly #holders = new Map<number, Map<number, Holders>>();
  readonly #executorOf = new Map<number, string>();
  readonly #slotsOf = new Map<string, Set<number>>();
  /** Of executors that serve their blocks to others. */
  readonly #addresses = new Map<string, ExecutorAddress>();

  get empty(): boolean {
    return this.#holders.size === 0;
  }

  addExecutor(address: ExecutorAddress): void {
    this.#addresses.set(address.executorId, address);
  }

  addSlot(slot: number, executorId: string): void {
    this.#executorOf.set(slot, executorId);
    const slots = this.#slotsOf.get(executorId);
    if (slots === undefined) this.#slotsOf.set(executorId, new Set([slot]));
    else slots.add(slot);
  }

  executorOf(slot: number): string | undefined {
    return this.#executorOf.get(slot);
  }

  update(slot: number, update: BlockUpdate): void {
    const executorId = this.#executorOf.get(slot);
    if (executorId === undefined) return;
    const { rddId, partition, scope, memoryBytes, diskBytes } = update;
    if (!update.isStored) {
      if (scope === 'slot') this.#drop(update, slot, undefined);
      else this.#drop(update, undefined, executorId);
      return;
    }
    let partitions = this.#holders.get(rddId);
    if (partitions === undefined) {
      partitions = new Map();
      this.#holders.set(rddId, partitions);
    }
    let holders = partitions.get(partition);
    if (holders === undefined) {
      holders = { slots: new Map(), executors: new Map() };
      partitions.set(partition, holders);
    }
    if (scope === 'slot') holders.slots.set(slot, { memoryBytes, diskBytes });
    else holders.executors.set(executorId, { memoryBytes, diskBytes });
  }

  /**
   * The slots or executors where a task should run to find the block; none if it is as good
   * anywhere. Undefined if nobody holds it.
   */
  holders(block: CachedBlockId): readonly BlockHolder[] | undefined {
    const holders = this.#holders.get(block.rddId)?.get(block.partition);
    if (holders === undefined) return undefined;
    if (holders.slots.size > 0) return [...holders.slots.keys()];
    const executors = [...holders.executors.keys()].filter((id) => this.#slotsOf.has(id));
    return executors.length === this.#slotsOf.size ? [] : executors;
  }

  /** Whether the executor, or a slot of it, holds a block. */
  holdsAny(executorId: string): boolean {
    for (const partitions of this.#holders.values())
      for (const { slots, executors } of partitions.values()) {
        if (executors.has(executorId)) return true;
        for (const slot of slots.keys()) if (this.#executorOf.get(slot) === executorId) return true;
      }
    return false;
  }

  /** The executors from which a task in the slot can read the block, if it is not there itself. */
  servers({ rddId, partition }: CachedBlockId, slot: number): readonly ExecutorAddress[] {
    const holders = this.#holders.get(rddId)?.get(partition);
    if (holders === undefined || holders.slots.has(slot)) return [];
    const own = this.#executorOf.get(slot);
    if (own !== undefined && holders.executors.has(own)) return [];
    return [...holders.executors.keys()].flatMap((id) => this.#addresses.get(id) ?? []);
  }

  /** Whether a task in any slot can read each of `numPartitions` partitions. */
  isFullyServed(rddId: number, numPartitions: number): boolean {
    const partitions = this.#holders.get(rddId);
    if (partitions === undefined || partitions.size < numPartitions) return false;
    return [...partitions.values()].every(({ executors }) =>
      [...executors.keys()].some((id) => this.#addresses.has(id)),
    );
  }

  /** Whether each of `numPartitions` partitions is held by somebody. */
  isFullyCached(rddId: number, numPartitions: number): boolean {
    return (this.#holders.get(rddId)?.size ?? 0) >= numPartitions;
  }

  status(rddId: number): StorageStatus {
    let memoryBytes = 0;
    let diskBytes = 0;
    const partitions = this.#holders.get(rddId);
    for (const { slots, executors } of partitions?.values() ?? [])
      for (const size of [...slots.values(), ...executors.values()]) {
        memoryBytes += size.memoryBytes;
        diskBytes += size.diskBytes;
      }
    return { cachedPartitions: partitions?.size ?? 0, memoryBytes, diskBytes };
  }

  /** The slot cannot read the block, whatever was reported. */
  remove(block: CachedBlockId, slot: number): void {
    this.#drop(block, slot, this.#executorOf.get(slot));
  }

  removeRdd(rddId: number): void {
    this.#holders.delete(rddId);
  }

  /** What the slot held alone is gone. */
  removeSlot(slot: number): void {
    for (const [rddId, partitions] of this.#holders)
      for (const partition of partitions.keys()) this.#drop({ rddId, partition }, slot, undefined);
    const executorId = this.#executorOf.get(slot);
    if (executorId === undefined) return;
    this.#executorOf.delete(slot);
    const others = this.#slotsOf.get(executorId);
    others?.delete(slot);
    if (others?.size === 0) this.#slotsOf.delete(executorId);
  }

  /** What all slots of the executor could read is gone. */
  removeExecutor(executorId: string): void {
    this.#addresses.delete(executorId);
    for (const [rddId, partitions] of this.#holders)
      for (const partition of partitions.keys())
        this.#drop({ rddId, partition }, undefined, executorId);
  }

  #drop(block: CachedBlockId, slot: number | undefined, executorId: string | undefined): void {
    const partitions = this.#holders.get(block.rddId);
    const holders = partitions?.get(block.partition);
    if (partitions === undefined || holders === undefined) return;
    if (slot !== undefined) holders.slots.delete(slot);
    if (executorId !== undefined) holders.executors.delete(executorId);
    if (holders.slots.size + holders.executors.size === 0) partitions.delete(block.partition);
    if (partitions.size === 0) this.#holders.delete(block.rddId);
  }
}
