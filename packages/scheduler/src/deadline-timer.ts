import type { Clock } from './clock.js';

/** One timer for the nearest of many deadlines, which may change at any time. */
export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #deadline = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** When it rings next; infinite for never. */
  get deadline(): number {
    return this.#deadline;
  }

  get isSet(): boolean {
    return this.#cancel !== undefined;
  }

  /** Rings at the deadline, in the clock's time; never when it is infinite. */
  set(deadline: number): void {
    if (deadline === this.#deadline) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#deadline = deadline;
    if (deadline === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(0, deadline - this.#clock.now());
    this.#cancel = this.#clock.setTimer(delayMs, () => {
      this.#cancel = undefined;
      this.#deadline = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }
}
