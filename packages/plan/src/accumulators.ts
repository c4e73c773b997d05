import { FiresteelError, shown } from '@firesteel/common';
import { Accumulator } from './accumulator.js';

/** A sum of numbers, with their count. Made by `sc.accumulator`. */
export class NumberAccumulator extends Accumulator<number> {
  private total = 0;
  private calls = 0;

  /** @throws FiresteelError NOT_A_NUMBER */
  add(value: number): void {
    if (typeof value !== 'number') throw notA('number', value);
    this.total += value;
    this.calls += 1;
  }

  copy(): NumberAccumulator {
    const copy = new NumberAccumulator();
    copy.merge(this);
    return copy;
  }

  reset(): void {
    this.total = 0;
    this.calls = 0;
  }

  merge(other: NumberAccumulator): void {
    this.total += other.total;
    this.calls += other.calls;
  }

  /** The sum of all numbers; 0 for none. With fractions its last digits depend on their order. */
  get value(): number {
    return this.total;
  }

  get sum(): number {
    return this.total;
  }

  /** How often `add` was called. */
  get count(): number {
    return this.calls;
  }

  /** The mean; NaN for no numbers. */
  get avg(): number {
    return this.total / this.calls;
  }

  get isZero(): boolean {
    return this.calls === 0;
  }
}

/** A sum of bigints, with their count. Made by `sc.bigintAccumulator`. */
export class BigintAccumulator extends Accumulator<bigint> {
  private total = 0n;
  private calls = 0;

  /** @throws FiresteelError NOT_A_NUMBER */
  add(value: bigint): void {
    if (typeof value !== 'bigint') throw notA('bigint', value);
    this.total += value;
    this.calls += 1;
  }

  copy(): BigintAccumulator {
    const copy = new BigintAccumulator();
    copy.merge(this);
    return copy;
  }

  reset(): void {
    this.total = 0n;
    this.calls = 0;
  }

  merge(other: BigintAccumulator): void {
    this.total += other.total;
    this.calls += other.calls;
  }

  /** The sum of all bigints; 0n for none. */
  get value(): bigint {
    return this.total;
  }

  /** How often `add` was called. */
  get count(): number {
    return this.calls;
  }

  get isZero(): boolean {
    return this.calls === 0;
  }
}

/** A list of everything that was added. Made by `sc.collectionAccumulator`. */
export class CollectionAccumulator<T> extends Accumulator<T, readonly T[]> {
  private items: T[] = [];

  /** Keeps the value itself; on executors it has to be what rows may be. */
  add(value: T): void {
    this.items.push(value);
  }

  copy(): CollectionAccumulator<T> {
    const copy = new CollectionAccumulator<T>();
    copy.merge(this);
    return copy;
  }

  reset(): void {
    this.items = [];
  }

  merge(other: CollectionAccumulator<T>): void {
    for (const item of other.items) this.items.push(item);
  }

  /** A frozen copy, in the order of each task, tasks in the order in which they ended. */
  get value(): readonly T[] {
    return Object.freeze([...this.items]);
  }

  get isZero(): boolean {
    return this.items.length === 0;
  }
}

/** The accumulators that executors make by themselves. */
export const builtInAccumulators = {
  number: () => new NumberAccumulator(),
  bigint: () => new BigintAccumulator(),
  collection: () => new CollectionAccumulator<unknown>(),
} as const;

export type BuiltInAccumulator = keyof typeof builtInAccumulators;

function notA(type: string, value: unknown): FiresteelError {
  return new FiresteelError(
    'NOT_A_NUMBER',
    `An accumulator of ${type}s was given ${shown(value)}. Add ${type}s only.`,
  );
}
