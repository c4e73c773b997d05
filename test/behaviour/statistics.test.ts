import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';

const runs = { numRuns: 10 };
const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 60 });
const partitions = fc.integer({ min: 1, max: 9 });
const inOrder = (rows: readonly number[]) => [...rows].sort((a, b) => a - b);
const empty = { code: 'EMPTY_COLLECTION' };
const invalid = { code: 'INVALID_ARGUMENT' };

onEveryMaster('statistics mean what they mean for arrays', (sc) => {
  it('stats and its parts', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, partitions, async (rows, n) => {
        const rdd = sc().parallelize(rows, n);
        const stats = await rdd.stats();
        expect(stats.count).toBe(rows.length);
        expect(stats.sum).toBe(rows.reduce((a, b) => a + b, 0));
        expect(stats.max).toBe(Math.max(...rows));
        expect(stats.min).toBe(Math.min(...rows));
        expect(await rdd.mean()).toBe(stats.mean);
        expect(await rdd.variance()).toBe(stats.variance);
        expect(await rdd.sampleStdev()).toBe(stats.sampleStdev);
        if (rows.length === 0) return;
        const mean = stats.sum / rows.length;
        expect(stats.mean).toBeCloseTo(mean, 9);
        const squares = rows.reduce((sum, x) => sum + (x - mean) ** 2, 0);
        expect(stats.popVariance).toBeCloseTo(squares / rows.length, 6);
        if (rows.length > 1)
          expect(stats.sampleVariance).toBeCloseTo(squares / (rows.length - 1), 6);
      }),
      runs,
    );
    await expect(
      sc()
        .parallelize(['a'] as never[])
        .mean(),
    ).rejects.toMatchObject({
      code: 'NOT_A_NUMBER',
    });
  });

  it('histogram', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, partitions, fc.integer({ min: 1, max: 8 }), async (rows, n, k) => {
        const rdd = sc().parallelize(rows, n);
        const edges = [-500, 0, 10, Number.POSITIVE_INFINITY];
        expect((await rdd.histogram(edges)).counts).toEqual([
          rows.filter((x) => x >= -500 && x < 0).length,
          rows.filter((x) => x >= 0 && x < 10).length,
          rows.filter((x) => x >= 10).length,
        ]);
        if (rows.length === 0) return;
        const { buckets, counts } = await rdd.histogram(k);
        expect(buckets[0]).toBe(Math.min(...rows));
        expect(buckets.at(-1)).toBe(Math.max(...rows));
        const last = counts.length - 1;
        expect(counts).toEqual(
          counts.map((_, i) => {
            const [low, high] = [buckets[i] as number, buckets[i + 1] as number];
            return rows.filter((x) => x >= low && (x < high || (i === last && x === high))).length;
          }),
        );
      }),
      runs,
    );
    const none = sc().parallelize<number>([], 2);
    await expect(none.histogram(2)).rejects.toMatchObject(empty);
    await expect(sc().parallelize([1, Number.NaN]).histogram(2)).rejects.toMatchObject({
      code: 'NOT_A_NUMBER',
    });
    for (const buckets of [0, 1.5, [1], [2, 1], [1, 1]])
      await expect(none.histogram(buckets)).rejects.toMatchObject(invalid);
  });

  it('treeReduce and treeAggregate are reduce and aggregate, order included', async () => {
    const sizes = fc.constantFrom(1, 3, 10, 40);
    const depths = fc.integer({ min: 1, max: 4 });
    await fc.assert(
      fc.asyncProperty(numbers, sizes, depths, async (rows, n, depth) => {
        const words = sc().parallelize(rows, n).map(String);
        const join = (a: string, b: string) => `${a},${b}`;
        if (rows.length > 0) expect(await words.treeReduce(join, { depth })).toBe(rows.join(','));
        else await expect(words.treeReduce(join)).rejects.toMatchObject(empty);
        const list = await words.treeAggregate(
          () => [] as string[],
          (all, word) => [...all, word],
          (a, b) => [...a, ...b],
          { depth },
        );
        expect(list).toEqual(rows.map(String));
      }),
      runs,
    );
    await expect(
      sc()
        .range(3)
        .treeReduce((a) => a, { depth: 0 }),
    ).rejects.toMatchObject(invalid);
    expect(
      await sc()
        .emptyRDD<number>()
        .treeAggregate(
          7,
          (a, b) => a + b,
          (a, b) => a + b,
        ),
    ).toBe(7);
  });

  it('percentiles are rows of the sorted array', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, partitions, async (rows, n) => {
        const rdd = sc().parallelize(rows, n);
        const percentages = [0, 10, 50, 50, 99, 100];
        if (rows.length === 0) {
          await expect(rdd.percentiles(percentages)).rejects.toMatchObject(empty);
          return;
        }
        const at = (sorted: readonly number[]) =>
          percentages.map((p) => sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]);
        expect(await rdd.percentiles(percentages)).toEqual(at(inOrder(rows)));
        expect(await rdd.percentiles(percentages, { by: (x) => -x })).toEqual(
          at(inOrder(rows).reverse()),
        );
        const byKey = await rdd
          .keyBy((x) => x % 3)
          .percentilesByKey(percentages)
          .collect();
        for (const [key, values] of byKey)
          expect(values).toEqual(at(inOrder(rows.filter((x) => x % 3 === key))));
      }),
      runs,
    );
    await expect(sc().range(3).percentiles([101])).rejects.toMatchObject(invalid);
  });

  it('topByKey keeps the largest of each key, the first of equal ones', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, partitions, fc.integer({ min: 1, max: 5 }), async (rows, n, k) => {
        const tagged = rows.map((x, i): [number, { x: number; i: number }] => [
          x % 2,
          { x: x % 10, i },
        ]);
        const top = await sc()
          .parallelize(tagged, n)
          .topByKey(k, { by: (value) => value.x, numPartitions: 3 })
          .collect();
        expect(top.length).toBe(new Set(rows.map((x) => x % 2 || 0)).size);
        for (const [key, values] of top) {
          const all = tagged.filter(([other]) => other === key).map(([, value]) => value);
          expect(values).toEqual(all.sort((a, b) => b.x - a.x).slice(0, k));
        }
        const plain = await sc()
          .parallelize(rows, n)
          .keyBy(() => 'all')
          .topByKey(k)
          .collect();
        expect(plain.flatMap(([, values]) => values)).toEqual(inOrder(rows).reverse().slice(0, k));
      }),
      runs,
    );
  });

  it('reduceByKeyLocally is reduceByKey on the driver', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, partitions, async (rows, n) => {
        const pairs = sc()
          .parallelize(rows, n)
          .map((x): [[string, number], string] => [['k', x % 4], String(x)]);
        const join = (a: string, b: string) => `${a},${b}`;
        const local = await pairs.reduceByKeyLocally(join);
        const shuffled = await pairs.reduceByKey(join).collect();
        expect(local.size).toBe(shuffled.length);
        for (const [key, value] of shuffled) expect(local.get(key)).toBe(value);
      }),
      runs,
    );
  });

  it('countApproxDistinct keeps to its error', async () => {
    const rdd = sc()
      .range(0, 40_000, 1, 5)
      .map((x) => `user ${x % 20_000}`);
    for (const error of [0.01, 0.05])
      expect(Math.abs((await rdd.countApproxDistinct(error)) / 20_000 - 1)).toBeLessThan(4 * error);
    const byKey = await rdd
      .map((user): [number, string] => [user.length % 2, user])
      .countApproxDistinctByKey(0.02, 3)
      .collect();
    const exact = new Map<number, number>();
    for (let x = 0; x < 20_000; x++) {
      const key = `user ${x}`.length % 2;
      exact.set(key, (exact.get(key) ?? 0) + 1);
    }
    expect(byKey.length).toBe(2);
    for (const [key, count] of byKey)
      expect(Math.abs(count / (exact.get(key) as number) - 1)).toBeLessThan(0.08);
    expect(await sc().emptyRDD().countApproxDistinct()).toBe(0);
    await expect(rdd.countApproxDistinct(0)).rejects.toMatchObject(invalid);
  });

  it('approximate actions are exact when there is time', async () => {
    const rdd = sc().range(0, 1000, 1, 4);
    const exactly = (mean: number) => ({ mean, confidence: 1, low: mean, high: mean });
    const count = await rdd.countApprox(60_000);
    expect(count.isFinal).toBe(true);
    expect(count.initialValue).toEqual(exactly(1000));
    expect(await count.final).toEqual(exactly(1000));
    expect((await rdd.sumApprox(60_000)).initialValue).toEqual(exactly(499_500));
    expect((await rdd.meanApprox(60_000)).initialValue.mean).toBeCloseTo(499.5, 9);
    const pairs = rdd.keyBy((x) => [x % 3]);
    expect((await pairs.countByKeyApprox(60_000)).initialValue.get([0])).toEqual(exactly(334));
    const values = await rdd.map((x) => x % 2).countByValueApprox(60_000);
    expect(values.initialValue.get(1)).toEqual(exactly(500));
    await expect(rdd.countApprox(-1)).rejects.toMatchObject(invalid);
    await expect(rdd.countApprox(1, 1.5)).rejects.toMatchObject(invalid);
    expect((await sc().emptyRDD().countApprox(60_000)).initialValue).toEqual(exactly(0));
  });

  it('approximate actions know nothing before the first result', async () => {
    const { initialValue, isFinal, final } = await sc().range(0, 2_000_000, 1, 8).countApprox(0);
    if (!isFinal) expect(initialValue.low).toBeLessThanOrEqual(2_000_000);
    expect((await final).mean).toBe(2_000_000);
  });
});

describe('approximate actions', () => {
  it('answer in time by the partitions that are done, and go on', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2]' });
    // Partition 0 waits for a file that is written after the first answer.
    const folder = await mkdtemp(join(tmpdir(), 'firesteel-approx-'));
    const gate = join(folder, 'open');
    try {
      const rdd = sc.range(0, 4000, 1, 4).mapPartitionsWithIndex(async (partition, rows) => {
        const all = [...rows];
        while (partition === 0 && !existsSync(gate)) await new Promise((go) => setTimeout(go, 5));
        return all;
      });
      // On a busy machine no partition may be done in time: then there is more of it.
      let partial = await rdd.countApprox(50, 0.9);
      for (let timeoutMs = 100; partial.initialValue.confidence === 0; timeoutMs *= 2) {
        partial.final.cancel();
        partial = await rdd.countApprox(timeoutMs, 0.9);
      }
      expect(partial.isFinal).toBe(false);
      expect(partial.initialValue.mean).toBe(4000);
      expect(partial.initialValue.low).toBeGreaterThan(3500);
      expect(partial.initialValue.high).toBeLessThan(4500);
      expect(partial.initialValue.confidence).toBe(0.9);
      await writeFile(gate, '');
      expect(await partial.final).toEqual({ mean: 4000, confidence: 1, low: 4000, high: 4000 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('are cancelled by the final value', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[1]' });
    const endless = sc.range(0, 2, 1, 2).mapPartitions(async function* () {
      for (;;) {
        await new Promise((go) => setTimeout(go, 1));
        yield* new Array<number>(2000).fill(1);
      }
    });
    const { final, isFinal, initialValue } = await endless.sumApprox(20);
    expect(isFinal).toBe(false);
    expect(initialValue.confidence).toBe(0);
    final.cancel('enough');
    await expect(final).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });
});
