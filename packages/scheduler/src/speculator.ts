import type { Clock } from './clock.js';
import { DeadlineTimer } from './deadline-timer.js';
import type { SpeculationOptions } from './speculation.js';
import type { TaskSet } from './task-set.js';

export interface SpeculatorOptions {
  readonly clock: Clock;
  readonly speculation: SpeculationOptions;
  /** Those of running stages. */
  readonly sets: () => readonly TaskSet[];
  /** Copies of slow tasks wait for slots. */
  readonly found: () => void;
}

/** Looks from time to time for tasks that are far slower than the others of their stage. */
export class Speculator {
  readonly #options: SpeculatorOptions;
  readonly #timer: DeadlineTimer;

  constructor(options: SpeculatorOptions) {
    this.#options = options;
    this.#timer = new DeadlineTimer(options.clock, () => this.#look());
  }

  /** Goes on looking, while tasks run that may turn out to be slow. */
  arm(): void {
    const { clock, speculation, sets } = this.#options;
    if (this.#timer.isSet || sets().every(({ running }) => running.size === 0)) return;
    this.#timer.set(clock.now() + speculation.intervalMs);
  }

  stop(): void {
    this.#timer.set(Number.POSITIVE_INFINITY);
  }

  #look(): void {
    const { clock, speculation, sets, found } = this.#options;
    const now = clock.now();
    let copies = 0;
    for (const set of sets()) copies += set.speculate(now, speculation);
    if (copies > 0) found();
    this.arm();
  }
}
