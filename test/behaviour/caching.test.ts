import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections, rejection } from './rejection.js';
import { linesOf, Scratch } from './scratch.js';

expectNoUnhandledRejections();

describe('cache', () => {
  const scratch = new Scratch();

  onEveryMaster('cached RDDs', (sc) => {
    /** An RDD of 100 rows in 4 partitions, each of which leaves a line in a file when computed. */
    function traced() {
      const computed = scratch.fresh('computed');
      const rdd = sc()
        .range(0, 100, 1, 4)
        .mapPartitionsWithIndex((partition, rows) => {
          appendFileSync(computed, `${partition}\n`);
          return [...rows];
        });
      return { rdd, computed: () => linesOf(computed).map(Number).sort() };
    }

    it('are computed once, when the first job needs them', async () => {
      const { rdd, computed } = traced();
      expect(rdd.cache()).toBe(rdd);
      expect(computed()).toEqual([]);
      expect(await rdd.sum()).toBe(4950);
      expect(await rdd.count()).toBe(100);
      expect(await rdd.map((x) => x * 2).reduce((a, b) => a + b)).toBe(9900);
      expect(
        await rdd
          .keyBy((x) => x % 2)
          .reduceByKey((a, b) => a + b)
          .count(),
      ).toBe(2);
      expect(computed()).toEqual([0, 1, 2, 3]);
    });

    it('compute only the partitions that a job reads', async () => {
      const { rdd, computed } = traced();
      rdd.cache();
      expect(await rdd.take(1)).toEqual([0]);
      expect(computed()).toEqual([0]);
      expect(await rdd.first()).toBe(0);
      expect(await rdd.collect()).toEqual(Array.from({ length: 100 }, (_, i) => i));
      expect(computed()).toEqual([0, 1, 2, 3]);
    });

    it('are computed for each job without cache, and again after unpersist', async () => {
      const { rdd, computed } = traced();
      await rdd.count();
      await rdd.count();
      expect(computed()).toHaveLength(8);
      rdd.cache();
      await rdd.count();
      await rdd.count();
      expect(computed()).toHaveLength(12);
      expect(rdd.unpersist()).toBe(rdd);
      expect(await rdd.sum()).toBe(4950);
      expect(computed()).toHaveLength(16);
    });

    it('keep the rows of shuffles', async () => {
      const { rdd, computed } = traced();
      const sums = rdd
        .keyBy((x) => x % 5)
        .groupByKey(3)
        .mapValues((xs) => xs.length)
        .cache();
      const expected = [0, 1, 2, 3, 4].map((k) => [k, 20]);
      expect(await sums.sortByKey().collect()).toEqual(expected);
      using log = new EventLog(sc());
      expect(await sums.count()).toBe(5);
      expect(log.of('stageSubmitted')).toHaveLength(1);
      expect(log.of('stageCompleted')[0]?.metrics.shuffleRowsRead).toBe(0);
      expect(computed()).toEqual([0, 1, 2, 3]);
    });

    it('are not harmed by tasks that fail in the middle', async () => {
      const { rdd } = traced();
      rdd.cache();
      const failing = rdd.map((x) => {
        if (x === 60) throw new RangeError('sixty');
        return x;
      });
      await rejection(failing.count());
      expect(await rdd.collect()).toEqual(Array.from({ length: 100 }, (_, i) => i));
    });

    it('hold big partitions, of pairs too', async () => {
      const pairs = sc()
        .parallelize([0, 1], 2)
        .flatMap((k) => Array.from({ length: 200_000 }, (_, i) => i + k));
      const indexed = pairs.zipWithIndex().cache();
      expect(await indexed.count()).toBe(400_000);
      expect(await indexed.values().max()).toBe(399_999);
      expect(
        await pairs
          .glom()
          .map((rows) => rows.length)
          .collect(),
      ).toEqual([200_000, 200_000]);
    });

    it('keep their partitions on their slots through an iteration', async () => {
      // Live rows; columns are as good on any thread of their process.
      const points = sc()
        .range(0, 4000, 1, 4)
        .map((x) => ({ value: () => x / 4000 }))
        .cache();
      using log = new EventLog(sc());
      let weight = 0;
      for (let i = 0; i < 5; i++) {
        const sum = await points.map((point) => point.value() - weight).sum();
        weight += sum / 4000;
      }
      expect(weight).toBeCloseTo(0.499875, 9);
      const slots = new Map<number, Set<number>>();
      for (const { partition, slot } of log.of('taskStart'))
        slots.set(partition, (slots.get(partition) ?? new Set()).add(slot));
      expect([...slots.values()].map((used) => used.size)).toEqual([1, 1, 1, 1]);
    });
  });
});
