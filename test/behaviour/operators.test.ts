import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';

/** The partitions that rows fall into are free; what a job gives for them is not. */
const partitions = fc.integer({ min: 1, max: 5 });
const key = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom('a', 'b', 'a word of more than sixteen letters', 'ÿ', '漢字', ''),
  fc.constantFrom(null, undefined, true, Number.NaN, 0.5),
);
const pairs = fc.array(fc.tuple(key, fc.integer({ min: -100, max: 100 })), { maxLength: 60 });
const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 80 });

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_k, v) => (v === undefined || v !== v ? `${String(v)}!` : v));
const sorted = (rows: readonly unknown[]) => rows.map(textOf).sort();

function grouped<K, V>(rows: readonly (readonly [K, V])[]): Map<string, { key: K; values: V[] }> {
  const groups = new Map<string, { key: K; values: V[] }>();
  for (const [k, v] of rows) {
    const group = groups.get(textOf(k));
    if (group === undefined) groups.set(textOf(k), { key: k, values: [v] });
    else group.values.push(v);
  }
  return groups;
}

const runs = { numRuns: 12 };

onEveryMaster('operators mean what they mean for arrays', (sc) => {
  it('map, filter, flatMap, filterMap and glom', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, partitions, async (data, n) => {
        const offset = 7;
        const rdd = sc().parallelize(data, n);
        const chain = rdd
          .map((x) => x + offset)
          .filter((x) => x % 2 === 0)
          .flatMap((x) => [x, -x])
          .filterMap((x) => (x > 0 ? String(x) : undefined));
        const expected = data
          .map((x) => x + offset)
          .filter((x) => x % 2 === 0)
          .flatMap((x) => [x, -x])
          .filter((x) => x > 0)
          .map(String);
        expect(await chain.collect()).toEqual(expected);
        const glommed = await rdd.glom().collect();
        expect(glommed.length).toBe(n);
        expect(glommed.flat()).toEqual(data);
      }),
      runs,
    );
  });

  it('reduceByKey, groupByKey, aggregateByKey, foldByKey, combineByKey and countByKey', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, partitions, partitions, async (data, n, out) => {
        const rdd = sc().parallelize(data, n);
        const groups = [...grouped(data).values()];
        const sums = groups.map((g) => [g.key, g.values.reduce((a, b) => a + b)]);
        expect(sorted(await rdd.reduceByKey((a, b) => a + b, out).collect())).toEqual(sorted(sums));
        expect(sorted(await rdd.foldByKey(0, (a, b) => a + b, out).collect())).toEqual(
          sorted(sums),
        );
        expect(sorted(await rdd.groupByKey(out).collect())).toEqual(
          sorted(groups.map((g) => [g.key, g.values])),
        );
        const lists = await rdd
          .aggregateByKey(
            () => [] as number[],
            (all, v) => [...all, v],
            (a, b) => [...a, ...b],
            { numPartitions: out },
          )
          .collect();
        expect(sorted(lists)).toEqual(sorted(groups.map((g) => [g.key, g.values])));
        const averages = await rdd
          .combineByKey({
            create: (v) => ({ sum: v, n: 1 }),
            mergeValue: (c, v) => ({ sum: c.sum + v, n: c.n + 1 }),
            mergeCombiners: (a, b) => ({ sum: a.sum + b.sum, n: a.n + b.n }),
          })
          .mapValues(({ sum, n }) => sum / n)
          .collect();
        expect(sorted(averages)).toEqual(
          sorted(groups.map((g) => [g.key, g.values.reduce((a, b) => a + b) / g.values.length])),
        );
        const counts = await rdd.countByKey();
        for (const g of groups) expect(counts.get(g.key)).toBe(g.values.length);
        expect(counts.size).toBe(groups.length);
      }),
      runs,
    );
  });

  it('join and its outer forms, cogroup', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, pairs, partitions, partitions, async (left, right, n, m) => {
        const a = sc().parallelize(left, n);
        const b = sc().parallelize(right, m);
        const l = grouped(left);
        const r = grouped(right);
        const keys = new Set([...l.keys(), ...r.keys()]);
        const expected = (keepLeft: boolean, keepRight: boolean) =>
          [...keys].flatMap((k) => {
            const lefts = l.get(k)?.values ?? (keepRight ? [undefined] : []);
            const rights = r.get(k)?.values ?? (keepLeft ? [undefined] : []);
            const value = l.has(k) ? l.get(k)?.key : r.get(k)?.key;
            return lefts.flatMap((x) => rights.map((y) => [value, [x, y]]));
          });
        expect(sorted(await a.join(b).collect())).toEqual(sorted(expected(false, false)));
        expect(sorted(await a.leftOuterJoin(b).collect())).toEqual(sorted(expected(true, false)));
        expect(sorted(await a.rightOuterJoin(b).collect())).toEqual(sorted(expected(false, true)));
        expect(sorted(await a.fullOuterJoin(b).collect())).toEqual(sorted(expected(true, true)));
        expect(sorted(await a.cogroup(b).collect())).toEqual(
          sorted(
            [...keys].map((k) => [
              (l.get(k) ?? r.get(k))?.key,
              [l.get(k)?.values ?? [], r.get(k)?.values ?? []],
            ]),
          ),
        );
      }),
      runs,
    );
  });

  it('sortBy, sortByKey, top, takeOrdered, min and max', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, partitions, partitions, async (data, n, out) => {
        const rdd = sc().parallelize(data, n);
        const up = [...data].sort((a, b) => a - b);
        const identity = (x: number) => x;
        expect(await rdd.sortBy(identity, { numPartitions: out }).collect()).toEqual(up);
        expect(
          await rdd.sortBy(identity, { ascending: false, numPartitions: out }).collect(),
        ).toEqual([...up].reverse());
        expect(await rdd.takeOrdered(5)).toEqual(up.slice(0, 5));
        expect(await rdd.top(5)).toEqual([...up].reverse().slice(0, 5));
        if (data.length > 0) {
          expect(await rdd.min()).toBe(up[0]);
          expect(await rdd.max()).toBe(up.at(-1));
        }
        const words = data.map((x) => [`word ${Math.abs(x) % 17}`, x] as [string, number]);
        const byKey = await sc().parallelize(words, n).sortByKey({ numPartitions: out }).collect();
        expect(byKey.map(([k]) => k)).toEqual(words.map(([k]) => k).sort());
        expect(sorted(byKey)).toEqual(sorted(words));
      }),
      runs,
    );
  });

  it('union, distinct, repartition, coalesce, partitionBy and zipWithIndex', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, partitions, partitions, async (data, n, out) => {
        const rdd = sc().parallelize(data, n);
        expect(await rdd.union(rdd).collect()).toEqual([...data, ...data]);
        expect(sorted(await rdd.distinct().collect())).toEqual(sorted([...new Set(data)]));
        const spread = rdd.repartition(out);
        expect(await spread.getNumPartitions()).toBe(out);
        expect(sorted(await spread.collect())).toEqual(sorted(data));
        expect(await rdd.coalesce(out).collect()).toEqual(data);
        expect(await rdd.coalesce(out).getNumPartitions()).toBe(Math.min(n, out));
        expect(await rdd.zipWithIndex().collect()).toEqual(data.map((x, i) => [x, i]));
      }),
      runs,
    );
  });

  it('count, sum, reduce, fold, aggregate, take, first, isEmpty and countByValue', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, partitions, fc.nat(20), async (data, n, limit) => {
        const rdd = sc().parallelize(data, n);
        const sum = data.reduce((a, b) => a + b, 0);
        expect(await rdd.count()).toBe(data.length);
        expect(await rdd.sum()).toBe(sum);
        expect(await rdd.fold(0, (a, b) => a + b)).toBe(sum);
        expect(
          await rdd.aggregate(
            () => ({ n: 0 }),
            (acc, x) => ({ n: acc.n + x }),
            (a, b) => ({ n: a.n + b.n }),
          ),
        ).toEqual({ n: sum });
        expect(await rdd.take(limit)).toEqual(data.slice(0, limit));
        expect(await rdd.isEmpty()).toBe(data.length === 0);
        if (data.length === 0) {
          await expect(rdd.reduce((a, b) => a + b)).rejects.toMatchObject({
            code: 'EMPTY_COLLECTION',
          });
          await expect(rdd.first()).rejects.toMatchObject({ code: 'EMPTY_COLLECTION' });
        } else {
          expect(await rdd.reduce((a, b) => a + b)).toBe(sum);
          expect(await rdd.first()).toBe(data[0]);
        }
        const counts = await rdd.countByValue();
        for (const x of data) expect(counts.get(x)).toBe(data.filter((y) => y === x).length);
      }),
      runs,
    );
  });
});
