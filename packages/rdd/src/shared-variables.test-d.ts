import { describe, expectTypeOf, it } from 'vitest';
import {
  Accumulator,
  type BigintAccumulator,
  type Broadcast,
  type FiresteelContext,
  type NumberAccumulator,
} from './index.js';

declare const sc: FiresteelContext;

class Total extends Accumulator<{ readonly price: number }, string> {
  private cents = 0;
  addPrice(price: number): void {
    this.cents += price * 100;
  }
  add({ price }: { readonly price: number }): void {
    this.addPrice(price);
  }
  copy(): Total {
    return new Total();
  }
  reset(): void {
    this.cents = 0;
  }
  merge(other: Total): void {
    this.cents += other.cents;
  }
  get value(): string {
    return `${this.cents} ct`;
  }
  get isZero(): boolean {
    return this.cents === 0;
  }
}

describe('shared variables', () => {
  it('know the type of a broadcast, which is read-only', () => {
    const b = sc.broadcast({ table: new Map<string, number>() });
    expectTypeOf(b).toEqualTypeOf<Broadcast<{ table: Map<string, number> }>>();
    expectTypeOf(b.value.table.get('x')).toEqualTypeOf<number | undefined>();
    // @ts-expect-error not to be assigned
    b.value = { table: new Map() };
  });

  it('know what accumulators take and give', () => {
    expectTypeOf(sc.accumulator('n')).toEqualTypeOf<NumberAccumulator>();
    expectTypeOf(sc.bigintAccumulator()).toEqualTypeOf<BigintAccumulator>();
    expectTypeOf(sc.collectionAccumulator<Date>().value).toEqualTypeOf<readonly Date[]>();
    // @ts-expect-error no number
    sc.accumulator().add('1');
    // @ts-expect-error no bigint
    sc.bigintAccumulator().add(1);
  });

  it('keep the class of a registered accumulator', () => {
    const total = sc.register(new Total(), 'total');
    expectTypeOf(total).toEqualTypeOf<Total>();
    expectTypeOf(total.value).toEqualTypeOf<string>();
    expectTypeOf(total.add).parameter(0).toEqualTypeOf<{ readonly price: number }>();
    // @ts-expect-error no accumulator
    sc.register(new Map());
  });
});
