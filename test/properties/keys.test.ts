import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutOf, grouped, key, multiset, oneContext, pairs, rddOf, runs, textOf } from './data.js';

const sc = oneContext();
const out = fc.integer({ min: 1, max: 6 });

it('keys, values, mapValues and flatMapValues', () =>
  fc.assert(
    fc.asyncProperty(pairs, async (cut) => {
      const rdd = rddOf(sc(), cut);
      expect(await rdd.keys().collect()).toEqual(cut.rows.map(([k]) => k));
      expect(await rdd.values().collect()).toEqual(cut.rows.map(([, v]) => v));
      expect(await rdd.mapValues((v) => v + 1).collect()).toEqual(
        cut.rows.map(([k, v]) => [k, v + 1]),
      );
      expect(await rdd.flatMapValues((v) => (v > 0 ? [v, -v] : [])).collect()).toEqual(
        cut.rows.flatMap(([k, v]) =>
          v > 0
            ? [
                [k, v],
                [k, -v],
              ]
            : [],
        ),
      );
    }),
    runs,
  ));

it('reduceByKey, foldByKey, aggregateByKey, combineByKey, groupByKey and groupBy', () =>
  fc.assert(
    fc.asyncProperty(pairs, out, fc.boolean(), async (cut, n, mapSideCombine) => {
      const rdd = rddOf(sc(), cut);
      const groups = [...grouped(cut.rows).values()];
      const sums = multiset(groups.map((g) => [g.key, g.values.reduce((a, b) => a + b)]));
      const lists = multiset(groups.map((g) => [g.key, g.values]));
      const add = (a: number, b: number) => a + b;
      expect(multiset(await rdd.reduceByKey(add).collect())).toEqual(sums);
      expect(multiset(await rdd.reduceByKey(add, n).collect())).toEqual(sums);
      expect(multiset(await rdd.foldByKey(0, add, n).collect())).toEqual(sums);
      const counted = rdd.aggregateByKey(
        () => ({ sum: 0 }),
        (c, v) => ({ sum: c.sum + v }),
        (a, b) => ({ sum: a.sum + b.sum }),
      );
      expect(multiset(await counted.mapValues((c) => c.sum).collect())).toEqual(sums);
      const combined = rdd.combineByKey<unknown, number, number[]>(
        {
          create: (v) => [v],
          mergeValue: (all, v) => [...all, v],
          mergeCombiners: (a, b) => [...a, ...b],
        },
        { numPartitions: n, mapSideCombine },
      );
      expect(multiset(await combined.collect())).toEqual(lists);
      expect(multiset(await rdd.groupByKey(n).collect())).toEqual(lists);
      const rowGroups = multiset(
        groups.map((g) => [g.key, g.values.map((v) => [g.key, v])]).map(([k, r]) => [k, r]),
      );
      const byKey = await rdd.groupBy(([k]) => k, n).collect();
      expect(multiset(byKey)).toEqual(rowGroups);
    }),
    runs,
  ));

it('joins, broadcast joins, cogroup and groupWith', () =>
  fc.assert(
    fc.asyncProperty(pairs, pairs, pairs, out, async (left, right, third, n) => {
      const [a, b, c] = [rddOf(sc(), left), rddOf(sc(), right), rddOf(sc(), third)];
      const [l, r, t] = [grouped(left.rows), grouped(right.rows), grouped(third.rows)];
      const keyOf = (text: string) => (l.get(text) ?? r.get(text) ?? t.get(text))?.key;
      const joined = (keepsLeft: boolean, keepsRight: boolean) =>
        multiset(
          [...new Set([...l.keys(), ...r.keys()])].flatMap((text) => {
            const lefts = l.get(text)?.values ?? (keepsRight ? [undefined] : []);
            const rights = r.get(text)?.values ?? (keepsLeft ? [undefined] : []);
            return lefts.flatMap((x) => rights.map((y) => [keyOf(text), [x, y]]));
          }),
        );
      expect(multiset(await a.join(b, n).collect())).toEqual(joined(false, false));
      expect(multiset(await a.leftOuterJoin(b).collect())).toEqual(joined(true, false));
      expect(multiset(await a.rightOuterJoin(b, n).collect())).toEqual(joined(false, true));
      expect(multiset(await a.fullOuterJoin(b).collect())).toEqual(joined(true, true));
      // The large side keeps its order.
      const inOrder = (orNone: readonly (number | undefined)[]) =>
        left.rows.flatMap(([k, x]) =>
          (r.get(textOf(k))?.values ?? orNone).map((y) => textOf([k, [x, y]])),
        );
      expect((await a.broadcastJoin(b).collect()).map(textOf)).toEqual(inOrder([]));
      expect((await a.broadcastLeftOuterJoin(b).collect()).map(textOf)).toEqual(
        inOrder([undefined]),
      );
      const cogrouped = multiset(
        [...new Set([...l.keys(), ...r.keys(), ...t.keys()])].map((text) => [
          keyOf(text),
          [l, r, t].map((groups) => groups.get(text)?.values ?? []),
        ]),
      );
      expect(multiset(await a.cogroup(b, c, n).collect())).toEqual(cogrouped);
      expect(multiset(await a.groupWith(b, c).collect())).toEqual(cogrouped);
      // Two of the sides are where they belong already.
      const placed = a.partitionBy(n).cogroup(b, c.partitionBy(n));
      expect(multiset(await placed.collect())).toEqual(cogrouped);
    }),
    { numRuns: 15 },
  ));

it('subtractByKey', () =>
  fc.assert(
    fc.asyncProperty(pairs, pairs, out, async (left, right, n) => {
      const [a, b] = [rddOf(sc(), left), rddOf(sc(), right)];
      const known = grouped(right.rows);
      const rest = multiset(left.rows.filter(([k]) => !known.has(textOf(k))));
      const default_ = a.subtractByKey(b);
      expect(multiset(await default_.collect())).toEqual(rest);
      expect(await default_.getNumPartitions()).toBe(left.numPartitions);
      expect(multiset(await a.subtractByKey(b, n).collect())).toEqual(rest);
      const placed = a.partitionBy(n).subtractByKey(b.partitionBy(n));
      expect(multiset(await placed.collect())).toEqual(rest);
      expect(await placed.getNumPartitions()).toBe(n);
    }),
    runs,
  ));

it('distinct, intersection and subtract', () =>
  fc.assert(
    fc.asyncProperty(cutOf(key), cutOf(key), out, async (left, right, n) => {
      const [a, b] = [rddOf(sc(), left), rddOf(sc(), right)];
      const lefts = new Set(left.rows.map(textOf));
      const rights = new Set(right.rows.map(textOf));
      expect(multiset(await a.distinct(n).collect())).toEqual([...lefts].sort());
      const common = [...lefts].filter((text) => rights.has(text)).sort();
      expect(multiset(await a.intersection(b).collect())).toEqual(common);
      expect(multiset(await a.intersection(b, n).collect())).toEqual(common);
      const rest = left.rows.map(textOf).filter((text) => !rights.has(text));
      expect(multiset(await a.subtract(b).collect())).toEqual(rest.sort());
      expect(multiset(await a.subtract(b, { numPartitions: n }).collect())).toEqual(rest);
    }),
    runs,
  ));

it('partitionBy brings equal keys together and keeps the rows', () =>
  fc.assert(
    fc.asyncProperty(pairs, out, async (cut, n) => {
      const rdd = rddOf(sc(), cut);
      const parts = await rdd.partitionBy(n).glom().collect();
      expect(parts.length).toBe(n);
      expect(multiset(parts.flat())).toEqual(multiset(cut.rows));
      const homes = new Map<string, number>();
      parts.forEach((rows, p) => {
        for (const [k] of rows) {
          expect(homes.get(textOf(k)) ?? p).toBe(p);
          homes.set(textOf(k), p);
        }
      });
      const byLength = {
        numPartitions: 3,
        getPartition: (k: unknown) => (typeof k === 'string' ? k.length % 3 : 0),
      };
      const custom = await rdd.partitionBy(byLength).glom().collect();
      custom.forEach((rows, p) => {
        for (const [k] of rows) expect(typeof k === 'string' ? k.length % 3 : 0).toBe(p);
      });
    }),
    runs,
  ));
