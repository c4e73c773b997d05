import type { Clock } from '../clock.js';

interface Entry {
  readonly at: number;
  readonly order: number;
  fn: (() => void) | undefined;
}

/** A clock that jumps from timer to timer: a binary heap, so that a million timers are no trouble. */
export class EventQueue implements Clock {
  readonly #heap: Entry[] = [];
  #now = 0;
  #nextOrder = 0;

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, fn: () => void): () => void {
    const entry: Entry = { at: this.#now + delayMs, order: this.#nextOrder++, fn };
    this.#push(entry);
    return () => {
      entry.fn = undefined;
    };
  }

  /** Moves to the time of the next timer and runs it; false when there is none. */
  runNext(): boolean {
    for (let entry = this.#pop(); entry !== undefined; entry = this.#pop()) {
      if (entry.fn === undefined) continue;
      this.#now = entry.at;
      entry.fn();
      return true;
    }
    return false;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent] as Entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry))
        child += 1;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
