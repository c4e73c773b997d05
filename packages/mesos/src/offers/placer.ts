import { groupOf, type Located } from './attribute-value.js';
import type { Constraints } from './constraints.js';
import { GroupedQueue, type Placeable, type Placement, placementQueue } from './placement.js';
import { Spreading } from './spreading.js';

export interface PlacementPolicy {
  readonly constraints: Constraints;
  readonly placement: Placement;
}

/** What came of starting an executor on an agent. */
export type PlacementOutcome =
  | 'started'
  /** Limits of spreading allow none there now; they may when others have started elsewhere. */
  | 'blocked'
  | 'refused';

/** Chooses agents for executors, by placement and by the limits of spreading together. */
export class Placer {
  readonly #placement: Placement;
  readonly #random: () => number;
  readonly #spreading: Spreading;
  readonly #executorsByValue = new Map<string, number>();
  /**
   * The attribute whose values take turns. For GROUP_BY, too: the value with the fewest executors is
   * the only one that it allows, so that nothing is tried in vain.
   */
  readonly #groupAttribute: string | undefined;

  /** @param random as Math.random */
  constructor({ constraints, placement }: PlacementPolicy, random: () => number) {
    this.#placement = placement;
    this.#random = random;
    this.#spreading = new Spreading(constraints.spreading);
    const grouping = constraints.spreading.find(({ kind }) => kind === 'groupBy');
    this.#groupAttribute =
      grouping?.attribute ?? (typeof placement === 'string' ? undefined : placement.spreadBy);
  }

  /** An executor runs there. */
  add(executor: Located): void {
    this.#spreading.add(executor);
    if (this.#groupAttribute === undefined) return;
    const value = groupOf(executor, this.#groupAttribute) ?? '';
    this.#executorsByValue.set(value, (this.#executorsByValue.get(value) ?? 0) + 1);
  }

  /** An executor could run there, though perhaps none does. */
  know(agent: Located): void {
    this.#spreading.know(agent);
  }

  allows(agent: Located): boolean {
    return this.#spreading.allows(agent);
  }

  /**
   * Hands agents out until nothing more is wanted, or nothing more fits.
   * @param tryStart is to call {@link add} for what it has started; such an agent comes again
   */
  place<T extends Placeable & Located>(
    agents: readonly T[],
    isDone: () => boolean,
    tryStart: (agent: T) => PlacementOutcome,
  ): void {
    for (let left = agents; left.length > 0; ) {
      const queue = this.#queueOf(left);
      const blocked: T[] = [];
      let started = false;
      while (!isDone()) {
        const next = queue.next();
        if (next === undefined) break;
        const outcome = tryStart(next);
        if (outcome === 'started') {
          started = true;
          queue.putBack(next);
        } else if (outcome === 'blocked') blocked.push(next);
      }
      // What was started since may have evened the numbers out.
      left = started && this.#spreading.hasSeveralLimits ? blocked : [];
    }
  }

  #queueOf<T extends Placeable & Located>(agents: readonly T[]) {
    const attribute = this.#groupAttribute;
    const within = typeof this.#placement === 'string' ? this.#placement : 'spread';
    const plain = (members: readonly T[]) => placementQueue(members, within, this.#random);
    if (attribute === undefined) return plain(agents);
    return new GroupedQueue(
      agents,
      (agent) => groupOf(agent, attribute) ?? '',
      (value) => this.#executorsByValue.get(value) ?? 0,
      plain,
    );
  }
}

/** Reserved resources are of no use to others, so their agents come first among equals. */
export function reservedFirst<T extends { readonly resources: { readonly hasReserved: boolean } }>(
  agents: readonly T[],
): readonly T[] {
  return [
    ...agents.filter(({ resources }) => resources.hasReserved),
    ...agents.filter(({ resources }) => !resources.hasReserved),
  ];
}
