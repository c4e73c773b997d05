import type { BlockHolder } from './cache-tracker.js';

/** A queue of partitions: taken from the front by its own slot, from the back by others. */
class PartitionQueue {
  #items: number[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(partition: number): void {
    this.#items.push(partition);
  }

  unshift(partition: number): void {
    if (this.#head > 0) this.#items[--this.#head] = partition;
    else this.#items.unshift(partition);
  }

  shift(): number | undefined {
    return this.length === 0 ? undefined : this.#items[this.#head++];
  }

  pop(): number | undefined {
    return this.length === 0 ? undefined : this.#items.pop();
  }
}

type Queues<K = BlockHolder> = Map<K, PartitionQueue>;

/** Where all wait until the first slot comes. */
const NO_SLOT = -1;

export interface PendingTasksOptions {
  /** Who holds what a partition reads; empty without a preference. */
  readonly holdersOf: (partition: number) => Iterable<BlockHolder>;
  /** Where a holder is; undefined if it is gone. */
  readonly hostOf: (holder: BlockHolder) => string | undefined;
}

/**
 * The partitions of a task set that wait for a slot. A partition goes to the slot that holds its
 * cached block, or to any slot of an executor that does, if there is one. Otherwise its home is the
 * slot at its index modulo the number of slots: spread evenly, and the same in every job, so that a
 * partition finds what an earlier job left on the slot.
 * Taking a task costs O(1), wherever it comes from; a lost slot what waited for it.
 */
export class PendingTasks {
  readonly #options: PendingTasksOptions;
  #slots: readonly number[];
  /** Partitions by the holder of their cached block. */
  readonly #preferred: Queues = new Map();
  /** The same queues by host. */
  readonly #preferredOn = new Map<string, Queues>();
  /** Partitions without a preference, by slot. */
  readonly #home: Queues<number> = new Map();
  #preferredCount = 0;
  #homeCount = 0;

  constructor(slots: readonly number[], options: PendingTasksOptions) {
    this.#slots = slots;
    this.#options = options;
  }

  get size(): number {
    return this.#preferredCount + this.#homeCount;
  }

  /** How many partitions wait for a holder of their cached block. */
  get preferredCount(): number {
    return this.#preferredCount;
  }

  add(partition: number): void {
    this.#queueFor(partition).push(partition);
  }

  /** Puts a partition back that has to run again: it is the next to run. */
  addFirst(partition: number): void {
    this.#queueFor(partition).unshift(partition);
  }

  /** A partition that belongs on this slot of an executor. */
  takeOwn(slot: number, executorId: string): number | undefined {
    const preferred =
      this.#preferred.get(slot)?.shift() ?? this.#preferred.get(executorId)?.shift();
    if (preferred !== undefined) {
      this.#preferredCount -= 1;
      return preferred;
    }
    const home = this.#home.get(slot)?.shift();
    if (home !== undefined) this.#homeCount -= 1;
    return home;
  }

  /** A partition without a preference from a long queue, if that holds `minimum` or more. */
  steal(minimum: number): number | undefined {
    if (this.#homeCount < minimum) return undefined;
    const partition = longest(this.#home, minimum)?.pop();
    if (partition !== undefined) this.#homeCount -= 1;
    return partition;
  }

  /** A partition that prefers another place, on the host if one is given, from a long queue. */
  takeRemote(host?: string): number | undefined {
    const queues = host === undefined ? this.#preferred : this.#preferredOn.get(host);
    if (this.#preferredCount === 0 || queues === undefined) return undefined;
    const partition = longest(queues, 1)?.pop();
    if (partition !== undefined) this.#preferredCount -= 1;
    return partition;
  }

  /** How many partitions wait for each host that holds their cached block. */
  *preferences(): Iterable<[host: string, partitions: number]> {
    for (const [host, queues] of this.#preferredOn) {
      let waiting = 0;
      for (const { length } of queues.values()) waiting += length;
      if (waiting > 0) yield [host, waiting];
    }
  }

  /**
   * Follows slots that came or went. What waited for a slot or executor that is `gone` goes
   * elsewhere; new ones take from long queues.
   */
  moveTo(slots: readonly number[], gone: Iterable<BlockHolder>): void {
    this.#slots = slots;
    const moved: number[] = [];
    for (const place of [...gone, NO_SLOT]) {
      const preferred = drain(this.#preferred, place);
      const home = typeof place === 'number' ? drain(this.#home, place) : [];
      this.#preferredCount -= preferred.length;
      this.#homeCount -= home.length;
      moved.push(...preferred, ...home);
    }
    moved.sort((a, b) => a - b);
    for (const partition of moved) this.add(partition);
  }

  #queueFor(partition: number): PartitionQueue {
    const { holdersOf, hostOf } = this.#options;
    let best: PartitionQueue | undefined;
    let place: BlockHolder = NO_SLOT;
    for (const holder of holdersOf(partition)) {
      const queue = queueOf(this.#preferred, holder);
      if (best !== undefined && queue.length >= best.length) continue;
      best = queue;
      place = holder;
    }
    if (best !== undefined) {
      this.#noteHost(hostOf(place), place, best);
      this.#preferredCount += 1;
      return best;
    }
    this.#homeCount += 1;
    return queueOf(this.#home, this.#slots[partition % this.#slots.length] ?? NO_SLOT);
  }

  #noteHost(host: string | undefined, holder: BlockHolder, queue: PartitionQueue): void {
    if (host === undefined) return;
    let queues = this.#preferredOn.get(host);
    if (queues === undefined) {
      queues = new Map();
      this.#preferredOn.set(host, queues);
    }
    queues.set(holder, queue);
  }
}

function queueOf<K>(queues: Queues<K>, place: K): PartitionQueue {
  let queue = queues.get(place);
  if (queue === undefined) {
    queue = new PartitionQueue();
    queues.set(place, queue);
  }
  return queue;
}

/** What waits in the queue of a place, which goes. */
function drain<K>(queues: Queues<K>, place: K): number[] {
  const drained: number[] = [];
  const queue = queues.get(place);
  for (let p = queue?.shift(); p !== undefined; p = queue?.shift()) drained.push(p);
  queues.delete(place);
  return drained;
}

/** So many queues are compared: on a large cluster, to find the longest would cost too much. */
const MAX_PROBES = 8;

function longest<K>(queues: Queues<K>, minimum: number): PartitionQueue | undefined {
  let best: PartitionQueue | undefined;
  let probes = 0;
  for (const [place, queue] of queues) {
    if (queue.length === 0) {
      queues.delete(place);
      continue;
    }
    if (queue.length >= minimum && queue.length > (best?.length ?? 0)) best = queue;
    if (++probes === MAX_PROBES) break;
  }
  return best;
}
