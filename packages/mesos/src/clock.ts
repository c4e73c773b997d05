/** The time that a client's timeouts and pauses follow; tests put in one that they move by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` once after `delayMs`; the returned function cancels it. */
  setTimer(delayMs: number, fn: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(delayMs, fn) {
    // A pause is no reason for a process to live on.
    const timer = setTimeout(fn, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
