import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections, failure, rejection } from './rejection.js';
import { linesOf, Scratch } from './scratch.js';

expectNoUnhandledRejections();

describe('tasks that fail', () => {
  const scratch = new Scratch();

  /** A job of three tasks, of which the second fails as often as told; attempts go to a file. */
  function flaky(sc: FiresteelContext, failures: number) {
    const attempts = scratch.fresh('attempts');
    const rdd = sc.range(0, 30, 1, 3).mapPartitionsWithIndex((partition, rows) => {
      appendFileSync(attempts, `${partition}\n`);
      const tries = readFileSync(attempts, 'utf8').split(`${partition}\n`).length - 1;
      if (partition === 1 && tries <= failures) throw new Error(`attempt ${tries}`);
      return [...rows];
    });
    return {
      rdd,
      attemptsOf: (partition: number) =>
        linesOf(attempts).filter((p) => p === `${partition}`).length,
    };
  }

  it.each(['local[2,3]', 'local[*,3]'])('run again on %s until they succeed', async (master) => {
    await using sc = await FiresteelContext.create({ master });
    using log = new EventLog(sc);
    const { rdd, attemptsOf } = flaky(sc, 2);
    expect(await rdd.sum()).toBe(435);
    expect([0, 1, 2].map(attemptsOf)).toEqual([1, 3, 1]);
    const ends = log.of('taskEnd').filter(({ partition }) => partition === 1);
    expect(ends.map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
      ['exception', 0],
      ['exception', 1],
      ['success', 2],
    ]);
    expect(ends[0]?.reason).toContain('attempt 1');
  });

  it('fail their job when they have failed as often as the master allows', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2,3]' });
    const { rdd, attemptsOf } = flaky(sc, 3);
    const error = await rejection(rdd.collect());
    expect(error.message).toBe('attempt 3');
    expect(attemptsOf(1)).toBe(3);
    // The next job starts with a clean slate.
    expect(await rdd.sum()).toBe(435);
  });

  it('fail their job at once on local[2]', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2]' });
    const { rdd, attemptsOf } = flaky(sc, 1);
    expect((await rejection(rdd.collect())).message).toBe('attempt 1');
    expect(attemptsOf(1)).toBe(1);
  });

  it('run again in map stages, and their output counts once', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2,3]' });
    const { rdd, attemptsOf } = flaky(sc, 2);
    const sums = rdd.keyBy((x) => x % 3).reduceByKey((a, b) => a + b);
    expect(await sums.sortByKey().collect()).toEqual([
      [0, 135],
      [1, 145],
      [2, 155],
    ]);
    expect(attemptsOf(1)).toBe(3);
  });

  it('write their part file once', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2,3]' });
    const path = scratch.fresh('out');
    await flaky(sc, 2).rdd.saveAsTextFile(path);
    expect(await sc.textFile(path).map(Number).sum()).toBe(435);
  });
});

describe('threads that run out of heap', () => {
  const scratch = new Scratch();

  function hoard(size: number): number {
    const hoarded: unknown[] = [];
    for (let i = 0; i < size; i++) hoarded.push({ i, text: `text ${i}`, list: [i, i + 1] });
    return hoarded.length;
  }

  it('end the job as EXECUTOR_LOST, and the context goes on with new threads', async () => {
    const conf = { 'executor.memory': '64m', 'memory.reserved': 0 };
    await using sc = await FiresteelContext.create({ master: 'local[2]', conf });
    using log = new EventLog(sc);
    const greedy = sc.range(0, 4, 1, 2).map((x) => (x === 3 ? hoard(50_000_000) : x));
    const error = await failure(greedy.collect());
    expect(error.code).toBe('EXECUTOR_LOST');
    expect(error.message).toContain('memory');
    expect(error.message).toContain('executor.memory');
    expect(log.of('taskEnd').map(({ outcome }) => outcome)).toContain('lost');
    expect(await sc.range(0, 1000, 1, 8).sum()).toBe(499_500);
    const slots = new Set(
      log
        .of('taskStart')
        .slice(-8)
        .map(({ slot }) => slot),
    );
    expect(slots.size).toBe(2);
  });

  it.each([
    ['lose rows that were cached there', (x: number) => ({ x }), ['0', '0', '5', '5']],
    ['lose no columns that were cached', (x: number) => [x, 'x'] as const, ['0', '5']],
  ])('have their task run again where the master allows, and %s', async (_, row, expected) => {
    const conf = { 'executor.memory': '64m', 'memory.reserved': 0 };
    await using sc = await FiresteelContext.create({ master: 'local[1,2]', conf });
    const computed = scratch.fresh('computed');
    const cached = sc
      .range(0, 10, 1, 1)
      .map((x) => {
        if (x % 5 === 0) appendFileSync(computed, `${x}\n`);
        return row(x);
      })
      .cache();
    expect(await cached.count()).toBe(10);
    const marker = scratch.fresh('marker');
    const once = cached.map((cachedRow) => {
      const x = Array.isArray(cachedRow) ? cachedRow[0] : (cachedRow as { x: number }).x;
      if (x === 7 && !existsSync(marker)) {
        appendFileSync(marker, '');
        hoard(50_000_000);
      }
      return x;
    });
    expect(await once.sum()).toBe(45);
    expect(linesOf(computed).sort()).toEqual(expected);
  });
});
