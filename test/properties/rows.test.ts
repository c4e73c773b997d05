import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  cutOf,
  int,
  key,
  multiset,
  numbers,
  oneContext,
  partitionsOf,
  rddOf,
  runs,
  textOf,
} from './data.js';

const sc = oneContext();
const size = fc.integer({ min: 1, max: 9 });
const level = fc.constantFrom('memory', 'memory-ser', 'memory-disk', 'disk');

it('map, flatMap, filter, filterMap, keyBy and mapAsync', () =>
  fc.assert(
    fc.asyncProperty(numbers, int, async (cut, by) => {
      const rdd = rddOf(sc(), cut);
      const { rows } = cut;
      expect(await rdd.map((x) => x + by).collect()).toEqual(rows.map((x) => x + by));
      const repeated = (x: number) => new Array<number>(Math.abs(x % 3)).fill(x);
      expect(await rdd.flatMap(repeated).collect()).toEqual(rows.flatMap(repeated));
      expect(await rdd.filter((x) => x > by).collect()).toEqual(rows.filter((x) => x > by));
      expect(await rdd.filterMap((x) => (x > by ? -x : undefined)).collect()).toEqual(
        rows.filter((x) => x > by).map((x) => -x),
      );
      expect(await rdd.keyBy((x) => x % 5).collect()).toEqual(rows.map((x) => [x % 5, x]));
      const later = rdd.mapAsync(async (x) => x * 2, { concurrency: 3 });
      expect(await later.collect()).toEqual(rows.map((x) => x * 2));
    }),
    runs,
  ));

it('mapPartitions, mapPartitionsWithIndex and glom', () =>
  fc.assert(
    fc.asyncProperty(numbers, async (cut) => {
      const rdd = rddOf(sc(), cut);
      const parts = partitionsOf(cut);
      expect(await rdd.glom().collect()).toEqual(parts);
      const total = (rows: Iterable<number>) => [...rows].reduce((a, b) => a + b, 0);
      expect(await rdd.mapPartitions((rows) => [total(rows)]).collect()).toEqual(parts.map(total));
      const indexed = rdd.mapPartitionsWithIndex(async function* (p, rows) {
        for (const row of rows) yield [p, row];
      });
      expect(await indexed.collect()).toEqual(
        parts.flatMap((rows, p) => rows.map((row) => [p, row])),
      );
    }),
    runs,
  ));

it('zipWithIndex, zipWithUniqueId, chunk and sliding', () =>
  fc.assert(
    fc.asyncProperty(numbers, size, size, async (cut, n, step) => {
      const rdd = rddOf(sc(), cut);
      const parts = partitionsOf(cut);
      expect(await rdd.zipWithIndex().collect()).toEqual(cut.rows.map((x, i) => [x, i]));
      expect(await rdd.zipWithUniqueId().collect()).toEqual(
        parts.flatMap((rows, p) => rows.map((x, i) => [x, p + i * parts.length])),
      );
      expect(await rdd.chunk(n).collect()).toEqual(
        parts.flatMap((rows) =>
          rows.flatMap((_, i) => (i % n === 0 ? [rows.slice(i, i + n)] : [])),
        ),
      );
      const windows: number[][] = [];
      for (let i = 0; i + n <= cut.rows.length; i += step) windows.push(cut.rows.slice(i, i + n));
      expect(await rdd.sliding(n, step).collect()).toEqual(windows);
      // Also of an RDD whose partitions have other sizes than parallelize gives.
      const positive = cut.rows.filter((x) => x > 0);
      const pairs = positive.flatMap((x, i) => (i > 0 ? [[positive[i - 1], x]] : []));
      expect(
        await rdd
          .filter((x) => x > 0)
          .sliding(2)
          .collect(),
      ).toEqual(pairs);
    }),
    runs,
  ));

it('zip of an RDD with what was made of it, and its error', () =>
  fc.assert(
    fc.asyncProperty(numbers, fc.nat(), async (cut, at) => {
      const rdd = rddOf(sc(), cut);
      const zipped = await rdd.zip(rdd.map(String)).collect();
      expect(zipped).toEqual(cut.rows.map((x) => [x, String(x)]));
      if (cut.rows.length === 0) return;
      const dropped = at % cut.rows.length;
      const shorter = rdd.zipWithIndex().filter(([, i]) => i !== dropped);
      await expect(rdd.zip(shorter).collect()).rejects.toMatchObject({
        code: 'ZIP_LENGTHS_DIFFER',
      });
      await expect(shorter.zip(rdd).count()).rejects.toMatchObject({ code: 'ZIP_LENGTHS_DIFFER' });
    }),
    runs,
  ));

it('zipPartitions', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.tuple(fc.array(int), fc.array(fc.string()), fc.array(int)),
      async (n, [a, b, c]) => {
        const rdds = [sc().parallelize(b, n), sc().parallelize(c, n)] as const;
        const zipped = sc()
          .parallelize(a, n)
          .zipPartitions(rdds, (x, y, z) => [[[...x], [...y], [...z]]]);
        const [x, y, z] = [a, b, c].map((rows: readonly unknown[]) =>
          partitionsOf({ rows, numPartitions: n }),
        );
        expect(await zipped.collect()).toEqual(x?.map((rows, p) => [rows, y?.[p], z?.[p]]));
      },
    ),
    runs,
  ));

it('cartesian, small and large right sides', () =>
  fc.assert(
    fc.asyncProperty(cutOf(int, 12), cutOf(fc.string(), 12), async (left, right) => {
      const product = rddOf(sc(), left).cartesian(rddOf(sc(), right));
      const parts = partitionsOf(left).flatMap((xs) =>
        partitionsOf(right).map((ys) => xs.flatMap((x) => ys.map((y) => [x, y]))),
      );
      expect(await product.glom().collect()).toEqual(parts);
    }),
    runs,
  ));

it('cartesian reads a right side again that is too large to be kept', async () => {
  const product = sc()
    .range(0, 3, 1, 1)
    .cartesian(sc().range(0, 20_000, 1, 1));
  const rows = await product.collect();
  expect(rows.length).toBe(60_000);
  expect(rows.every(([x, y], i) => x === Math.floor(i / 20_000) && y === i % 20_000)).toBe(true);
});

it('union, coalesce and repartition', () =>
  fc.assert(
    fc.asyncProperty(numbers, numbers, size, async (a, b, n) => {
      const [x, y] = [rddOf(sc(), a), rddOf(sc(), b)];
      const all = [...a.rows, ...b.rows, ...a.rows];
      expect(await x.union(y, x).collect()).toEqual(all);
      expect(await sc().union([x, y, x]).count()).toBe(all.length);
      const fewer = await x.coalesce(n).glom().collect();
      expect(fewer.length).toBe(Math.min(n, a.numPartitions));
      expect(fewer.flat()).toEqual(a.rows);
      const dealt = await x.repartition(n).glom().collect();
      expect(dealt.length).toBe(n);
      expect(multiset(dealt.flat())).toEqual(multiset(a.rows));
    }),
    runs,
  ));

it('pipe', () =>
  fc.assert(
    fc.asyncProperty(cutOf(fc.string({ unit: 'grapheme' })), async ({ rows, numPartitions }) => {
      const lines = rows.map((row) => row.replaceAll(/[\r\n]/g, ''));
      const piped = sc().parallelize(lines, numPartitions).pipe('cat');
      expect(await piped.collect()).toEqual(lines);
    }),
    { numRuns: 8 },
  ));

it('persist at any level, unpersist and localCheckpoint', () =>
  fc.assert(
    fc.asyncProperty(cutOf(key), level, async (cut, name) => {
      const kept = rddOf(sc(), cut)
        .map((row) => [row])
        .persist(name);
      const checkpointed = kept.map(([row]) => row).localCheckpoint();
      const wanted = cut.rows.map(textOf);
      for (let round = 0; round < 2; round++) {
        expect((await kept.collect()).map(([row]) => textOf(row))).toEqual(wanted);
        expect((await checkpointed.collect()).map(textOf)).toEqual(wanted);
      }
      kept.unpersist();
      expect((await kept.collect()).map(([row]) => textOf(row))).toEqual(wanted);
      expect((await checkpointed.collect()).map(textOf)).toEqual(wanted);
    }),
    { numRuns: 10 },
  ));
