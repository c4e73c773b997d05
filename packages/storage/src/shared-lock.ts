/** How long a waiter sleeps before it looks again: the holder may have died and been forgotten. */
const RECHECK_MS = 20;

/**
 * A mutex in one word of shared memory, for moments of some hundred nanoseconds. The word holds
 * 0 or the number of the holder plus 1, so that the lock of a thread that died can be broken.
 */
export class SharedLock {
  constructor(
    private readonly words: Int32Array,
    private readonly index: number,
    private readonly owner: number,
  ) {}

  /** Runs an action that neither waits nor takes the lock again. */
  run<T>(action: () => T): T {
    const { words, index } = this;
    for (;;) {
      const holder = Atomics.compareExchange(words, index, 0, this.owner + 1);
      if (holder === 0) break;
      Atomics.wait(words, index, holder, RECHECK_MS);
    }
    try {
      return action();
    } finally {
      Atomics.store(words, index, 0);
      Atomics.notify(words, index, 1);
    }
  }

  /** Frees the lock if a thread that is gone for good has it. */
  breakOf(owner: number): void {
    Atomics.compareExchange(this.words, this.index, owner + 1, 0);
    Atomics.notify(this.words, this.index);
  }
}
