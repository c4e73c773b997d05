import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  grouped,
  multiset,
  numbers,
  oneContext,
  pairs,
  partitionsOf,
  rddOf,
  runs,
  textOf,
} from './data.js';

const sc = oneContext();

it('collect, count, take, first, isEmpty and toLocalIterator', () =>
  fc.assert(
    fc.asyncProperty(numbers, fc.integer({ min: -1, max: 50 }), async (cut, n) => {
      const rdd = rddOf(sc(), cut);
      const { rows } = cut;
      expect(await rdd.collect()).toEqual(rows);
      expect(await rdd.count()).toBe(rows.length);
      expect(await rdd.take(n)).toEqual(rows.slice(0, Math.max(0, n)));
      expect(await rdd.isEmpty()).toBe(rows.length === 0);
      if (rows.length > 0) expect(await rdd.first()).toBe(rows[0]);
      else await expect(rdd.first()).rejects.toMatchObject({ code: 'EMPTY_COLLECTION' });
      const iterated: number[] = [];
      for await (const row of rdd.toLocalIterator()) iterated.push(row);
      expect(iterated).toEqual(rows);
    }),
    runs,
  ));

it('reduce, fold, aggregate, treeReduce, treeAggregate and sum', () =>
  fc.assert(
    fc.asyncProperty(numbers, fc.integer({ min: 1, max: 4 }), async ({ rows }, depth) => {
      const rdd = sc().parallelize(rows, 12);
      const total = rows.reduce((a, b) => a + b, 0);
      const add = (a: number, b: number) => a + b;
      expect(await rdd.sum()).toBe(total);
      expect(await rdd.fold(0, add)).toBe(total);
      const concat = (a: number[], b: number[]) => [...a, ...b];
      const append = (all: number[], x: number) => [...all, x];
      expect(await rdd.aggregate(() => [], append, concat)).toEqual(rows);
      const merged = await rdd.treeAggregate(() => [], append, concat, { depth });
      expect(multiset(merged)).toEqual(multiset(rows));
      expect(await rdd.treeAggregate(0, add, add, { depth })).toBe(total);
      if (rows.length > 0) {
        expect(await rdd.reduce(add)).toBe(total);
        expect(await rdd.treeReduce(add, { depth })).toBe(total);
      } else {
        await expect(rdd.reduce(add)).rejects.toMatchObject({ code: 'EMPTY_COLLECTION' });
        await expect(rdd.treeReduce(add)).rejects.toMatchObject({ code: 'EMPTY_COLLECTION' });
      }
    }),
    runs,
  ));

it('countByValue, countByKey, collectAsMap, reduceByKeyLocally and lookup', () =>
  fc.assert(
    fc.asyncProperty(pairs, fc.integer({ min: 1, max: 5 }), async (cut, n) => {
      const rdd = rddOf(sc(), cut);
      const groups = grouped(cut.rows);
      const entries = <V>(of: (values: number[]) => V) =>
        multiset([...groups.values()].map(({ key, values }) => [key, of(values)]));
      expect(multiset(await rdd.countByKey())).toEqual(entries((values) => values.length));
      expect(multiset(await rdd.keys().countByValue())).toEqual(entries((values) => values.length));
      expect(multiset(await rdd.collectAsMap())).toEqual(entries((values) => values.at(-1)));
      const sums = await rdd.reduceByKeyLocally((a, b) => a + b);
      expect(multiset(sums)).toEqual(entries((values) => values.reduce((a, b) => a + b)));
      const [first] = cut.rows;
      if (first === undefined) return;
      const values = groups.get(textOf(first[0]))?.values;
      expect(await rdd.lookup(first[0])).toEqual(values);
      expect(await rdd.partitionBy(n).lookup(first[0])).toEqual(values);
      expect(sums.get(structuredClone(first[0]))).toBe(values?.reduce((a, b) => a + b));
    }),
    runs,
  ));

it('forEach and forEachPartition see every row of their partition', () =>
  fc.assert(
    fc.asyncProperty(numbers, async (cut) => {
      const rdd = rddOf(sc(), cut);
      const path = join(mkdtempSync(join(tmpdir(), 'firesteel-effects-')), 'seen');
      const note = (x: number) => {
        appendFileSync(path, `row ${x}\n`);
      };
      await rdd.forEach(note);
      await rdd.foreach(note);
      await rdd.forEachPartition(async (rows) => appendFileSync(path, `part ${[...rows]}\n`));
      await rdd.foreachPartition((rows) => appendFileSync(path, `part ${[...rows]}\n`));
      const rows = cut.rows.map((x) => `row ${x}`);
      const parts = partitionsOf(cut).map((part) => `part ${part}`);
      const seen = readFileSync(path, 'utf8').split('\n').slice(0, -1);
      expect(seen.sort()).toEqual([...rows, ...rows, ...parts, ...parts].sort());
      rmSync(dirname(path), { recursive: true });
    }),
    { numRuns: 5 },
  ));
