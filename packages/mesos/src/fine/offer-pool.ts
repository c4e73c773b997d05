import type { Offer } from '@firesteel/mesos-protocol';
import type { Framework } from '../framework/framework.js';

export interface OfferPoolOptions {
  readonly framework: Pick<Framework, 'clock' | 'isConnected' | 'call' | 'giveBack'>;
  /** Tasks that wait for room. */
  readonly waiting: () => number;
  /** Looks at all offers again. */
  readonly decide: () => void;
}

/** A master is not asked for offers more often. */
const reviveIntervalMs = 20;
/** Offers outlive the tasks that they were wanted for by so much: the next stage comes at once. */
const idleHoldMs = 100;
/** Offers that tasks do not take for so long are given back, and come again. */
const maxHoldMs = 10_000;

/** Offers that are kept for tasks that may begin with them, and whether more of them are wanted. */
export class OfferPool {
  readonly #options: OfferPoolOptions;
  /** In the order in which they came. */
  readonly #offers = new Map<string, { readonly offer: Offer; readonly sinceMs: number }>();
  #isSuppressed = true;
  #lastReviveAtMs = Number.NEGATIVE_INFINITY;
  #cancelRevive: (() => void) | undefined;
  #cancelHold = (): void => {};

  constructor(options: OfferPoolOptions) {
    this.#options = options;
  }

  get offers(): readonly Offer[] {
    return [...this.#offers.values()].map(({ offer }) => offer);
  }

  add(offers: readonly Offer[]): void {
    const sinceMs = this.#options.framework.clock.now();
    for (const offer of offers) this.#offers.set(offer.id.value, { offer, sinceMs });
  }

  /** Of an offer that is taken, declined or void. Whether it was there. */
  remove(offerId: string): boolean {
    return this.#offers.delete(offerId);
  }

  /** All offers are void. */
  clear(): void {
    this.#offers.clear();
  }

  /**
   * Asks for offers at once: a master makes none between its rounds for what tasks have just given
   * back, and none at all for a second of what an accepted offer has left over.
   */
  want(): void {
    const { framework, waiting } = this.#options;
    if (!framework.isConnected || this.#cancelRevive !== undefined) return;
    const revive = (): void => {
      this.#cancelRevive = undefined;
      if (waiting() === 0 || !framework.isConnected) return;
      this.#lastReviveAtMs = framework.clock.now();
      this.#isSuppressed = false;
      framework.call({ type: 'REVIVE' });
    };
    const dueInMs = this.#lastReviveAtMs + reviveIntervalMs - framework.clock.now();
    if (dueInMs <= 0) revive();
    else this.#cancelRevive = framework.clock.setTimer(dueInMs, revive);
  }

  /** Offers that nobody takes go back: soon if nothing waits for them, else after a while. */
  hold(): void {
    this.#cancelHold();
    this.#cancelHold = () => {};
    const { framework, waiting } = this.#options;
    const { clock } = framework;
    const isIdle = waiting() === 0;
    const [oldest] = this.#offers.values();
    if (oldest === undefined && (!isIdle || this.#isSuppressed)) return;
    const delayMs =
      isIdle || oldest === undefined
        ? idleHoldMs
        : Math.max(0, oldest.sinceMs + maxHoldMs - clock.now());
    this.#cancelHold = clock.setTimer(delayMs, () => {
      if (waiting() === 0) this.#rest();
      else this.#giveBack();
    });
  }

  stop(): void {
    this.#cancelRevive?.();
    this.#cancelHold();
  }

  /** Nothing waits: all offers are declined, and no more are wanted. */
  #rest(): void {
    const { framework, decide } = this.#options;
    decide();
    if (this.#isSuppressed || !framework.isConnected) return;
    this.#isSuppressed = true;
    framework.call({ type: 'SUPPRESS' });
  }

  #giveBack(): void {
    const { framework, decide } = this.#options;
    const before = framework.clock.now() - maxHoldMs;
    const old = [...this.#offers.values()].filter(({ sinceMs }) => sinceMs <= before);
    for (const { offer } of old) this.#offers.delete(offer.id.value);
    const offerIds = old.map(({ offer }) => offer.id);
    if (offerIds.length > 0) framework.giveBack(offerIds, 1);
    decide();
  }
}
