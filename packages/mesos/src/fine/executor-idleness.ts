import type { BlockUpdate } from '@firesteel/plan';

interface Executor {
  running: number;
  /** Cached partitions by RDD. */
  readonly cached: Map<number, Set<number>>;
  holdsShuffles: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Finds executors that nobody needs: they have run nothing for a while, and hold no cached
 * partitions. Outputs of shuffles are needed as long as any task runs; afterwards they can be
 * computed again.
 */
export class ExecutorIdleness {
  readonly #timeoutMs: number;
  readonly #end: (executorIds: readonly string[]) => void;
  readonly #executors = new Map<string, Executor>();
  #running = 0;
  /** Whether tasks wait, perhaps for what an idle executor will be offered next. */
  tasksWait = false;

  /** @param end ends executors; it is told again later of those that it leaves alone */
  constructor(timeoutMs: number, end: (executorIds: readonly string[]) => void) {
    this.#timeoutMs = timeoutMs;
    this.#end = end;
  }

  added(executorId: string): void {
    const executor = {
      running: 0,
      cached: new Map<number, Set<number>>(),
      holdsShuffles: false,
      timer: undefined,
    };
    this.#executors.set(executorId, executor);
    this.#wait(executorId, executor);
  }

  removed(executorId: string): void {
    clearTimeout(this.#executors.get(executorId)?.timer);
    this.#executors.delete(executorId);
  }

  began(executorId: string, tasks: number): void {
    this.#running += tasks;
    const executor = this.#executors.get(executorId);
    if (executor === undefined) return;
    executor.running += tasks;
    clearTimeout(executor.timer);
  }

  /** A task of the executor, which may be gone already. */
  ended(executorId: string): void {
    this.#running--;
    const executor = this.#executors.get(executorId);
    if (executor !== undefined && --executor.running === 0) this.#wait(executorId, executor);
  }

  blockUpdated(executorId: string, { rddId, partition, isStored }: BlockUpdate): void {
    const cached = this.#executors.get(executorId)?.cached;
    if (cached === undefined) return;
    const partitions = cached.get(rddId) ?? new Set();
    if (isStored) partitions.add(partition);
    else partitions.delete(partition);
    if (partitions.size > 0) cached.set(rddId, partitions);
    else cached.delete(rddId);
  }

  rddRemoved(rddId: number): void {
    for (const { cached } of this.#executors.values()) cached.delete(rddId);
  }

  holdsShuffles(executorId: string, holdsShuffles: boolean): void {
    const executor = this.#executors.get(executorId);
    if (executor !== undefined) executor.holdsShuffles = holdsShuffles;
  }

  stop(): void {
    for (const { timer } of this.#executors.values()) clearTimeout(timer);
    this.#executors.clear();
  }

  #wait(executorId: string, executor: Executor): void {
    clearTimeout(executor.timer);
    executor.timer = setTimeout(() => {
      const hasTasksToCome = this.tasksWait || (executor.holdsShuffles && this.#running > 0);
      if (hasTasksToCome || executor.cached.size > 0) this.#wait(executorId, executor);
      else this.#end([executorId]);
    }, this.#timeoutMs);
    executor.timer.unref();
  }
}
