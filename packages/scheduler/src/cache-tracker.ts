import type { CachedBlockId } from '@firesteel/plan';

/** Which slots hold which cached partitions, as far as tasks have reported. */
export class CacheTracker {
  readonly #holders = new Map<number, Map<number, Set<number>>>();

  get empty(): boolean {
    return this.#holders.size === 0;
  }

  add(block: CachedBlockId, slot: number): void {
    let partitions = this.#holders.get(block.rddId);
    if (partitions === undefined) {
      partitions = new Map();
      this.#holders.set(block.rddId, partitions);
    }
    const slots = partitions.get(block.partition);
    if (slots === undefined) partitions.set(block.partition, new Set([slot]));
    else slots.add(slot);
  }

  holders(block: CachedBlockId): ReadonlySet<number> | undefined {
    return this.#holders.get(block.rddId)?.get(block.partition);
  }

  /** Whether each of `numPartitions` partitions is held by some slot. */
  isFullyCached(rddId: number, numPartitions: number): boolean {
    return (this.#holders.get(rddId)?.size ?? 0) >= numPartitions;
  }

  remove(block: CachedBlockId, slot: number): void {
    const partitions = this.#holders.get(block.rddId);
    const slots = partitions?.get(block.partition);
    if (partitions === undefined || slots === undefined) return;
    slots.delete(slot);
    if (slots.size === 0) partitions.delete(block.partition);
    if (partitions.size === 0) this.#holders.delete(block.rddId);
  }

  removeRdd(rddId: number): void {
    this.#holders.delete(rddId);
  }

  removeSlot(slot: number): void {
    for (const [rddId, partitions] of this.#holders) {
      for (const partition of partitions.keys()) this.remove({ rddId, partition }, slot);
    }
  }
}
