import type { CarriedObject } from '@firesteel/closure';
import { FiresteelError } from '@firesteel/common';
import type { Slot } from '@firesteel/plan';
import { Broadcast } from '@firesteel/rdd';

/** Which broadcasts exist, and which of them the values of others refer to. */
export class BroadcastReferences {
  /** By id: the broadcast itself and all that its value reaches. */
  readonly #reached = new Map<number, readonly number[]>();
  readonly #garbage: FinalizationRegistry<number>;

  /** @param onGarbage told the id of a broadcast that neither the driver nor a job refers to */
  constructor(onGarbage: (id: number) => void) {
    this.#garbage = new FinalizationRegistry(onGarbage);
  }

  /** @param carried the objects that its value refers to */
  add(broadcast: { readonly id: number }, carried: readonly object[]): void {
    this.#reached.set(broadcast.id, [broadcast.id, ...this.#reachedBy(carried)]);
    this.#garbage.register(broadcast, broadcast.id);
  }

  delete(id: number): void {
    this.#reached.delete(id);
  }

  /**
   * The broadcasts that the items of a capture reach, by their slots.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a broadcast that another context made
   */
  bySlot(carried: readonly CarriedObject[]): ReadonlyMap<Slot, readonly number[]> {
    const bySlot = new Map<Slot, number[]>();
    for (const { object, items } of carried) {
      const ids = this.#reachedBy([object]);
      if (ids.length === 0) continue;
      for (const slot of items) {
        const known = bySlot.get(slot);
        if (known === undefined) bySlot.set(slot, [...ids]);
        else known.push(...ids);
      }
    }
    return bySlot;
  }

  #reachedBy(carried: readonly object[]): number[] {
    return carried.flatMap((object) => {
      if (!(object instanceof Broadcast)) return [];
      const ids = this.#reached.get(object.id);
      if (ids === undefined)
        throw new FiresteelError(
          'INVALID_ARGUMENT',
          `${object} was made by another context. Make it with the context that runs the job.`,
        );
      return ids;
    });
  }
}
