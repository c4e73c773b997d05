import type { Clock } from '../clock.js';

/** So many heartbeats in a row may be missing, as the project of Mesos recommends. */
const missedHeartbeats = 5;

/** Notices that a master has fallen silent, though its connection seems to be there. */
export class HeartbeatWatch {
  readonly #clock: Clock;
  readonly #silent: (silentMs: number) => void;
  #lastEventAtMs = 0;
  #cancel = (): void => {};

  /** @param silent to be told once, after which nothing is watched until the next `start` */
  constructor(clock: Clock, silent: (silentMs: number) => void) {
    this.#clock = clock;
    this.#silent = silent;
  }

  /** From now on an event is due at least every so many seconds. */
  start(intervalSeconds: number): void {
    this.stop();
    const limitMs = intervalSeconds * 1_000 * missedHeartbeats;
    this.#lastEventAtMs = this.#clock.now();
    const look = (): void => {
      const silentMs = this.#clock.now() - this.#lastEventAtMs;
      if (silentMs < limitMs) this.#cancel = this.#clock.setTimer(limitMs - silentMs, look);
      else this.#silent(silentMs);
    };
    look();
  }

  /** Something was heard. */
  heard(): void {
    this.#lastEventAtMs = this.#clock.now();
  }

  stop(): void {
    this.#cancel();
  }
}
