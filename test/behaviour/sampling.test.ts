import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { EventLog } from './events.js';

const runs = { numRuns: 10 };
const data = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 60 });
const partitions = fc.integer({ min: 1, max: 6 });
const seeds = fc.integer();
const inOrder = (rows: readonly number[]) => [...rows].sort((a, b) => a - b);

/** Whether `part` comes from `whole` by leaving rows out. */
function isSubsequence(part: readonly unknown[], whole: readonly unknown[]): boolean {
  let at = 0;
  for (const row of whole) if (at < part.length && part[at] === row) at += 1;
  return at === part.length;
}

onEveryMaster('samples', (sc) => {
  it('of a fraction depend on the seed only, and keep the order', async () => {
    await fc.assert(
      fc.asyncProperty(data, partitions, seeds, async (rows, n, seed) => {
        const rdd = sc().parallelize(rows, n);
        const first = await rdd.sample(0.5, { seed }).collect();
        expect(isSubsequence(first, rows)).toBe(true);
        expect(await rdd.sample(false, 0.5, seed).collect()).toEqual(first);
        const sampled = rdd.sample(0.5);
        expect(await sampled.collect()).toEqual(await sampled.collect());
        const repeated = await rdd.sample(true, 2, seed).collect();
        // Copies of a row stand side by side.
        const drawn = repeated.filter((row, i) => i === 0 || row !== repeated[i - 1]);
        expect(isSubsequence(drawn, rows)).toBe(true);
        expect(await rdd.sample(0).collect()).toEqual([]);
        expect(await rdd.sample(1).collect()).toEqual(rows);
        expect(await rdd.sample(true, 0).collect()).toEqual([]);
      }),
      runs,
    );
  });

  it('have about the size that was asked for', async () => {
    const rdd = sc().range(0, 50_000, 1, 7);
    for (const fraction of [0.01, 0.3, 0.8]) {
      const size = await rdd.sample(fraction, { seed: 1 }).count();
      const deviation = Math.sqrt(50_000 * fraction * (1 - fraction));
      expect(Math.abs(size - 50_000 * fraction)).toBeLessThan(4 * deviation);
      const copies = await rdd.sample(true, fraction, 1).count();
      expect(Math.abs(copies - 50_000 * fraction)).toBeLessThan(4 * Math.sqrt(50_000 * fraction));
    }
  });

  it('are drawn by other streams in other partitions, also of a union', async () => {
    const twice = sc().parallelize(
      Array.from({ length: 2000 }, (_, i) => i % 500),
      4,
    );
    const [a, b, c, d] = await twice.sample(0.5, { seed: 3 }).glom().collect();
    for (const [x, y] of [
      [a, b],
      [b, c],
      [c, d],
    ])
      expect(x).not.toEqual(y);
    const half = sc().range(0, 500, 1, 1);
    const [left, right] = await half.union(half).sample(0.5, { seed: 3 }).glom().collect();
    expect(left).not.toEqual(right);
  });

  it('fit between other steps', async () => {
    const rdd = sc().range(0, 1000, 1, 3);
    const sampled = await rdd.sample(0.2, { seed: 9 }).collect();
    const chained = rdd
      .map((x) => x)
      .sample(0.2, { seed: 9 })
      .flatMap((x) => [x, x])
      .filter((x) => x % 2 === 0);
    expect(await chained.collect()).toEqual(
      sampled.filter((x) => x % 2 === 0).flatMap((x) => [x, x]),
    );
    const counts = await rdd
      .map((x): [number, number] => [x % 10, 1])
      .sample(true, 3, 2)
      .reduceByKey((a, b) => a + b)
      .values()
      .sum();
    expect(counts).toBe(await rdd.sample(true, 3, 2).count());
    expect(await rdd.sample(0.2, { seed: 9 }).take(3)).toEqual(sampled.slice(0, 3));
  });

  it('randomSplit puts each row into exactly one part', async () => {
    await fc.assert(
      fc.asyncProperty(
        data,
        partitions,
        seeds,
        fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
        async (rows, n, seed, more) => {
          const rdd = sc().parallelize(rows, n);
          const parts = await Promise.all(
            rdd.randomSplit([...more, 1], { seed }).map((part) => part.collect()),
          );
          expect(inOrder(parts.flat())).toEqual(inOrder(rows));
          for (const [i, part] of parts.entries()) {
            expect(isSubsequence(part, rows)).toBe(true);
            if (more[i] === 0) expect(part).toEqual([]);
          }
        },
      ),
      runs,
    );
  });

  it('randomSplit keeps to the proportion of its weights', async () => {
    const [a, b, c] = sc().range(0, 60_000, 1, 5).randomSplit([1, 2, 3], 11);
    for (const [part, expected] of [
      [a, 10_000],
      [b, 20_000],
      [c, 30_000],
    ] as const)
      expect(Math.abs((await part.count()) - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  it('takeSample gives exactly as many rows as asked for', async () => {
    await fc.assert(
      fc.asyncProperty(data, partitions, seeds, fc.nat(80), async (rows, n, seed, size) => {
        const rdd = sc().parallelize(rows, n);
        const once = await rdd.takeSample(size, { seed });
        expect(once.length).toBe(Math.min(size, rows.length));
        const left = [...rows];
        for (const row of once) {
          expect(left).toContain(row);
          left.splice(left.indexOf(row), 1);
        }
        expect(await rdd.takeSample(false, size, seed)).toEqual(once);
        const repeated = await rdd.takeSample(true, size, seed);
        expect(repeated.length).toBe(rows.length === 0 ? 0 : size);
        for (const row of repeated) expect(rows).toContain(row);
      }),
      runs,
    );
  });

  it('takeSample draws each row alike, in any order', async () => {
    const rdd = sc().parallelize([0, 1, 2, 3, 4, 5], 4);
    const first = new Array<number>(6).fill(0);
    const drawn = new Array<number>(6).fill(0);
    for (let seed = 0; seed < 300; seed++) {
      const rows = await rdd.takeSample(3, { seed });
      first[rows[0] as number] = (first[rows[0] as number] as number) + 1;
      for (const row of rows) drawn[row] = (drawn[row] as number) + 1;
    }
    for (const count of first) expect(Math.abs(count - 50)).toBeLessThan(4 * 6.5);
    for (const count of drawn) expect(Math.abs(count - 150)).toBeLessThan(4 * 8.7);
  });

  it('sampleByKey draws each key by its own fraction', async () => {
    const pairs = sc()
      .range(0, 40_000, 1, 6)
      .map((x): [[string, number], number] => [['key', x % 4], x]);
    const fractions: [[string, number], number][] = [0, 0.1, 0.5, 1].map((f, k) => [['key', k], f]);
    const counts = await pairs.sampleByKey(new Map(fractions), { seed: 5 }).countByKey();
    expect(counts.get(['key', 0])).toBeUndefined();
    expect(Math.abs((counts.get(['key', 1]) ?? 0) - 1000)).toBeLessThan(4 * 30);
    expect(Math.abs((counts.get(['key', 2]) ?? 0) - 5000)).toBeLessThan(4 * 50);
    expect(counts.get(['key', 3])).toBe(10_000);
    const copies = await pairs.sampleByKey(true, fractions, 5).countByKey();
    expect(Math.abs((copies.get(['key', 3]) ?? 0) - 10_000)).toBeLessThan(4 * 100);
    expect(await pairs.sampleByKey(fractions, 5).partitionBy(3).count()).toBe(
      [...counts.values()].reduce((a, b) => a + b),
    );
  });

  it('sampleByKeyExact gives each key exactly its share', async () => {
    const key = fc.constantFrom<unknown>('a', 'b', 3, null, [1, 'c']);
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(key, fc.nat()), { maxLength: 60 }),
        partitions,
        seeds,
        fc.array(fraction, { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        async (rows, n, seed, chosen, withReplacement) => {
          const keys: unknown[] = ['a', 'b', 3, null, [1, 'c']];
          const fractions = keys.map((k, i): [unknown, number] => [k, chosen[i] as number]);
          const pairs = sc().parallelize(rows, n);
          const sampled = pairs.sampleByKeyExact(withReplacement, fractions, seed);
          const found = await sampled.collect();
          expect(await sampled.collect()).toEqual(found);
          const count = (list: typeof rows, k: unknown) =>
            list.filter(([other]) => JSON.stringify(other) === JSON.stringify(k)).length;
          for (const [k, f] of fractions)
            expect(count(found, k)).toBe(Math.ceil(count(rows, k) * f));
        },
      ),
      runs,
    );
  });

  it('sampleByKeyExact is lazy, and counts once', async () => {
    using log = new EventLog(sc());
    const jobs = () => log.of('jobStart').length;
    const pairs = sc()
      .range(0, 100, 1, 3)
      .keyBy((x) => x % 2);
    const sampled = pairs.sampleByKeyExact(
      [
        [0, 0.1],
        [1, 0.2],
      ],
      1,
    );
    expect(jobs()).toBe(0);
    expect(await sampled.count()).toBe(15);
    expect(jobs()).toBe(2);
    expect(await sampled.count()).toBe(15);
    expect(jobs()).toBe(3);
  });

  it('keep the partitioner', async () => {
    const pairs = sc()
      .range(0, 100, 1, 3)
      .keyBy((x) => x % 5)
      .partitionBy(4);
    const sampled = pairs
      .sample(0.5, 1)
      .sampleByKey(new Map([0, 1, 2, 3, 4].map((k) => [k, 0.5])), 1);
    const grouped = sampled.groupByKey();
    expect((await grouped.toDebugString()).match(/\+-/g)?.length).toBe(1);
    expect(
      await grouped
        .mapValues((values) => values.length)
        .values()
        .sum(),
    ).toBe(await sampled.count());
  });

  it('refuse what they cannot draw', async () => {
    const rdd = sc().range(0, 10);
    const pairs = rdd.keyBy((x) => x);
    const invalid = { code: 'INVALID_ARGUMENT' };
    const throws = (call: () => unknown) =>
      expect(call).toThrow(expect.objectContaining(invalid) as Error);
    throws(() => rdd.sample(-0.1));
    throws(() => rdd.sample(1.1));
    throws(() => rdd.sample(Number.NaN));
    throws(() => rdd.sample(true, -1));
    throws(() => rdd.sample(0.5, { seed: 0.5 }));
    throws(() => rdd.randomSplit([]));
    throws(() => rdd.randomSplit([0, 0]));
    throws(() => rdd.randomSplit([1, -1]));
    throws(() => pairs.sampleByKey(new Map([[1, 2]])));
    throws(() => pairs.sampleByKeyExact(5 as never));
    await expect(rdd.takeSample(-1)).rejects.toMatchObject(invalid);
    await expect(pairs.sampleByKey([[1, 1]]).count()).rejects.toMatchObject({
      ...invalid,
      message: expect.stringContaining('has no fraction') as string,
    });
    await expect(pairs.sampleByKeyExact([[1, 1]]).count()).rejects.toMatchObject(invalid);
  });
});
