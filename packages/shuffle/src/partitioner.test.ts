import { compareKeys, encodeValue } from '@firesteel/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reviveBuckets, revivePartitioner } from './partitioner.js';

const number = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.constantFrom(-0, 0.5, Number.NaN));
const string = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '\0'), maxLength: 3 });
const prefixed = string.map((text) => `shared ${text}`);
const other = fc.constantFrom<unknown>(null, true, 3n, new Date(0));

describe('range partitioner', () => {
  it.each<[string, fc.Arbitrary<unknown>]>([
    ['numbers', number],
    ['strings', string],
    ['strings that begin alike', prefixed],
    ['keys of any kind', fc.oneof(number, string, other)],
  ])('counts the bounds below a key, for bounds that are %s', (_, bound) => {
    const keys = fc.array(fc.oneof(number, string, prefixed, other));
    const bounds = fc.array(bound, { maxLength: 5 });
    fc.assert(
      fc.property(bounds, keys, fc.boolean(), (unsorted, some, ascending) => {
        const sorted = [...unsorted].sort(compareKeys);
        const plan = {
          kind: 'range',
          numPartitions: sorted.length + 1,
          ascending,
          bounds: encodeValue({ bounds: sorted, cuts: [] }),
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

it('finds the range of a key among many bounds', () => {
  const numbers = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer({ min: -60, max: 60 }),
    fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1e308, -1e308),
  );
  const strings = fc.string({ maxLength: 5 }).map((text) => `prefix ${text}`);
  const many = <K>(key: fc.Arbitrary<K>) => fc.uniqueArray(key, { minLength: 32, maxLength: 80 });
  const finite = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer());
  fc.assert(
    fc.property(fc.oneof(many(numbers), many(finite), many(strings)), (unsorted) => {
      const bounds = [...unsorted].sort(compareKeys);
      const plan = { kind: 'range', numPartitions: bounds.length + 1, ascending: true } as const;
      const encoded = encodeValue({ bounds, cuts: [] });
      const { partitionOf } = revivePartitioner({ ...plan, bounds: encoded }, [], 0);
      for (const key of [...bounds, -1, 0.25, 1e7, 'prefix', 'prefix m', 'quite another'])
        expect(partitionOf(key)).toBe(bounds.filter((b) => compareKeys(b, key) < 0).length);
    }),
    { numRuns: 50 },
  );
});

describe('buckets of a range partitioner', () => {
  const keys = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 });
  it('belong to the partition of their keys, and rise with them', () => {
    fc.assert(
      fc.property(keys, fc.nat(4), fc.boolean(), (unsorted, step, ascending) => {
        const cuts = [...unsorted].sort(compareKeys);
        const bounds = cuts.filter((_, i) => i % (step + 1) === step);
        const plan = {
          kind: 'range',
          numPartitions: bounds.length + 1,
          ascending,
          bounds: encodeValue({ bounds, cuts }),
        } as const;
        const { partitionOf } = revivePartitioner(plan, [], 0);
        const buckets = reviveBuckets(plan, []);
        for (let key = -1; key < 52; key++) {
          const bucket = buckets?.partitionOf(key) as number;
          expect(bucket).toBe(cuts.filter((cut) => cut < key).length);
          expect(buckets?.partitions[bucket]).toBe(partitionOf(key));
        }
      }),
    );
  });

  it('are none where there are no cuts', () => {
    const plan = { kind: 'range', numPartitions: 2, ascending: true } as const;
    const bounds = encodeValue({ bounds: [3], cuts: [] });
    expect(reviveBuckets({ ...plan, bounds }, [])).toBe(undefined);
    expect(reviveBuckets({ ...plan, numPartitions: 1 }, [])).toBe(undefined);
  });
});
