import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntegerSet } from './integer-set.js';

const number = fc.oneof(
  fc.nat(100),
  fc.nat(1 << 16),
  fc.integer({ min: (1 << 24) - 40, max: (1 << 24) + 40 }),
  fc.integer(),
  fc.double(),
  fc.constantFrom(-0, 31, 32, 8191, 8192, 2 ** 32, 2 ** 32 + 1, Number.NaN),
);

function keysOf(set: IntegerSet): number[] {
  return [...set.chunks()].flat();
}

/** Adds the keys that it takes, and gives them in order. */
function fill(set: IntegerSet, numbers: readonly number[]): number[] {
  const taken = numbers.filter((n) => set.add(n));
  return [...new Set(taken)].sort((a, b) => a - b);
}

describe('an integer set', () => {
  it('has each key once, in order, and takes small whole numbers alone', () => {
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const set = new IntegerSet();
        const taken = fill(set, numbers);
        const small = numbers.filter((n) => Number.isInteger(n) && n >= 0 && n < 1 << 24);
        expect(new Set(taken)).toEqual(new Set(small.map((n) => n + 0)));
        expect(keysOf(set)).toEqual(taken);
        expect(set.size).toBe(taken.length);
        set.clear();
        expect(keysOf(set)).toEqual([]);
        expect(fill(set, numbers)).toEqual(taken);
      }),
    );
  });

  it('takes over the keys of another', () => {
    fc.assert(
      fc.property(fc.array(number), fc.array(number), (a, b) => {
        const [set, other, both] = [new IntegerSet(), new IntegerSet(), new IntegerSet()];
        fill(set, a);
        fill(other, b);
        set.addAll(other);
        expect(keysOf(set)).toEqual(fill(both, [...a, ...b]));
        expect(set.size).toBe(both.size);
      }),
    );
  });

  it('cuts many keys into chunks', () => {
    const set = new IntegerSet();
    const expected = fill(
      set,
      Array.from({ length: 5000 }, (_, i) => i * 7),
    );
    const chunks = [...set.chunks()];
    expect(Math.max(...chunks.map((keys) => keys.length))).toBeLessThanOrEqual(1024);
    expect(chunks.flat()).toEqual(expected);
  });
});
