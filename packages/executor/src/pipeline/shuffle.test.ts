import { encodeValue } from '@firesteel/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shuffled } from '../testing/run-program.js';

type Pair = [unknown, number];
const add = (a: number, b: number) => a + b;
const hash2 = { kind: 'hash', numPartitions: 2 } as const;
const sum = { kind: 'reduce', merge: 0 } as const;

function summed(rows: readonly Pair[]): Map<unknown, number> {
  const sums = new Map<unknown, number>();
  for (const [k, v] of rows) sums.set(k, (sums.get(k) ?? 0) + v);
  return sums;
}

describe('shuffles', () => {
  const key = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom(null, undefined, true),
  );
  const partitions = fc.array(fc.array(fc.tuple(key, fc.integer()), { maxLength: 40 }), {
    minLength: 1,
    maxLength: 4,
  });

  for (const combines of [true, false])
    it(`sum by key ${combines ? 'with' : 'without'} combining on the map side`, async () => {
      await fc.assert(
        fc.asyncProperty(partitions, async (parts) => {
          const results = await shuffled(
            parts,
            [add],
            { keyed: 'pair', partitioner: hash2, ...(combines && { combine: sum }) },
            { aggregator: sum, mapSideCombined: combines },
          );
          const rows = results.flat() as Pair[];
          expect(new Map(rows)).toEqual(summed(parts.flat() as Pair[]));
          expect(rows.length).toBe(summed(parts.flat() as Pair[]).size);
        }),
        { numRuns: 60 },
      );
    });

  it('sum many distinct keys: written through, scattered, combined bucket by bucket', async () => {
    const half = (from: number) =>
      Array.from(
        { length: 300_000 },
        (_, i): Pair => [
          i % 50 === 0
            ? `a long key for number ${(from + i) % 400_000}`
            : `k${(from + i) % 400_000}`,
          1,
        ],
      );
    const parts = [half(0), half(150_000), [['k7', 2.5]] as Pair[]];
    const results = await shuffled(
      parts,
      [add],
      { keyed: 'pair', partitioner: hash2, combine: sum },
      { aggregator: sum, mapSideCombined: true },
    );
    const expected = summed(parts.flat());
    const rows = results.flat() as Pair[];
    expect(rows.length).toBe(expected.size);
    expect(rows.every(([k, n]) => expected.get(k) === n)).toBe(true);
  });

  it('keep one row a key when some of many values are no numbers', async () => {
    const rows = Array.from({ length: 200_000 }, (_, i): [string, unknown] => [
      `k${i % 150_000}`,
      i % 1000 === 0 ? 'x' : 1,
    ]);
    const results = await shuffled(
      [rows],
      [(a: unknown, b: unknown) => `${a}${b}`],
      { keyed: 'pair', partitioner: hash2, combine: sum },
      { aggregator: sum, mapSideCombined: true },
    );
    const out = results.flat() as [string, unknown][];
    expect(out.length).toBe(150_000);
    expect(new Set(out.map(([k]) => k)).size).toBe(150_000);
  });

  it('group values in map partition order', async () => {
    const results = await shuffled(
      [
        [
          ['a', 1],
          ['b', 2],
          ['a', 3],
        ],
        [['a', 4]],
      ],
      [],
      { keyed: 'pair', partitioner: hash2 },
      { aggregator: { kind: 'group' }, mapSideCombined: false },
    );
    expect(new Map(results.flat() as [string, number[]][])).toEqual(
      new Map([
        ['a', [1, 3, 4]],
        ['b', [2]],
      ]),
    );
  });

  it('drop duplicates of rows of any kind', async () => {
    const results = await shuffled(
      [
        [1, 'a', [1, 2], null],
        [1, 'a', [1, 2], { x: 1 }],
      ],
      [],
      { keyed: 'row', partitioner: hash2, combine: { kind: 'distinct' } },
      { aggregator: { kind: 'distinct' }, mapSideCombined: true },
    );
    expect(results.flat()).toHaveLength(5);
    expect(results.flat()).toEqual(expect.arrayContaining([1, 'a', [1, 2], null, { x: 1 }]));
  });

  it('sort ranges whose bounds belong to the lower side', async () => {
    const parts = [
      [
        [5, 'e'],
        [1, 'a'],
      ],
      [
        [3, 'c'],
        [2, 'b'],
        [3, 'd'],
      ],
    ];
    for (const ascending of [true, false]) {
      const results = await shuffled(
        parts,
        [],
        {
          keyed: 'pair',
          partitioner: {
            kind: 'range',
            numPartitions: 2,
            ascending,
            bounds: encodeValue({ bounds: [3], cuts: [] }),
          },
        },
        { mapSideCombined: false, order: { ascending } },
      );
      const keys = results.map((rows) => rows.map((row) => (row as Pair)[0]));
      expect(keys).toEqual(ascending ? [[1, 2, 3, 3], [5]] : [[5], [3, 3, 2, 1]]);
    }
  });

  it('spread rows evenly in turn', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => i);
    const results = await shuffled(
      [rows, rows],
      [],
      { keyed: 'row', partitioner: { kind: 'roundRobin', numPartitions: 4 } },
      { mapSideCombined: false },
    );
    const sizes = results.map((part) => part.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2);
  });

  it('say so when a custom partitioner gives no partition', async () => {
    const result = shuffled(
      [[['a', 1]]],
      [() => 2],
      { keyed: 'pair', partitioner: { kind: 'custom', numPartitions: 2, getPartition: 0 } },
      { mapSideCombined: false },
    );
    await expect(result).rejects.toThrow(/gave 2 for a key/);
  });
});
