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
  #wantsAll = false;
  /** In the order in which they were first wanted. */
  readonly #wantedRoles = new Set<string>();
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
   * @param role the only one that can use them; all if left out
   */
  want(role?: string): void {
    if (!this.#options.framework.isConnected) return;
    if (role === undefined) this.#wantsAll = true;
    else this.#wantedRoles.add(role);
    this.#reviveSoon();
  }

  #reviveSoon(): void {
    if (this.#cancelRevive !== undefined) return;
    const { clock } = this.#options.framework;
    const dueInMs = this.#lastReviveAtMs + reviveIntervalMs - clock.now();
    if (dueInMs <= 0) this.#revive();
    else this.#cancelRevive = clock.setTimer(dueInMs, () => this.#revive());
  }

  /**
   * Of several roles one at a time: those that are revived together are offered again what they
   * have refused, each perhaps what only another one can use, and so on for ever.
   */
  #revive(): void {
    const { framework, waiting } = this.#options;
    this.#cancelRevive = undefined;
    const [role] = this.#wantsAll ? [] : this.#wantedRoles;
    if (role === undefined) this.#wantedRoles.clear();
    else this.#wantedRoles.delete(role);
    this.#wantsAll = false;
    if (waiting() === 0 || !framework.isConnected) return;
    this.#lastReviveAtMs = framework.clock.now();
    this.#isSuppressed = false;
    framework.call({ type: 'REVIVE', ...(role !== undefined && { revive: { roles: [role] } }) });
    if (this.#wantedRoles.size > 0) this.#reviveSoon();
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
