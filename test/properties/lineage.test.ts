import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { BarrierTaskContext } from 'firesteel';
import { expect, it } from 'vitest';
import { Scratch } from '../behaviour/scratch.js';
import {
  grouped,
  multiset,
  numbers,
  oneContext,
  pairs,
  partitionsOf,
  rddOf,
  runs,
} from './data.js';

const sc = oneContext();
const scratch = new Scratch();

it('barrier stages map partitions as others do, and each task hears of all', () =>
  fc.assert(
    fc.asyncProperty(numbers, fc.integer({ min: 1, max: 2 }), async ({ rows }, numPartitions) => {
      const cut = { rows, numPartitions };
      const parts = partitionsOf(cut);
      const barrier = rddOf(sc(), cut)
        .map((x) => x + 1)
        .barrier();
      const doubled = barrier.mapPartitions((part) => [...part].map((x) => 2 * x));
      expect(await doubled.collect()).toEqual(rows.map((x) => 2 * (x + 1)));
      const gathered = barrier.mapPartitionsWithIndex(async (p, part) => {
        const context = BarrierTaskContext.get();
        const all = await context.allGather([...part].join());
        await context.barrier();
        return [[p, all] as const];
      });
      const messages = parts.map((part) => part.map((x) => x + 1).join());
      expect(await gathered.collect()).toEqual(parts.map((_, p) => [p, messages]));
    }),
    runs,
  ));

it('setName names an RDD and changes nothing else', () =>
  fc.assert(
    fc.asyncProperty(numbers, fc.string({ unit: 'binary' }), async (cut, name) => {
      const rdd = rddOf(sc(), cut);
      const child = rdd.map((x) => -x);
      expect(rdd.setName(name)).toBe(rdd);
      expect(rdd.name).toBe(name);
      expect(child.name).toBeUndefined();
      expect(await child.collect()).toEqual(cut.rows.map((x) => -x));
      expect(await rdd.collect()).toEqual(cut.rows);
    }),
    runs,
  ));

it('checkpoint keeps the rows and partitions that it cuts the lineage of', () =>
  fc.assert(
    fc.asyncProperty(pairs, fc.boolean(), fc.boolean(), async (cut, isLocal, isCached) => {
      sc().setCheckpointDir(scratch.fresh('checkpoints'));
      const rdd = rddOf(sc(), cut).mapValues((x) => x + 1);
      const rows = cut.rows.map(([k, v]) => [k, v + 1] as const);
      if (isCached) rdd.cache();
      const child = rdd.values();
      expect(isLocal ? rdd.localCheckpoint() : rdd.checkpoint()).toBe(rdd);
      expect(rdd.isCheckpointed()).toBe(false);
      const parts = await rdd.glom().collect();
      expect(parts).toEqual(partitionsOf({ ...cut, rows }));
      expect(rdd.isCheckpointed()).toBe(true);
      expect(child.isCheckpointed()).toBe(false);
      expect(await rdd.toDebugString()).toMatch(/^\(\d\) \w*CheckpointRDD/);
      expect(await rdd.glom().collect()).toEqual(parts);
      expect(await child.collect()).toEqual(rows.map(([, v]) => v));
      const file = rdd.getCheckpointFile();
      if (isLocal) expect(file).toBeUndefined();
      else expect(readdirSync(file as string)).toContain('_SUCCESS');
    }),
    runs,
  ));

it('cleanShuffleDependencies only makes the next job write shuffles again', () =>
  fc.assert(
    fc.asyncProperty(pairs, fc.integer({ min: 1, max: 5 }), async (cut, numPartitions) => {
      const groups = rddOf(sc(), cut).groupByKey(numPartitions);
      const sizes = groups.mapValues((values) => values.length);
      const expected = multiset(
        [...grouped(cut.rows).values()].map((g) => [g.key, g.values.length]),
      );
      for (let i = 0; i < 2; i++) {
        expect(multiset(await sizes.collect())).toEqual(expected);
        // Once for nothing: what is gone already stays gone.
        groups.cleanShuffleDependencies();
        groups.cleanShuffleDependencies();
      }
      expect(await sizes.values().sum()).toBe(cut.rows.length);
    }),
    runs,
  ));
