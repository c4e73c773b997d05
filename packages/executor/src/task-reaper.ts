/** What the reaper knows of tasks, and what it can do about one. */
export interface ReaperEnvironment {
  /** Whether the task is the one that its thread runs; one that waits behind it is not to blame. */
  isRunning(taskId: number): boolean;
  /** Ends the thread of a task; another one takes its place. */
  replaceThread(taskId: number): void;
  /** The thread has not ended either: nothing in this process can stop it. */
  giveUp(taskId: number): void;
}

/** Sees to it that killed tasks stop: one that does not loses its thread, and then its process. */
export class TaskReaper {
  readonly #timers = new Map<number, NodeJS.Timeout>();

  constructor(
    private readonly timeoutMs: number,
    private readonly environment: ReaperEnvironment,
  ) {}

  killed(taskId: number): void {
    if (!this.#timers.has(taskId)) this.#wait(taskId, () => this.#reap(taskId));
  }

  ended(taskId: number): void {
    clearTimeout(this.#timers.get(taskId));
    this.#timers.delete(taskId);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #reap(taskId: number): void {
    if (!this.environment.isRunning(taskId)) {
      this.#wait(taskId, () => this.#reap(taskId));
      return;
    }
    this.#wait(taskId, () => this.environment.giveUp(taskId));
    this.environment.replaceThread(taskId);
  }

  #wait(taskId: number, then: () => void): void {
    this.#timers.set(taskId, setTimeout(then, this.timeoutMs).unref());
  }
}
