import { GarbageCollection, type MemoryBudget } from '@firesteel/storage';
import type { ExecutorMemory } from './process-storage.js';

const INTERVAL_MS = 100;
/**
 * By how much a process may exceed its memory before tasks feel it. Some of what it takes is garbage
 * that V8 has not noticed, and free memory of the allocator, which come back only slowly: there must be
 * room for them below what a process may take at most.
 */
const TOLERANCE = 1.05;
/** So much of the budget may be withheld: it may be something else that takes the memory. */
const MAX_WITHHELD = 0.5;
/** How much of what is free again is given back at a time. */
const GIVEN_BACK = 0.25;

/**
 * Corrects the memory budget by what the process really takes, while it has tasks. The budget knows
 * of tables and blocks, but not of what user functions hold, of garbage, or of free memory between
 * what is in use. When all of that is more than the process may take, the garbage of this thread is
 * collected, and the excess is withheld from tasks, which spill sooner.
 */
export class MemoryWatch {
  private readonly limitBytes: number;
  private timer: NodeJS.Timeout | undefined;
  private withheldBytes = 0;

  /**
   * @param isBusy whether there are tasks; without any, the watch ends until `wake`
   * @param residentBytes of the process now
   * @param garbage of this thread: of a driver, also results that a program has read and dropped
   */
  constructor(
    private readonly memory: Pick<ExecutorMemory, 'processBytes' | 'reservedBytes' | 'totalBytes'>,
    private readonly budget: Pick<MemoryBudget, 'withholdExecution'>,
    private readonly isBusy: () => boolean,
    private readonly residentBytes = () => process.memoryUsage.rss(),
    private readonly garbage: Pick<GarbageCollection, 'collectIfGrown'> = new GarbageCollection(),
  ) {
    const { processBytes, reservedBytes } = memory;
    // A driver may hold much before it makes a context.
    const grownBytes = residentBytes() + processBytes - reservedBytes;
    this.limitBytes = TOLERANCE * Math.max(processBytes, grownBytes);
  }

  /** There are tasks. */
  wake(): void {
    if (this.memory.reservedBytes === 0) return;
    this.timer ??= setInterval(() => this.look(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    if (!this.isBusy()) this.stop();
    const excess = this.residentBytes() - this.limitBytes;
    if (excess > 0) this.garbage.collectIfGrown();
    const wanted = this.withheldBytes + (excess > 0 ? excess : excess * GIVEN_BACK);
    const most = this.memory.totalBytes * MAX_WITHHELD;
    const withheld = Math.floor(Math.max(0, Math.min(wanted, most)));
    if (withheld === this.withheldBytes) return;
    this.withheldBytes = withheld;
    this.budget.withholdExecution(withheld);
  }
}
