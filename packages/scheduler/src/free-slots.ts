import type { Slot } from './placement.js';

/**
 * The slots that can take another task, by the number of tasks that they have. A slot is on offer
 * from the moment when it gets room until the task sets have declined it: what did not suit them
 * then will not suit them later, unless they change. So an event costs what it changes, however
 * many slots there are.
 */
export class FreeSlots {
  /** All of them, with their number of tasks. */
  readonly #loads = new Map<Slot, number>();
  /** Those on offer, by their number of tasks. */
  readonly #offers: Set<Slot>[] = [];
  #offered = 0;
  #idle = 0;

  /** How many have no task. */
  get idle(): number {
    return this.#idle;
  }

  get hasOffers(): boolean {
    return this.#offered > 0;
  }

  /** Offers a slot, with the tasks that it has now. */
  offer(slot: Slot): void {
    this.delete(slot);
    const load = slot.tasks.size;
    this.#loads.set(slot, load);
    if (load === 0) this.#idle += 1;
    this.#offersWith(load).add(slot);
    this.#offered += 1;
  }

  delete(slot: Slot): void {
    const load = this.#loads.get(slot);
    if (load === undefined) return;
    this.#loads.delete(slot);
    if (load === 0) this.#idle -= 1;
    if (this.#offersWith(load).delete(slot)) this.#offered -= 1;
  }

  /** Those on offer with so many tasks; may change while they are looked at. */
  withLoad(load: number): Iterable<Slot> {
    return this.#offers[load] ?? [];
  }

  /** Nobody wants those that are on offer now. */
  decline(): void {
    if (this.#offered === 0) return;
    for (const slots of this.#offers) slots.clear();
    this.#offered = 0;
  }

  /** Offers all, since what waits has changed. Costs a step for each slot. */
  offerAll(): void {
    if (this.#offered === this.#loads.size) return;
    for (const [slot, load] of this.#loads) this.#offersWith(load).add(slot);
    this.#offered = this.#loads.size;
  }

  #offersWith(load: number): Set<Slot> {
    for (let next = this.#offers.length; next <= load; next++) this.#offers.push(new Set());
    return this.#offers[load] as Set<Slot>;
  }
}
