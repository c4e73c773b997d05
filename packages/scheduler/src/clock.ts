interface TimerOptions {
  /** Whether the process must not end before it rings; default true. */
  readonly keepsProcess?: boolean;
}

/** Time as the scheduler sees it, so that tests can drive it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch; never goes back. */
  now(): number;
  /** Calls `fn` once after `delayMs`; the returned function cancels it. */
  setTimer(delayMs: number, fn: () => void, options?: TimerOptions): () => void;
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer(delayMs, fn, { keepsProcess = true } = {}) {
    const timer = setTimeout(fn, delayMs);
    if (!keepsProcess) timer.unref();
    return () => clearTimeout(timer);
  },
};
