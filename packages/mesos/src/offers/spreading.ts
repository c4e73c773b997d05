import { groupOf, type Located } from './attribute-value.js';
import type { SpreadingLimit } from './constraints.js';

/** Counts executors by the value of an attribute and says where one more may go. */
export class SpreadingCounter {
  readonly attribute: string;
  readonly #limit: SpreadingLimit;
  readonly #counts = new Map<string, number>();
  /** How many values have how many executors, to know the least of them at once. */
  readonly #valuesWithCount = new Map<number, number>();
  #least = 0;

  constructor(limit: SpreadingLimit) {
    this.attribute = limit.attribute;
    this.#limit = limit;
  }

  /** A value exists, though perhaps no executor is there. */
  know(value: string): void {
    if (this.#counts.has(value)) return;
    this.#counts.set(value, 0);
    this.#change(0, 1);
    this.#least = 0;
  }

  add(value: string): void {
    this.know(value);
    const count = this.#counts.get(value)!;
    this.#counts.set(value, count + 1);
    this.#change(count, -1);
    this.#change(count + 1, 1);
    while (!this.#valuesWithCount.has(this.#least)) this.#least++;
  }

  allows(agent: Located): boolean {
    const value = groupOf(agent, this.attribute);
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
