/** What an executor keeps between tasks: its memory budget, cached blocks, and local files. */
export { BlockStore } from './block-store.js';
export type { BlockEntry } from './block-table.js';
export type { BudgetLimits } from './budget-layout.js';
export { LocalDirs, removeLeftovers } from './local-dirs.js';
export { type BudgetOptions, MemoryBudget, type MemoryUsage } from './memory-budget.js';
