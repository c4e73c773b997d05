import { FiresteelError } from '@firesteel/common';
import type { BlockUpdate, CachedBlockId, StorageLevel } from '@firesteel/plan';
import { loadBlockFile } from './block-file.js';
import type { NewSharedPartition, SharedPartition } from './block-store.js';
import type { DiskStore } from './disk-store.js';
import type { MemoryBudget } from './memory-budget.js';
import { PartitionMap } from './partition-map.js';

export interface SharedBlocksEnvironment {
  readonly budget: MemoryBudget;
  readonly disk: DiskStore;
  report(update: BlockUpdate): void;
  warn(error: FiresteelError): void;
}

/**
 * The cached partitions of a process as encoded blocks in shared memory, kept by its main thread:
 * they outlive the thread that computed them. A task is lent those that it may read when it is
 * launched, so that threads hold on to none for longer.
 */
export class SharedBlocks {
  private readonly partitions = new PartitionMap<NewSharedPartition>();
  /** Evicted, and still readable until they are on disk. */
  private readonly leaving = new Set<NewSharedPartition>();

  constructor(private readonly environment: SharedBlocksEnvironment) {}

  /** Takes over what a thread has made. */
  add(partition: NewSharedPartition): void {
    const { budget, report } = this.environment;
    const { rddId, partition: index, level, memoryBytes, entry } = partition;
    if (this.partitions.get(rddId, index) !== undefined) {
      // Another attempt has made the same.
      budget.removeBlock(entry);
      return;
    }
    budget.storeBlock(entry);
    this.partitions.set(rddId, index, partition);
    report({
      rddId,
      partition: index,
      level,
      scope: 'executor',
      isStored: true,
      memoryBytes,
      diskBytes: 0,
    });
  }

  /** Those of the blocks that are in memory; they count as used. */
  lend(ids: readonly CachedBlockId[]): SharedPartition[] {
    const lent: SharedPartition[] = [];
    for (const { rddId, partition } of ids) {
      const found = this.partitions.get(rddId, partition);
      if (found === undefined) continue;
      this.environment.budget.touchBlock(found.entry);
      lent.push({ rddId, partition, blocks: found.blocks });
    }
    return lent;
  }

  /** A partition from memory or disk, for other processes; undefined if it is not there. */
  async read({ rddId, partition }: CachedBlockId): Promise<Uint8Array[] | undefined> {
    const found = this.partitions.get(rddId, partition);
    if (found !== undefined) {
      this.environment.budget.touchBlock(found.entry);
      return found.blocks.map((block) => new Uint8Array(block));
    }
    const file = this.environment.disk.find(rddId, partition);
    return file && loadBlockFile(file);
  }

  /** Keeps a copy of a partition of another process, if there is room for it. */
  async adopt(
    rddId: number,
    partition: number,
    level: StorageLevel,
    blocks: readonly Uint8Array[],
  ): Promise<void> {
    const { budget, disk, report } = this.environment;
    const entry = level.useMemory ? budget.beginBlock(rddId, partition, false) : undefined;
    if (entry !== undefined) {
      const memoryBytes = blocks.reduce((sum, { length }) => sum + length, 0);
      if (budget.acquireStorage(entry, memoryBytes)) {
        const shared = blocks.map(({ buffer }) => buffer as SharedArrayBuffer);
        this.add({ rddId, partition, level, blocks: shared, entry, memoryBytes });
        return;
      }
      budget.removeBlock(entry);
    }
    if (!level.useDisk) return;
    const { sizeBytes: diskBytes } = await disk.write(rddId, partition, blocks);
    const stored = { scope: 'executor', isStored: true, memoryBytes: 0, diskBytes } as const;
    report({ rddId, partition, level, ...stored });
  }

  /** Drops partitions that were evicted, to the disk if their level has it. */
  letGo(): void {
    const { budget } = this.environment;
    if (!budget.hasEvictions) return;
    for (const [, , partition] of this.partitions.entries())
      if (budget.isEvicted(partition.entry) && !this.leaving.has(partition))
        void this.evict(partition);
  }

  removeRdd(rddId: number): void {
    for (const partition of this.partitions.partitionsOf(rddId)) {
      const removed = this.partitions.delete(rddId, partition);
      if (removed !== undefined && !this.leaving.has(removed))
        this.environment.budget.removeBlock(removed.entry);
    }
    this.environment.disk.removeRdd(rddId);
  }

  private async evict(shared: NewSharedPartition): Promise<void> {
    const { budget, disk, report, warn } = this.environment;
    const { rddId, partition, level, entry, blocks } = shared;
    this.leaving.add(shared);
    let diskBytes = 0;
    if (level.useDisk) {
      const bytes = blocks.map((block) => new Uint8Array(block));
      // Tasks go on to read them from memory meanwhile.
      diskBytes = await disk.write(rddId, partition, bytes).then(
        (file) => file.sizeBytes,
        (error: unknown) => {
          if (!FiresteelError.is(error)) throw error;
          warn(error);
          return 0;
        },
      );
    }
    this.leaving.delete(shared);
    budget.removeBlock(entry);
    if (this.partitions.get(rddId, partition) !== shared) {
      // It was unpersisted meanwhile.
      if (diskBytes > 0) disk.removeRdd(rddId);
      return;
    }
    this.partitions.delete(rddId, partition);
    report({
      rddId,
      partition,
      level,
      scope: 'executor',
      isStored: diskBytes > 0,
      memoryBytes: 0,
      diskBytes,
    });
  }
}
