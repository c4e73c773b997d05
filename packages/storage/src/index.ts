/** What an executor keeps between tasks: its memory budget, cached blocks, and local files. */
export { readBlockFile } from './block-file.js';
export {
  BlockStore,
  type NewSharedPartition,
  type SharedPartition,
} from './block-store.js';
export { collectGarbage, GarbageCollection } from './collect-garbage.js';
export { onDisk } from './disk-errors.js';
export { DiskStore } from './disk-store.js';
export { LocalDirs, makePrivate, removeLeftovers } from './local-dirs.js';
export { type BudgetOptions, MemoryBudget, type MemoryUsage } from './memory-budget.js';
export { PartitionMap } from './partition-map.js';
export type { PartitionWriter, StoredRows } from './partition-writer.js';
export { SharedBlocks } from './shared-blocks.js';
export { type MemoryConsumer, type MemoryMetrics, TaskMemory } from './task-memory.js';
