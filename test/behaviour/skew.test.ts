import { FiresteelContext, type RDD } from 'firesteel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections } from './rejection.js';

expectNoUnhandledRejections();

const ROWS = 40_000;
const PARTITIONS = 6;

let sc: FiresteelContext;
beforeAll(async () => {
  sc = await FiresteelContext.create({
    master: 'local[2]',
    conf: { 'executor.memory': '64m', 'memory.reserved': 0, 'memory.fraction': 0.06 },
  });
});
afterAll(() => sc.stop());

/** 40 MB that compress to less than one, all but few of them of one key. */
const pairs = () =>
  sc
    .range(0, ROWS, 1, 4)
    .map((x) => [x % 100 === 0 ? `key ${x}` : 'hot', `value ${x} `.padEnd(1000, '.')] as const);
const few = () => sc.parallelize([['hot', 1] as const, ['key 100', 2] as const]);
const HOT = ROWS - ROWS / 100;
const byHash = /^keys whose hash modulo 6 is \d$/;

const skewed: Record<string, { rdd: () => RDD<unknown>; count: number; keys: RegExp }> = {
  groupByKey: {
    rdd: () =>
      pairs()
        .groupByKey(PARTITIONS)
        .flatMapValues((values) => values),
    count: ROWS,
    keys: byHash,
  },
  join: { rdd: () => pairs().join(few(), PARTITIONS), count: HOT + 1, keys: byHash },
  cogroup: {
    rdd: () =>
      pairs()
        .cogroup(few(), PARTITIONS)
        .flatMapValues(([values]) => values),
    count: ROWS,
    keys: byHash,
  },
  sortByKey: {
    rdd: () => pairs().sortByKey({ numPartitions: PARTITIONS }),
    count: ROWS,
    keys: /^keys up to "hot"$/,
  },
};

it.each(Object.entries(skewed))(
  '%s finishes with a hot key, and tells which keys were so many',
  async (_, { rdd, count, keys }) => {
    using log = new EventLog(sc);
    expect(await rdd().count()).toBe(count);
    const skews = log.of('stageCompleted').flatMap(({ skew }) => skew ?? []);
    expect(skews).toEqual([expect.objectContaining({ keys: expect.stringMatching(keys) })]);
    expect(skews[0]?.bytesRead).toBeGreaterThan(1000 * HOT);
  },
);

const even: Record<string, { rdd: () => RDD<unknown>; count: number }> = {
  'reduceByKey with a hot key': {
    rdd: () => pairs().reduceByKey((a, b) => (a.length < b.length ? a : b), PARTITIONS),
    count: ROWS / 100 + 1,
  },
  repartition: { rdd: () => pairs().repartition(PARTITIONS), count: ROWS },
  distinct: { rdd: () => pairs().distinct(PARTITIONS), count: ROWS },
};

it.each(Object.entries(even))('%s is not skewed', async (_, { rdd, count }) => {
  using log = new EventLog(sc);
  expect(await rdd().count()).toBe(count);
  expect(log.of('stageCompleted').flatMap(({ skew }) => skew ?? [])).toEqual([]);
});
