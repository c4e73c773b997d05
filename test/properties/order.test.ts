import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutOf, int, numbers, oneContext, rddOf, runs } from './data.js';

const sc = oneContext();
const out = fc.integer({ min: 1, max: 6 });
/** Keys with a plain order, many of them equal. */
const orderedKey = fc.integer({ min: -20, max: 20 });
const pairs = cutOf(fc.tuple(orderedKey, int));
const byKey = ([a]: readonly [number, number], [b]: readonly [number, number]) => a - b;

it('sortBy and sortByKey, stable in both directions', () =>
  fc.assert(
    fc.asyncProperty(pairs, out, fc.boolean(), async (cut, n, ascending) => {
      const rdd = rddOf(sc(), cut);
      const sorted = cut.rows.toSorted((a, b) => (ascending ? byKey(a, b) : byKey(b, a)));
      expect(await rdd.sortByKey({ ascending, numPartitions: n }).collect()).toEqual(sorted);
      expect(await rdd.sortBy(([k]) => k, { ascending }).collect()).toEqual(sorted);
      const reversed = { ascending, compare: (a: number, b: number) => b - a };
      const backwards = cut.rows.toSorted((a, b) => (ascending ? byKey(b, a) : byKey(a, b)));
      expect(await rdd.sortByKey(reversed).collect()).toEqual(backwards);
    }),
    runs,
  ));

it('sortBy orders strings and tuples', () =>
  fc.assert(
    fc.asyncProperty(cutOf(fc.string({ unit: 'binary' })), out, async (cut, n) => {
      const rdd = rddOf(sc(), cut);
      const inOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
      expect(await rdd.sortBy((s) => s, n).collect()).toEqual(cut.rows.toSorted(inOrder));
      const byLength = rdd.sortBy((s): [number, string] => [s.length, s]);
      expect(await byLength.collect()).toEqual(
        cut.rows.toSorted((a, b) => a.length - b.length || inOrder(a, b)),
      );
    }),
    runs,
  ));

it('repartitionAndSortWithinPartitions, with and without a shuffle', () =>
  fc.assert(
    fc.asyncProperty(pairs, out, fc.boolean(), async (cut, n, ascending) => {
      const rdd = rddOf(sc(), cut);
      const placed = rdd.partitionBy(n);
      const expected = (await placed.glom().collect()).map((rows) =>
        rows.toSorted((a, b) => (ascending ? byKey(a, b) : byKey(b, a))),
      );
      const sorted = rdd.repartitionAndSortWithinPartitions(n, { ascending });
      expect(await sorted.glom().collect()).toEqual(expected);
      const inPlace = placed.repartitionAndSortWithinPartitions(n, { ascending });
      expect(await inPlace.glom().collect()).toEqual(expected);
    }),
    runs,
  ));

it('filterByRange, of sorted RDDs and of any', () =>
  fc.assert(
    fc.asyncProperty(
      pairs,
      out,
      orderedKey,
      orderedKey,
      fc.boolean(),
      async (cut, n, lower, upper, ascending) => {
        const rdd = rddOf(sc(), cut);
        const isIn = ([k]: readonly [number, number]) => k >= lower && k <= upper;
        expect(await rdd.filterByRange(lower, upper).collect()).toEqual(cut.rows.filter(isIn));
        const sorted = rdd.sortByKey({ ascending, numPartitions: n });
        const expected = (await sorted.collect()).filter(isIn);
        expect(await sorted.filterByRange(lower, upper).collect()).toEqual(expected);
      },
    ),
    runs,
  ));

it('top, takeOrdered, min and max', () =>
  fc.assert(
    fc.asyncProperty(pairs, fc.nat({ max: 12 }), async (cut, n) => {
      const rdd = rddOf(sc(), cut);
      const up = cut.rows.toSorted(byKey);
      const down = cut.rows.toSorted((a, b) => byKey(b, a));
      const by = ([k]: readonly [number, number]) => k;
      expect(await rdd.takeOrdered(n, { by })).toEqual(up.slice(0, n));
      expect(await rdd.top(n, { by })).toEqual(down.slice(0, n));
      if (up.length > 0) {
        expect(await rdd.min({ by })).toEqual(up[0]);
        expect(await rdd.max({ by })).toEqual(down[0]);
      } else await expect(rdd.min()).rejects.toMatchObject({ code: 'EMPTY_COLLECTION' });
    }),
    runs,
  ));

it('a sorted RDD reads only the partitions of a range', async () => {
  const rdd = sc()
    .range(0, 1000, 1, 4)
    .map((x): [number, number] => [x, x])
    .sortByKey({ numPartitions: 8 });
  await rdd.count();
  const rowsRead = new Promise<number>((resolve) => {
    sc().events.on('stageCompleted', ({ metrics }) => resolve(metrics.shuffleRowsRead));
  });
  expect(await rdd.filterByRange(10, 20).count()).toBe(11);
  expect(await rowsRead).toBeLessThan(500);
});

it('numbers come in numeric order', () =>
  fc.assert(
    fc.asyncProperty(numbers, async (cut) => {
      const rdd = rddOf(sc(), cut);
      expect(await rdd.sortBy((x) => x).collect()).toEqual(cut.rows.toSorted((a, b) => a - b));
    }),
    runs,
  ));
