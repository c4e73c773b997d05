import { groupOf, type Located } from './attribute-value.js';
import type { SpreadingLimit } from './constraints.js';

/** Says where one more executor may go by all limits together. */
export class Spreading {
  readonly #counters: readonly SpreadingCounter[];

  constructor(limits: readonly SpreadingLimit[]) {
    this.#counters = limits.map((limit) => new SpreadingCounter(limit));
  }

  /** Whether an executor on one value may let another one have one more. */
  get hasSeveralLimits(): boolean {
    return this.#counters.length > 1;
  }

  /** An executor could run there, though perhaps none does. */
  know(agent: Located): void {
    for (const counter of this.#counters) counter.know(agent);
  }

  /** An executor runs there. */
  add(agent: Located): void {
    for (const counter of this.#counters) counter.add(agent);
  }

  allows(agent: Located): boolean {
    return this.#counters.every((counter) => counter.allows(agent));
  }
}

/** Counts executors by the value of an attribute. */
class SpreadingCounter {
  readonly #limit: SpreadingLimit;
  readonly #counts = new Map<string, number>();
  /** How many values have how many executors, to know the least of them at once. */
  readonly #valuesWithCount = new Map<number, number>();
  #least = 0;

  constructor(limit: SpreadingLimit) {
    this.#limit = limit;
  }

  know(agent: Located): void {
    const value = groupOf(agent, this.#limit.attribute);
    if (value === undefined || this.#counts.has(value)) return;
    this.#counts.set(value, 0);
    this.#change(0, 1);
    this.#least = 0;
  }

  add(agent: Located): void {
    const value = groupOf(agent, this.#limit.attribute);
    if (value === undefined) return;
    this.know(agent);
    const count = this.#counts.get(value)!;
    this.#counts.set(value, count + 1);
    this.#change(count, -1);
    this.#change(count + 1, 1);
    while (!this.#valuesWithCount.has(this.#least)) this.#least++;
  }

  allows(agent: Located): boolean {
    const value = groupOf(agent, this.#limit.attribute);
    if (value === undefined) return false;
    const count = this.#counts.get(value) ?? 0;
    if (this.#limit.kind === 'maxPerValue') return count < this.#limit.count;
    const unknownValues = this.#counts.size < this.#limit.count;
    return count === (unknownValues ? 0 : this.#least);
  }

  #change(count: number, by: number): void {
    const values = (this.#valuesWithCount.get(count) ?? 0) + by;
    if (values === 0) this.#valuesWithCount.delete(count);
    else this.#valuesWithCount.set(count, values);
  }
}
