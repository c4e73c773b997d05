import { compareKeys } from '@firesteel/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedOrder } from './order.js';

function expectStableOrder(keys: readonly unknown[], ascending: boolean) {
  const expected = [...keys.keys()].sort(
    (a, b) => (ascending ? 1 : -1) * compareKeys(keys[a], keys[b]) || a - b,
  );
  expect([...sortedOrder(keys, ascending)]).toEqual(expected);
}

/** Arrays on both sides of the size from which radix sort takes over. */
const sizes = { minLength: 0, maxLength: 400 };
const manyOf = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof(fc.array(one, sizes), fc.array(one, { minLength: 256, maxLength: 600 }));

describe('sortedOrder', () => {
  const kinds: [string, fc.Arbitrary<unknown>][] = [
    ['small integers with many ties', fc.integer({ min: -5, max: 5 })],
    ['integers', fc.integer()],
    [
      'doubles with NaN, -0 and infinities',
      fc.oneof(fc.double(), fc.constantFrom(-0, 0, Number.NaN)),
    ],
    ['short strings', fc.string({ maxLength: 3 })],
    ['strings with shared prefixes', fc.string({ maxLength: 4 }).map((s) => `prefix ${s}`)],
    ['runs of one letter', fc.nat({ max: 14 }).map((n) => 'u'.repeat(n))],
    ['strings with units of zero', fc.string({ unit: fc.constantFrom('\0', 'a'), maxLength: 9 })],
    ['strings beyond latin1', fc.string({ unit: 'binary', maxLength: 8 })],
    ['mixed kinds', fc.oneof(fc.integer(), fc.string(), fc.constantFrom(null, undefined, true))],
  ];
  for (const [name, arbitrary] of kinds)
    for (const ascending of [true, false])
      it(`sorts ${name} ${ascending ? 'up' : 'down'} and keeps ties in place`, () => {
        fc.assert(
          fc.property(manyOf(arbitrary), (keys) => expectStableOrder(keys, ascending)),
          { numRuns: 40 },
        );
      });
});
