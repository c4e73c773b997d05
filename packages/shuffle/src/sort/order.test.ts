import { compareKeys, encodeRows, openBlock, type StringColumn } from '@firesteel/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1Order, sortedOrder } from './order.js';

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

describe('latin1Order', () => {
  /** Not all alike, which would make a column of a constant. */
  const column = (letters: string, maxLength: number) =>
    fc
      .uniqueArray(fc.string({ unit: fc.constantFrom(...letters), maxLength }), {
        minLength: 2,
        maxLength: 60,
      })
      .chain((some) =>
        fc.array(fc.constantFrom(...some), { maxLength: 80 }).map((more) => [...some, ...more]),
      );
  const kinds: [string, fc.Arbitrary<string[]>][] = [
    ['short keys', column('abÿ', 4)],
    ['keys that begin alike', column('ab', 3).map((keys) => keys.map((key) => `user${key}`))],
    [
      'keys that tie in their first characters',
      column('ab', 14).map((keys) => keys.map((key) => `same ${'x'.repeat(9)}${key}`)),
    ],
    ['keys with characters of zero', column('\0a', 9)],
  ];
  for (const [name, arbitrary] of kinds)
    for (const ascending of [true, false])
      it(`sorts columns of ${name} ${ascending ? 'up' : 'down'} as their strings`, () => {
        fc.assert(
          fc.property(fc.array(arbitrary, { minLength: 1, maxLength: 6 }), (parts) => {
            const columns = parts.map(
              (keys) => openBlock(new Uint8Array(encodeRows(keys))).root as StringColumn,
            );
            expect(columns.every(({ kind, allLatin1 }) => kind === 'string' && allLatin1)).toBe(
              true,
            );
            expect([...latin1Order(columns, ascending)]).toEqual([
              ...sortedOrder(parts.flat(), ascending),
            ]);
          }),
          { numRuns: 60 },
        );
      });
});
