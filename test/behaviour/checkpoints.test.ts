import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { rejection } from './rejection.js';
import { linesOf, Scratch } from './scratch.js';

describe('checkpoint', () => {
  const scratch = new Scratch();

  onEveryMaster('checkpointed RDDs', (sc) => {
    /** Pairs in 3 partitions, each of which leaves a line in a file when computed. */
    function traced() {
      const computed = scratch.fresh('computed');
      const rdd = sc()
        .range(0, 30, 1, 3)
        .mapPartitionsWithIndex((partition, rows) => {
          appendFileSync(computed, `${partition}\n`);
          return [...rows];
        })
        .map((x): [string, number] => [`k${x % 3}`, x]);
      return { rdd, computed: () => linesOf(computed).map(Number).sort() };
    }

    it('are written after the first action and read from then on', async () => {
      sc().setCheckpointDir(scratch.fresh('checkpoints'));
      const { rdd, computed } = traced();
      const child = rdd.mapValues((x) => x + 1);
      expect(rdd.checkpoint()).toBe(rdd);
      expect(rdd.isCheckpointed()).toBe(false);
      expect(rdd.getCheckpointFile()).toBeUndefined();

      const rows = await rdd.collect();
      expect(computed()).toEqual([0, 0, 1, 1, 2, 2]);
      expect(rdd.isCheckpointed()).toBe(true);
      expect(readdirSync(rdd.getCheckpointFile() as string)).toContain('_SUCCESS');

      expect(await rdd.collect()).toEqual(rows);
      // An RDD that was made before reads the files too.
      expect(await child.values().sum()).toBe(465);
      expect(await rdd.getNumPartitions()).toBe(3);
      expect(computed()).toHaveLength(6);
    });

    it('are computed once when cached', async () => {
      sc().setCheckpointDir(scratch.fresh('checkpoints'));
      const { rdd, computed } = traced();
      rdd.cache().checkpoint();
      expect(await rdd.count()).toBe(30);
      expect(rdd.isCheckpointed()).toBe(true);
      expect(await rdd.count()).toBe(30);
      expect(computed()).toEqual([0, 1, 2]);
      rdd.unpersist();
      expect(await rdd.count()).toBe(30);
      expect(computed()).toEqual([0, 1, 2]);
    });

    it('survive the loss of what they were made from', async () => {
      sc().setCheckpointDir(scratch.fresh('checkpoints'));
      const input = scratch.file('a\nb\nc\n');
      const lines = sc().textFile(input).checkpoint();
      expect(await lines.count()).toBe(3);
      rmSync(input);
      expect(await lines.map((line) => line.toUpperCase()).collect()).toEqual(['A', 'B', 'C']);
    });

    it('are found behind the RDD of the action, and behind shuffles', async () => {
      sc().setCheckpointDir(scratch.fresh('checkpoints'));
      const { rdd, computed } = traced();
      rdd.checkpoint();
      const sums = rdd.reduceByKey((a, b) => a + b).mapValues((x) => x * 2);
      expect((await sums.collectAsMap()).get('k0')).toBe(270);
      expect(rdd.isCheckpointed()).toBe(true);
      expect(sums.isCheckpointed()).toBe(false);
      const before = computed().length;
      expect(await rdd.count()).toBe(30);
      expect(computed()).toHaveLength(before);
    });

    it('keep a hash partitioner, so that a join does not shuffle them again', async () => {
      sc().setCheckpointDir(scratch.fresh('checkpoints'));
      const left = traced().rdd.partitionBy(4).checkpoint();
      await left.count();
      expect(left.isCheckpointed()).toBe(true);
      const joined = left.join(left.mapValues((x) => -x));
      expect(await joined.toDebugString()).not.toContain('+-');
      expect(await joined.count()).toBe(300);
    });

    it('cut the lineage that toDebugString shows', async () => {
      sc().setCheckpointDir(scratch.fresh('checkpoints'));
      const { rdd } = traced();
      rdd.checkpoint();
      await rdd.count();
      const text = await rdd.toDebugString();
      expect(text).toMatch(
        /^\(3\) ReliableCheckpointRDD\[\d+\] at map at checkpoints\.test\.ts:\d+/,
      );
      expect(text.split('\n')).toHaveLength(1);
    });

    it('keep the plan of an iterative program small', async () => {
      sc().setCheckpointDir(scratch.fresh('checkpoints'));
      let rdd = sc()
        .range(0, 8, 1, 2)
        .map((x) => x);
      for (let i = 1; i <= 60; i++) {
        rdd = rdd.map((x) => x + 1);
        if (i % 10 === 0) {
          rdd.checkpoint();
          await rdd.count();
          expect((await rdd.toDebugString()).split('\n')).toHaveLength(1);
        }
      }
      expect(await rdd.sum()).toBe(28 + 8 * 60);
    });

    it('can be kept by executors instead of files', async () => {
      const { rdd, computed } = traced();
      const sums = rdd.reduceByKey((a, b) => a + b).localCheckpoint();
      const rows = await sums.collect();
      expect(sums.isCheckpointed()).toBe(true);
      expect(sums.getCheckpointFile()).toBeUndefined();
      sums.cleanShuffleDependencies();
      const before = computed().length;
      expect(await sums.collect()).toEqual(rows);
      expect(await sums.mapValues((x) => x - 1).count()).toBe(3);
      expect(computed()).toHaveLength(before);
      expect(await sums.toDebugString()).toMatch(/^\(\d+\) LocalCheckpointRDD\[\d+\]/);

      sums.unpersist();
      expect(await rejection(sums.count())).toMatchObject({ code: 'CHECKPOINT_LOST' });
    });

    it('reject the action when they cannot be written', async () => {
      sc().setCheckpointDir('/proc/firesteel');
      const { rdd } = traced();
      rdd.checkpoint();
      expect(await rejection(rdd.count())).toMatchObject({ code: 'OUTPUT_FAILED' });
      expect(rdd.isCheckpointed()).toBe(false);
    });
  });

  it('needs a directory', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[1]' });
    expect(sc.getCheckpointDir()).toBeUndefined();
    expect(() => sc.range(1).checkpoint()).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_DIRECTORY_NOT_SET' }),
    );
    const directory = scratch.fresh('checkpoints');
    sc.setCheckpointDir(directory);
    expect(sc.getCheckpointDir()).toContain(directory);
    expect(existsSync(directory)).toBe(false);
  });

  it('lets shuffles be freed and computed again', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2]' });
    const computed = scratch.fresh('computed');
    const sums = sc
      .range(0, 10, 1, 2)
      .map((x): [number, number] => {
        appendFileSync(computed, `${x}\n`);
        return [x % 2, x];
      })
      .reduceByKey((a, b) => a + b);
    await sums.count();
    await sums.count();
    expect(linesOf(computed)).toHaveLength(10);
    sums.cleanShuffleDependencies();
    expect((await sums.collectAsMap()).get(1)).toBe(25);
    expect(linesOf(computed)).toHaveLength(20);
  });
});
