/**
 * Which agent gets the next executor: `spread`, one with the fewest executors; `binpack`, the
 * fullest on which one fits; `random`, any. By an attribute, its value with the fewest executors
 * comes first, and on it the agent with the fewest.
 */
export type Placement = 'spread' | 'binpack' | 'random' | { readonly spreadBy: string };

export interface Placeable {
  /** Executors that run there. */
  readonly executors: number;
  readonly freeCores: number;
}

/** Hands out agents one at a time. One that took an executor is put back and may come again. */
export interface PlacementQueue<T> {
  next(): T | undefined;
  putBack(agent: T): void;
}

export function placementQueue<T extends Placeable>(
  agents: readonly T[],
  placement: 'spread' | 'binpack' | 'random',
  random: () => number,
): PlacementQueue<T> {
  switch (placement) {
    case 'spread':
      return new SpreadQueue(agents);
    case 'binpack':
      return new PackQueue(agents);
    case 'random':
      return new RandomQueue(agents, random);
  }
}

/** Takes values with the fewest executors first, and agents of a value as its own queue does. */
export class GroupedQueue<T extends Placeable> implements PlacementQueue<T> {
  readonly #groups: SpreadQueue<Group<T>>;
  #current: Group<T> | undefined;

  /** @param executorsOf how many executors run on a value */
  constructor(
    agents: readonly T[],
    groupOf: (agent: T) => string,
    executorsOf: (group: string) => number,
    queueOf: (agents: readonly T[]) => PlacementQueue<T>,
  ) {
    const members = new Map<string, T[]>();
    for (const agent of agents) {
      const name = groupOf(agent);
      const others = members.get(name);
      if (others === undefined) members.set(name, [agent]);
      else others.push(agent);
    }
    this.#groups = new SpreadQueue(
      [...members].map(([name, agents]) => ({
        executors: executorsOf(name),
        queue: queueOf(agents),
      })),
    );
  }

  next(): T | undefined {
    for (;;) {
      this.#current ??= this.#groups.next();
      if (this.#current === undefined) return undefined;
      const agent = this.#current.queue.next();
      if (agent !== undefined) return agent;
      this.#current = undefined;
    }
  }

  putBack(agent: T): void {
    const group = this.#current!;
    group.queue.putBack(agent);
    group.executors++;
    this.#groups.putBack(group);
    this.#current = undefined;
  }
}

interface Group<T> {
  executors: number;
  readonly queue: PlacementQueue<T>;
}

/** Buckets by number of executors: every step costs the same, however many agents there are. */
class SpreadQueue<T extends { readonly executors: number }> implements PlacementQueue<T> {
  readonly #buckets = new Map<number, T[]>();
  #fewest = Number.POSITIVE_INFINITY;
  #most = 0;
  /** How far the bucket of the fewest is handed out. */
  #taken = 0;

  constructor(agents: readonly T[]) {
    for (const agent of agents) this.putBack(agent);
  }

  next(): T | undefined {
    while (this.#fewest <= this.#most) {
      const agent = this.#buckets.get(this.#fewest)?.[this.#taken];
      if (agent !== undefined) {
        this.#taken++;
        return agent;
      }
      this.#buckets.delete(this.#fewest++);
      this.#taken = 0;
    }
    return undefined;
  }

  putBack(agent: T): void {
    const { executors } = agent;
    const bucket = this.#buckets.get(executors);
    if (bucket === undefined) this.#buckets.set(executors, [agent]);
    else bucket.push(agent);
    this.#most = Math.max(this.#most, executors);
    if (executors < this.#fewest) {
      this.#fewest = executors;
      this.#taken = 0;
    }
  }
}

const maxCores = 1e6;

/** Agents that run executors already before idle ones, then those with the fewest free cpus. */
class PackQueue<T extends Placeable> implements PlacementQueue<T> {
  readonly #worstFirst: T[];

  constructor(agents: readonly T[]) {
    // One number each, because sorting asks often; no agent has so many cpus.
    const ranked = agents.map((agent) => ({
      agent,
      rank: agent.executors * maxCores - agent.freeCores,
    }));
    // Reversed, because the first of equals is to come first.
    ranked.reverse().sort((a, b) => a.rank - b.rank);
    this.#worstFirst = ranked.map(({ agent }) => agent);
  }

  next(): T | undefined {
    return this.#worstFirst.pop();
  }

  putBack(agent: T): void {
    this.#worstFirst.push(agent);
  }
}

class RandomQueue<T> implements PlacementQueue<T> {
  readonly #agents: T[];
  readonly #random: () => number;

  constructor(agents: readonly T[], random: () => number) {
    this.#agents = [...agents];
    this.#random = random;
  }

  next(): T | undefined {
    const agents = this.#agents;
    if (agents.length === 0) return undefined;
    const at = Math.floor(this.#random() * agents.length);
    const agent = agents[at];
    agents[at] = agents[agents.length - 1]!;
    agents.pop();
    return agent;
  }

  putBack(agent: T): void {
    this.#agents.push(agent);
  }
}
