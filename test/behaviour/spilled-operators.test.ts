import { FiresteelContext, type RDD } from 'firesteel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections } from './rejection.js';

expectNoUnhandledRejections();

const ROWS = 8000;
const KEYS = 6000;

/** Kinds of keys that tables, sorters and blocks keep in different forms. */
const keyOf = {
  number: (x: number) => x / 4,
  string: (x: number) => `key ${x}`,
  bigint: (x: number) => BigInt(x) * 10n ** 18n,
  date: (x: number) => new Date(x * 86_400_000),
  object: (x: number) => ({ id: x, group: `g${x % 7}` }),
  composite: (x: number) => [x % 11, [`k${x}`.padEnd(50, '.'), null]] as const,
} satisfies Record<string, (x: number) => unknown>;
type Kind = keyof typeof keyOf;

function pairsOf(sc: FiresteelContext, kind: Kind, from = 0): RDD<readonly [unknown, string]> {
  const key: (x: number) => unknown = keyOf[kind];
  return sc
    .range(from, from + ROWS, 1, 4)
    .map((x) => [key((x * 7919) % KEYS), `value ${x} `.padEnd(60, '.')] as const);
}

interface Operator {
  readonly kinds: readonly Kind[];
  readonly rdd: (pairs: (from?: number) => RDD<readonly [unknown, string]>) => RDD<unknown>;
  /** Whether the result has an order. */
  readonly isSorted?: boolean;
  /** Which side of the shuffle has to spill; the one that reads it, if nothing else is said. */
  readonly spills?: 'write';
}

const operators: Record<string, Operator> = {
  cogroup: { kinds: ['bigint'], rdd: (pairs) => pairs().cogroup(pairs(4000), 1) },
  'cogroup in place': {
    kinds: ['date'],
    rdd: (pairs) => pairs().partitionBy(1).cogroup(pairs(4000).partitionBy(1)),
  },
  join: { kinds: ['composite'], rdd: (pairs) => pairs().join(pairs(4000), 1) },
  fullOuterJoin: { kinds: ['object'], rdd: (pairs) => pairs().fullOuterJoin(pairs(4000), 1) },
  rightOuterJoin: { kinds: ['date'], rdd: (pairs) => pairs().rightOuterJoin(pairs(4000), 1) },
  groupBy: { kinds: ['number'], rdd: (pairs) => pairs().groupBy(([, value]) => value.length, 1) },
  'groupByKey in place': {
    kinds: ['bigint'],
    rdd: (pairs) => pairs().partitionBy(1).groupByKey(),
  },
  aggregateByKey: {
    kinds: ['object'],
    rdd: (pairs) =>
      pairs().aggregateByKey(
        () => [] as string[],
        (all, value) => [...all, value],
        (a, b) => [...a, ...b],
        1,
      ),
  },
  foldByKey: {
    kinds: ['bigint'],
    rdd: (pairs) => pairs().foldByKey('', (a, b) => (a.length > b.length ? a : b), 1),
  },
  combineByKey: {
    kinds: ['composite'],
    rdd: (pairs) =>
      pairs().combineByKey(
        {
          create: (value) => ({ longest: value }),
          mergeValue: (a, value) => (value > a.longest ? { longest: value } : a),
          mergeCombiners: (a, b) => (a.longest > b.longest ? a : b),
        },
        { numPartitions: 1, mapSideCombine: false },
      ),
  },
  'reduceByKey in place': {
    kinds: ['object'],
    rdd: (pairs) =>
      pairs()
        .partitionBy(1)
        .reduceByKey((a, b) => (a.localeCompare(b) > 0 ? a : b)),
  },
  distinct: { kinds: ['composite'], rdd: (pairs) => pairs().keys().distinct(1) },
  intersection: {
    kinds: ['composite'],
    rdd: (pairs) => pairs().keys().intersection(pairs(4000).keys(), 1),
  },
  subtract: {
    kinds: ['bigint'],
    rdd: (pairs) =>
      pairs()
        .keys()
        .subtract(
          pairs()
            .filter(([, value]) => value < 'value 5')
            .keys(),
          1,
        ),
  },
  sortByKey: {
    kinds: ['bigint', 'date', 'composite'],
    rdd: (pairs) => pairs().sortByKey({ numPartitions: 1 }),
    isSorted: true,
  },
  'sortBy with ties': {
    kinds: ['string'],
    rdd: (pairs) => pairs().sortBy(([, value]) => value.length % 3, { numPartitions: 1 }),
    isSorted: true,
  },
  'sortBy with an order of its own': {
    kinds: ['object'],
    rdd: (pairs) =>
      pairs().sortBy(([, value]) => value, {
        numPartitions: 1,
        compare: (a, b) => (a > b ? -1 : Number(a < b)),
      }),
    isSorted: true,
  },
  repartitionAndSortWithinPartitions: {
    kinds: ['string'],
    rdd: (pairs) => pairs().repartitionAndSortWithinPartitions(1),
    isSorted: true,
  },
  partitionBy: {
    kinds: ['object'],
    rdd: (pairs) => pairs().coalesce(1).partitionBy(2),
    spills: 'write',
  },
  repartition: {
    kinds: ['bigint'],
    rdd: (pairs) => pairs().coalesce(1).repartition(3),
    spills: 'write',
  },
};

/** What the context gives, and whether a side of its shuffles has spilled. */
async function resultOf(sc: FiresteelContext, { rdd, isSorted, spills }: Operator, kind: Kind) {
  using log = new EventLog(sc);
  const rows = await rdd((from) => pairsOf(sc, kind, from)).collect();
  const texts = rows.map(textOf);
  const hasSpilled = log
    .of('stageCompleted')
    .some(
      ({ metrics }) =>
        metrics.diskBytesSpilled > 0 &&
        metrics.memoryBytesSpilled > 0 &&
        (spills === 'write' ? metrics.shuffleRowsWritten : metrics.shuffleRowsRead) > 0,
    );
  return { rows: isSorted ? texts : texts.sort(), hasSpilled };
}

function textOf(row: unknown): string {
  return JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
}

describe('operators that spill', () => {
  let plenty: FiresteelContext;
  let little: FiresteelContext;
  beforeAll(async () => {
    plenty = await FiresteelContext.create({ master: 'local' });
    little = await FiresteelContext.create({
      master: 'local[2]',
      // 0.45 MB for both threads.
      conf: { 'executor.memory': '64m', 'memory.reserved': 0, 'memory.fraction': 0.007 },
    });
  });
  afterAll(() => Promise.all([plenty.stop(), little.stop()]));

  const cases = Object.entries(operators).flatMap(([name, operator]) =>
    operator.kinds.map((kind) => ({ name, kind, operator })),
  );
  it.each(cases)('give what they give in memory: $name, $kind', async ({ operator, kind }) => {
    const expected = await resultOf(plenty, operator, kind);
    const found = await resultOf(little, operator, kind);
    expect([expected.hasSpilled, found.hasSpilled]).toEqual([false, true]);
    expect(found.rows.length).toBe(expected.rows.length);
    expect(found.rows.filter((row, i) => row !== expected.rows[i]).slice(0, 3)).toEqual([]);
  });
});
