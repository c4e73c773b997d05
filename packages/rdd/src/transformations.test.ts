import type { PlanNode } from '@firesteel/plan';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Partitioner } from './partitioner.js';
import { failure, makeContext } from './testing/make-context.js';

const { sc } = makeContext();
const numbers = sc.parallelize([5, 3, 8, 1], 2);
const pairs = sc.parallelize<[string, number]>(
  [
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['c', 4],
  ],
  2,
);
const others = sc.parallelize<[string, boolean]>([
  ['a', true],
  ['d', false],
  ['a', false],
]);

/** Rows sorted by their JSON, for results whose order does not matter. */
function sorted<T>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe('transformations row by row', () => {
  it.each<[string, () => Promise<unknown>, unknown]>([
    ['map', async () => numbers.map((x) => x * 2).collect(), [10, 6, 16, 2]],
    ['flatMap', async () => numbers.flatMap((x) => [x, -x]).take(4), [5, -5, 3, -3]],
    ['flatMap of strings', async () => numbers.flatMap((x) => `${x}0`).take(2), ['5', '0']],
    ['filter', async () => numbers.filter((x) => x > 4).collect(), [5, 8]],
    [
      'filterMap',
      async () => numbers.filterMap((x) => (x > 4 ? `${x}` : undefined)).collect(),
      ['5', '8'],
    ],
    ['mapAsync', async () => numbers.mapAsync(async (x) => x + 1).collect(), [6, 4, 9, 2]],
    ['keyBy', async () => numbers.keyBy((x) => x % 2).first(), [1, 5]],
    [
      'glom',
      async () => numbers.glom().collect(),
      [
        [5, 3],
        [8, 1],
      ],
    ],
    [
      'zipWithIndex',
      async () => numbers.zipWithIndex().collect(),
      [
        [5, 0],
        [3, 1],
        [8, 2],
        [1, 3],
      ],
    ],
    [
      'mapPartitions',
      async () => numbers.mapPartitions((rows) => [[...rows].length]).collect(),
      [2, 2],
    ],
    [
      'mapPartitions by an async generator',
      async () =>
        numbers
          .mapPartitions(async function* (rows) {
            yield* rows;
          })
          .count(),
      4,
    ],
    [
      'mapPartitionsWithIndex',
      async () => numbers.mapPartitionsWithIndex((p, rows) => [[p, ...rows]]).collect(),
      [
        [0, 5, 3],
        [1, 8, 1],
      ],
    ],
  ])('%s', async (_name, run, expected) => {
    expect(await run()).toEqual(expected);
  });
});

describe('transformations of sets and partitions', () => {
  it('union appends', async () => {
    const all = numbers.union(sc.parallelize([9]), sc.emptyRDD());
    expect(await all.collect()).toEqual([5, 3, 8, 1, 9]);
    expect(await sc.union([numbers, numbers]).count()).toBe(8);
    expect(await sc.union(numbers, numbers).getNumPartitions()).toBe(4);
    expect(await sc.union([]).collect()).toEqual([]);
  });

  it('distinct goes by value', async () => {
    const rows = sc.parallelize([
      [1, 'x'],
      [1, 'x'],
      [Number.NaN, 0],
      [Number.NaN, -0],
    ]);
    expect(await rows.distinct().count()).toBe(2);
    expect(await rows.distinct(5).getNumPartitions()).toBe(5);
  });

  it('coalesce and repartition', async () => {
    const rows = sc.range(0, 10, 1, 5);
    expect(await rows.coalesce(2).glom().collect()).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7, 8, 9],
    ]);
    expect(await rows.coalesce(7).getNumPartitions()).toBe(5);
    expect(await rows.coalesce(7, { shuffle: true }).getNumPartitions()).toBe(7);
    expect(await rows.repartition(7).getNumPartitions()).toBe(7);
    expect(rows.repartition(7).node).toMatchObject({
      kind: 'shuffle',
      keyed: 'row',
      partitioner: { kind: 'roundRobin' },
    });
  });

  it('sortBy sorts like an array', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat())),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        async (rows, ascending, n) => {
          const result = await sc
            .parallelize(rows, 3)
            .sortBy(([key]) => key, { ascending, numPartitions: n })
            .collect();
          const sign = ascending ? 1 : -1;
          expect(result).toEqual(rows.toSorted((a, b) => sign * (a[0] - b[0])));
        },
      ),
    );
  });

  it('sortBy takes an order', async () => {
    const byLength = sc.parallelize(['ccc', 'a', 'bb']).sortBy((s) => s, {
      compare: (a, b) => b.length - a.length,
    });
    expect(await byLength.collect()).toEqual(['ccc', 'bb', 'a']);
    expect(await byLength.getNumPartitions()).toBe(3);
    expect(await byLength.sortBy((s) => s, 2).getNumPartitions()).toBe(2);
  });

  it('groupBy groups', async () => {
    expect(sorted(await numbers.groupBy((x) => x % 2).collect())).toEqual([
      [0, [8]],
      [1, [5, 3, 1]],
    ]);
  });
});

describe('transformations of pairs', () => {
  it.each<[string, () => Promise<unknown[]>, unknown[]]>([
    ['keys', async () => pairs.keys().collect(), ['a', 'a', 'b', 'c']],
    ['values', async () => pairs.values().collect(), [1, 2, 3, 4]],
    [
      'mapValues',
      async () => pairs.mapValues((v) => -v).collect(),
      [
        ['a', -1],
        ['a', -3],
        ['b', -2],
        ['c', -4],
      ],
    ],
    [
      'flatMapValues',
      async () => pairs.flatMapValues((v) => (v > 3 ? [v, v] : [])).collect(),
      [
        ['c', 4],
        ['c', 4],
      ],
    ],
    [
      'reduceByKey',
      async () => pairs.reduceByKey((a, b) => a + b).collect(),
      [
        ['a', 4],
        ['b', 2],
        ['c', 4],
      ],
    ],
    [
      'groupByKey',
      async () => pairs.groupByKey().collect(),
      [
        ['a', [1, 3]],
        ['b', [2]],
        ['c', [4]],
      ],
    ],
    [
      'combineByKey',
      async () =>
        pairs
          .combineByKey({
            create: (v) => [v],
            mergeValue: (c, v) => [...c, v],
            mergeCombiners: (a, b) => [...a, ...b],
          })
          .collect(),
      [
        ['a', [1, 3]],
        ['b', [2]],
        ['c', [4]],
      ],
    ],
    [
      'aggregateByKey',
      async () =>
        pairs
          .aggregateByKey(
            [] as number[],
            (list, v) => {
              list.push(v);
              return list;
            },
            (a, b) => [...a, ...b],
          )
          .collect(),
      [
        ['a', [1, 3]],
        ['b', [2]],
        ['c', [4]],
      ],
    ],
    [
      'foldByKey',
      async () => pairs.foldByKey(1, (a, b) => a * b).collect(),
      [
        ['a', 3],
        ['b', 2],
        ['c', 4],
      ],
    ],
    [
      'join',
      async () => pairs.join(others).collect(),
      [
        ['a', [1, false]],
        ['a', [1, true]],
        ['a', [3, false]],
        ['a', [3, true]],
      ],
    ],
    [
      'leftOuterJoin',
      async () =>
        pairs
          .filter(([k]) => k !== 'a')
          .leftOuterJoin(others)
          .collect(),
      [
        ['b', [2, undefined]],
        ['c', [4, undefined]],
      ],
    ],
    [
      'rightOuterJoin',
      async () =>
        pairs
          .filter(([k]) => k !== 'a')
          .rightOuterJoin(others, 2)
          .collect(),
      [
        ['a', [undefined, false]],
        ['a', [undefined, true]],
        ['d', [undefined, false]],
      ],
    ],
    [
      'fullOuterJoin',
      async () =>
        pairs
          .filter(([k]) => k === 'b')
          .fullOuterJoin(others)
          .collect(),
      [
        ['a', [undefined, false]],
        ['a', [undefined, true]],
        ['b', [2, undefined]],
        ['d', [undefined, false]],
      ],
    ],
    [
      'cogroup',
      async () =>
        pairs
          .cogroup(
            others,
            pairs.keys().keyBy((k) => k),
            2,
          )
          .collect(),
      [
        [
          'a',
          [
            [1, 3],
            [true, false],
            ['a', 'a'],
          ],
        ],
        ['b', [[2], [], ['b']]],
        ['c', [[4], [], ['c']]],
        ['d', [[], [false], []]],
      ],
    ],
    [
      'sortByKey',
      async () => pairs.sortByKey({ ascending: false }).keys().distinct().collect(),
      ['a', 'b', 'c'],
    ],
  ])('%s', async (_name, run, expected) => {
    expect(sorted(await run())).toEqual(sorted(expected));
  });

  it('partitionBy asks the partitioner', async () => {
    const byCase: Partitioner<string> = {
      numPartitions: 3,
      getPartition(key) {
        return key === 'a' ? this.numPartitions - 1 : 0;
      },
    };
    expect(await pairs.partitionBy(byCase).keys().glom().collect()).toEqual([
      ['b', 'c'],
      [],
      ['a', 'a'],
    ]);
    expect(await pairs.partitionBy(5).getNumPartitions()).toBe(5);
  });

  it('takes a number of partitions or a partitioner', () => {
    const specOf = (node: PlanNode) => (node.kind === 'shuffle' ? node.partitioner : undefined);
    const add = (a: number, b: number) => a + b;
    const custom = { numPartitions: 2, getPartition: () => 0 };
    expect(specOf(pairs.reduceByKey(add).node)).toEqual({ kind: 'hash' });
    expect(specOf(pairs.reduceByKey(add, 4).node)).toEqual({ kind: 'hash', numPartitions: 4 });
    expect(specOf(pairs.reduceByKey(add, { numPartitions: 4 }).node)).toEqual({
      kind: 'hash',
      numPartitions: 4,
    });
    expect(specOf(pairs.reduceByKey(add, { partitioner: custom }).node)).toMatchObject({
      kind: 'custom',
      numPartitions: 2,
      identity: custom,
    });
    expect(() => pairs.reduceByKey(add, { numPartitions: 2, partitioner: custom })).toThrow(
      failure('INVALID_ARGUMENT', /not both/),
    );
  });

  it('combines on the map side unless told otherwise', () => {
    const combiner = { create: (v: number) => v, mergeValue: Math.max, mergeCombiners: Math.max };
    expect(pairs.combineByKey(combiner).node).toMatchObject({ mapSideCombine: true });
    expect(pairs.combineByKey(combiner, { mapSideCombine: false }).node).toMatchObject({
      mapSideCombine: false,
    });
    expect(pairs.groupByKey().node).toMatchObject({ mapSideCombine: false });
  });
});

describe('arguments', () => {
  const async = (async () => 1) as () => never;

  it.each<[string, () => unknown]>([
    ['map', () => numbers.map('x' as never)],
    ['mapPartitions', () => numbers.mapPartitions(undefined as never)],
    ['mapAsync', () => numbers.mapAsync(async, { concurrency: 0 })],
    ['coalesce', () => numbers.coalesce(0)],
    ['repartition', () => numbers.repartition(1.5)],
    ['distinct', () => numbers.distinct(-1)],
    ['sortBy', () => numbers.sortBy((x) => x, { compare: 1 as never })],
    ['union', () => numbers.union([1] as never)],
    ['join', () => pairs.join(makeContext().sc.parallelize<[string, number]>([]))],
    ['cogroup', () => pairs.cogroup(null as never)],
    ['combineByKey', () => pairs.combineByKey({ create: String } as never)],
    ['partitionBy', () => pairs.partitionBy(undefined as never)],
    ['a partitioner', () => pairs.partitionBy({ numPartitions: 2 } as never)],
    ['a zero', () => pairs.foldByKey(new (class Zero {})() as never, (a) => a)],
  ])('of %s are checked at once', (name, call) => {
    expect(call).toThrow(
      failure('INVALID_ARGUMENT', new RegExp(name.split(' ').at(-1) as string, 'i')),
    );
  });

  it.each<[string, () => unknown, RegExp]>([
    ['map', () => numbers.map(async), /Use mapAsync/],
    ['flatMap', () => numbers.flatMap(async), /mapAsync/],
    ['filter', () => numbers.filter(async), /mapAsync/],
    ['reduceByKey', () => pairs.reduceByKey(async), /mapAsync/],
    ['sortBy', () => numbers.sortBy(async), /mapAsync/],
    [
      'flatMap of an async generator',
      () => numbers.flatMap(async function* () {} as never),
      /mapAsync/,
    ],
  ])('of %s must not be async', (_name, call, advice) => {
    expect(call).toThrow(failure('ASYNC_FUNCTION', advice));
  });
});
