/** The time that every timeout of the test kit follows. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` once after `delayMs`; the returned function cancels it. */
  setTimer(delayMs: number, fn: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer(delayMs, fn) {
    // Longer delays than Node can hold are as good as never.
    const timer = setTimeout(fn, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

interface PendingTimer {
  readonly at: number;
  readonly fn: () => void;
}

/** A clock that stands still until it is moved, so that tests of timeouts need no waiting. */
export class ManualClock implements Clock {
  #now: number;
  #timers: PendingTimer[] = [];

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, fn: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), fn };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves time forward; what falls due on the way happens in order, at its own time. */
  advance(byMs: number): void {
    const target = this.#now + byMs;
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.at <= target)
        .reduce<PendingTimer | undefined>(
          (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
          undefined,
        );
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.fn();
    }
    this.#now = target;
  }
}

/** Timers that end together: those of a master or agent die with it. */
export class Timers {
  readonly #clock: Clock;
  readonly #pending = new Set<() => void>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Calls `fn` once after `delayMs`, unless cancelled by the returned function or by `close`. */
  after(delayMs: number, fn: () => void): () => void {
    if (this.#closed) return () => {};
    const cancel = (): void => {
      this.#pending.delete(cancel);
      cancelTimer();
    };
    const cancelTimer = this.#clock.setTimer(delayMs, () => {
      this.#pending.delete(cancel);
      fn();
    });
    this.#pending.add(cancel);
    return cancel;
  }

  /** Calls `fn` every `periodMs` until cancelled. */
  every(periodMs: number, fn: () => void): () => void {
    let cancel = (): void => {};
    const next = (): void => {
      cancel = this.after(periodMs, () => {
        next();
        fn();
      });
    };
    next();
    return () => cancel();
  }

  close(): void {
    this.#closed = true;
    for (const cancel of [...this.#pending]) cancel();
  }
}
