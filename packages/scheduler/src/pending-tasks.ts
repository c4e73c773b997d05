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

type Queues = Map<number, PartitionQueue>;

/** Where all wait until the first slot comes. */
const NO_SLOT = -1;

/**
 * The partitions of a task set that wait for a slot, in one queue per slot. A partition goes to
 * the slot that holds its cached block, if there is one. Otherwise its home is the slot at its
 * index modulo the number of slots: spread evenly, and the same in every job, so that a partition
 * finds what an earlier job left on the slot.
 * Taking a task costs O(1), wherever it comes from; a lost slot what waited for it.
 */
export class PendingTasks {
  readonly #holdersOf: (partition: number) => Iterable<number>;
  #slots: readonly number[];
  /** Partitions whose cached block the slot holds. */
  readonly #preferred: Queues = new Map();
  /** Partitions without a preference. */
  readonly #home: Queues = new Map();
  #preferredCount = 0;
  #homeCount = 0;

  /** `holdersOf` names the slots that hold what a partition reads; empty without a preference. */
  constructor(slots: readonly number[], holdersOf: (partition: number) => Iterable<number>) {
    this.#slots = slots;
    this.#holdersOf = holdersOf;
  }

  get size(): number {
    return this.#preferredCount + this.#homeCount;
  }

  /** How many partitions wait for the slot that holds their cached block. */
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

  /** A partition that belongs on this slot. */
  takeOwn(slot: number): number | undefined {
    const preferred = this.#preferred.get(slot)?.shift();
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

  /** A partition that prefers another slot, from a long queue. */
  takeRemote(): number | undefined {
    if (this.#preferredCount === 0) return undefined;
    const partition = longest(this.#preferred, 1)?.pop();
    if (partition !== undefined) this.#preferredCount -= 1;
    return partition;
  }

  /** How many partitions wait for each slot that holds their cached block. */
  *preferences(): Iterable<[slot: number, partitions: number]> {
    for (const [slot, { length }] of this.#preferred) if (length > 0) yield [slot, length];
  }

  /**
   * Follows slots that came or went. What waited for one that is `gone` goes elsewhere; new ones
   * take from long queues.
   */
  moveTo(slots: readonly number[], gone: Iterable<number>): void {
    this.#slots = slots;
    const moved: number[] = [];
    for (const slot of [...gone, NO_SLOT]) {
      const preferred = drain(this.#preferred, slot);
      const home = drain(this.#home, slot);
      this.#preferredCount -= preferred.length;
      this.#homeCount -= home.length;
      moved.push(...preferred, ...home);
    }
    moved.sort((a, b) => a - b);
    for (const partition of moved) this.add(partition);
  }

  #queueFor(partition: number): PartitionQueue {
    let best: PartitionQueue | undefined;
    for (const slot of this.#holdersOf(partition)) {
      const queue = queueOf(this.#preferred, slot);
      if (best === undefined || queue.length < best.length) best = queue;
    }
    if (best !== undefined) {
      this.#preferredCount += 1;
      return best;
    }
    this.#homeCount += 1;
    return queueOf(this.#home, this.#slots[partition % this.#slots.length] ?? NO_SLOT);
  }
}

function queueOf(queues: Queues, slot: number): PartitionQueue {
  let queue = queues.get(slot);
  if (queue === undefined) {
    queue = new PartitionQueue();
    queues.set(slot, queue);
  }
  return queue;
}

/** What waits in the queue of a slot, which goes. */
function drain(queues: Queues, slot: number): number[] {
  const drained: number[] = [];
  const queue = queues.get(slot);
  for (let p = queue?.shift(); p !== undefined; p = queue?.shift()) drained.push(p);
  queues.delete(slot);
  return drained;
}

/** So many queues are compared: on a large cluster, to find the longest would cost too much. */
const MAX_PROBES = 8;

function longest(queues: Queues, minimum: number): PartitionQueue | undefined {
  let best: PartitionQueue | undefined;
  let probes = 0;
  for (const [slot, queue] of queues) {
    if (queue.length === 0) {
      queues.delete(slot);
      continue;
    }
    if (queue.length >= minimum && queue.length > (best?.length ?? 0)) best = queue;
    if (++probes === MAX_PROBES) break;
  }
  return best;
}
