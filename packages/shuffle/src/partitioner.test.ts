import { compareKeys, encodeValue } from '@firesteel/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revivePartitioner } from './partitioner.js';

const number = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.constantFrom(-0, 0.5, Number.NaN));
const string = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '\0'), maxLength: 3 });
const other = fc.constantFrom<unknown>(null, true, 3n, new Date(0));

describe('range partitioner', () => {
  it.each<[string, fc.Arbitrary<unknown>]>([
    ['numbers', number],
    ['strings', string],
    ['keys of any kind', fc.oneof(number, string, other)],
  ])('counts the bounds below a key, for bounds that are %s', (_, bound) => {
    const keys = fc.array(fc.oneof(number, string, other));
    const bounds = fc.array(bound, { maxLength: 5 });
    fc.assert(
      fc.property(bounds, keys, fc.boolean(), (unsorted, some, ascending) => {
        const sorted = [...unsorted].sort(compareKeys);
        const plan = {
          kind: 'range',
          numPartitions: sorted.length + 1,
          ascending,
          bounds: encodeValue(sorted),
        } as const;
        const { partitionOf } = revivePartitioner(plan, [], 0);
        for (const key of some) {
          const below = sorted.filter((b) => compareKeys(b, key) < 0).length;
          expect(partitionOf(key)).toBe(ascending ? below : sorted.length - below);
        }
      }),
    );
  });
});
