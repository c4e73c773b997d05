import fc from 'fast-check';
import { KeyedMap } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';

const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    0,
    -0,
    1,
    1n,
    Number.NaN,
    '',
    '1',
    '\ud800',
  ),
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom(new Date(0), new Date(Number.NaN), 2n ** 65n, 0.1, '\udc00x', 'ü', '日'),
  fc.uint8Array({ maxLength: 2, max: 2 }),
  fc.constantFrom(Int16Array.of(1), Float64Array.of(1), Buffer.from([1]), Uint8Array.of(1)),
);

const key = fc.letrec<{ key: unknown }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.array(tie('key'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('key'), { maxKeys: 2 }),
    // biome-ignore lint/suspicious/noSparseArray: a hole is undefined
    fc.constantFrom<unknown>([, 1], [undefined, 1], new Map([['a', [1]]]), new Set([[1], 'x'])),
  ),
})).key;

describe('keys of every kind', () => {
  onEveryMaster('keys', (sc) => {
    it('count, combine, group and meet in joins by their canonical equality', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(key, { maxLength: 25 }), async (keys) => {
          const expected = new KeyedMap<unknown, number>();
          for (const k of keys) expected.set(k, (expected.get(k) ?? 0) + 1);
          const pairs = sc().parallelize(
            keys.map((k): [unknown, number] => [k, 1]),
            3,
          );
          const counts = [
            await pairs.countByKey(),
            await pairs.reduceByKey((a, b) => a + b, 2).collectAsMap(),
            await pairs
              .groupByKey(4)
              .mapValues((ones) => ones.length)
              .collectAsMap(),
            await sc().parallelize(keys, 2).countByValue(),
          ];
          for (const map of counts) {
            expect(map.size).toBe(expected.size);
            for (const [k, n] of expected) expect(map.get(k)).toBe(n);
          }
          expect(await sc().parallelize(keys, 3).distinct(2).count()).toBe(expected.size);
          const squares = [...expected.values()].reduce((sum, n) => sum + n * n, 0);
          expect(await pairs.join(pairs, 3).count()).toBe(squares);
        }),
        { numRuns: 8 },
      );
    });
  });
});
