import { describe, expectTypeOf, it } from 'vitest';
import {
  type BoundedDouble,
  type FiresteelContext,
  HashPartitioner,
  type Histogram,
  type JobPromise,
  type KeyedMap,
  type PartialResult,
  type Partitioner,
  type RDD,
  type StatCounter,
} from './index.js';

declare const sc: FiresteelContext;
declare const numbers: RDD<number>;
declare const words: RDD<string>;
declare const pairs: RDD<[string, number]>;
declare const readonlyPairs: RDD<readonly [string, number]>;
declare const tuples: RDD<[string, [number, number]]>;
declare const flags: RDD<[string, boolean]>;
declare const dates: RDD<readonly [string, Date]>;

describe('sources', () => {
  it('know their rows', () => {
    expectTypeOf(sc.parallelize([1, 2])).toEqualTypeOf<RDD<number>>();
    expectTypeOf(sc.parallelize(new Set(['a']), 3)).toEqualTypeOf<RDD<string>>();
    expectTypeOf(sc.range(3)).toEqualTypeOf<RDD<number>>();
    expectTypeOf(sc.range(0n, 3n)).toEqualTypeOf<RDD<bigint>>();
    expectTypeOf(sc.textFile('x', { minPartitions: 2 })).toEqualTypeOf<RDD<string>>();
    expectTypeOf(sc.emptyRDD<Date>()).toEqualTypeOf<RDD<Date>>();
    expectTypeOf(sc.union([numbers, numbers])).toEqualTypeOf<RDD<number>>();
    // @ts-expect-error numbers are not iterable
    sc.parallelize(5);
    // @ts-expect-error no mixture of number and bigint
    sc.range(0, 3n);
    // @ts-expect-error the bare number or the object, not a string
    sc.textFile('x', '2');
  });
});

describe('transformations', () => {
  it('row by row', () => {
    expectTypeOf(numbers.map(String)).toEqualTypeOf<RDD<string>>();
    expectTypeOf(words.flatMap((w) => w.split(' '))).toEqualTypeOf<RDD<string>>();
    expectTypeOf(words.flatMap((w) => new Map([[w, 1]]))).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(words.filterMap((w) => (w ? w.length : undefined))).toEqualTypeOf<RDD<number>>();
    expectTypeOf(words.mapAsync(async (w) => w.length)).toEqualTypeOf<RDD<number>>();
    expectTypeOf(words.glom()).toEqualTypeOf<RDD<string[]>>();
    expectTypeOf(words.zipWithIndex()).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(words.keyBy((w) => w.length)).toEqualTypeOf<RDD<[number, string]>>();
    expectTypeOf(words.filter((w) => w !== '')).toEqualTypeOf<RDD<string>>();
    expectTypeOf(numbers.sortBy((x) => -x, { ascending: false })).toEqualTypeOf<RDD<number>>();
    expectTypeOf(numbers.groupBy((x) => `${x}`)).toEqualTypeOf<RDD<[string, number[]]>>();
    // @ts-expect-error a number is not iterable
    numbers.flatMap((x) => x + 1);
    // @ts-expect-error rows are strings
    words.map((w: number) => w);
    // @ts-expect-error the order is one of the keys
    words.sortBy((w) => w.length, { compare: (a: Date, b: Date) => +a - +b });
  });

  it('filter narrows by a type guard', () => {
    const mixed = sc.parallelize<string | number>(['a', 1]);
    expectTypeOf(mixed.filter((x) => typeof x === 'string')).toEqualTypeOf<RDD<string>>();
  });

  it('mapPartitions takes every kind of iterable', () => {
    expectTypeOf(words.mapPartitions((rows) => rows)).toEqualTypeOf<RDD<string>>();
    expectTypeOf(words.mapPartitions(async () => [1])).toEqualTypeOf<RDD<number>>();
    expectTypeOf(
      words.mapPartitions(async function* (rows) {
        for (const row of rows) yield row.length;
      }),
    ).toEqualTypeOf<RDD<number>>();
    expectTypeOf(words.mapPartitionsWithIndex((p, rows) => [[p, rows]])).toEqualTypeOf<
      RDD<(number | Iterable<string>)[]>
    >();
    // @ts-expect-error what comes out must be iterable
    words.mapPartitions(() => 5);
  });

  it('union widens', () => {
    expectTypeOf(numbers.union(numbers)).toEqualTypeOf<RDD<number>>();
    expectTypeOf(numbers.union(words)).toEqualTypeOf<RDD<number | string>>();
  });
});

describe('pairs', () => {
  it('have their operations, writable or readonly', () => {
    const add = (a: number, b: number) => a + b;
    expectTypeOf(pairs.reduceByKey(add)).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(
      tuples.reduceByKey((a, b) => [a[0] + b[0], a[1] + b[1]]).mapValues(([, n]) => n),
    ).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(tuples.foldByKey([0, 0], (a, b) => [a[0] + b[0], a[1] + b[1]])).toEqualTypeOf<
      RDD<[string, [number, number]]>
    >();
    function generic<K, V>(rdd: RDD<[K, V]>): RDD<[K, V]> {
      return rdd.reduceByKey((a) => a);
    }
    expectTypeOf(generic(pairs)).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(readonlyPairs.reduceByKey(add, 4)).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.keys()).toEqualTypeOf<RDD<string>>();
    expectTypeOf(dates.values()).toEqualTypeOf<RDD<Date>>();
    expectTypeOf(pairs.mapValues(String)).toEqualTypeOf<RDD<[string, string]>>();
    expectTypeOf(pairs.flatMapValues((n) => `${n}`)).toEqualTypeOf<RDD<[string, string]>>();
    expectTypeOf(pairs.groupByKey()).toEqualTypeOf<RDD<[string, number[]]>>();
    expectTypeOf(pairs.sortByKey({ compare: (a, b) => a.length - b.length })).toEqualTypeOf<
      RDD<[string, number]>
    >();
    expectTypeOf(pairs.foldByKey(0, add)).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(
      pairs.aggregateByKey(
        () => new Set<number>(),
        (set, n) => set.add(n),
        (a) => a,
      ),
    ).toEqualTypeOf<RDD<[string, Set<number>]>>();
    expectTypeOf(
      pairs.combineByKey({
        create: (n) => [n],
        mergeValue: (list, n) => [...list, n],
        mergeCombiners: (a, b) => [...a, ...b],
      }),
    ).toEqualTypeOf<RDD<[string, number[]]>>();
  });

  it('are made by map with a tuple type', () => {
    const counts = words.map((w): [string, number] => [w, 1]).reduceByKey((a, b) => a + b);
    expectTypeOf(counts).toEqualTypeOf<RDD<[string, number]>>();
  });

  it('join, with undefined where a side may be missing', () => {
    expectTypeOf(pairs.join(dates)).toEqualTypeOf<RDD<[string, [number, Date]]>>();
    expectTypeOf(pairs.leftOuterJoin(flags)).toEqualTypeOf<
      RDD<[string, [number, boolean | undefined]]>
    >();
    expectTypeOf(pairs.rightOuterJoin(flags)).toEqualTypeOf<
      RDD<[string, [number | undefined, boolean]]>
    >();
    expectTypeOf(pairs.fullOuterJoin(flags, { numPartitions: 2 })).toEqualTypeOf<
      RDD<[string, [number | undefined, boolean | undefined]]>
    >();
    // @ts-expect-error keys of another type
    pairs.join(numbers.keyBy((x) => x));
    // @ts-expect-error not pairs
    pairs.join(words);
  });

  it('cogroup with any number of others', () => {
    expectTypeOf(pairs.cogroup(flags)).toEqualTypeOf<RDD<[string, [number[], boolean[]]]>>();
    expectTypeOf(pairs.cogroup(flags, dates)).toEqualTypeOf<
      RDD<[string, [number[], boolean[], Date[]]]>
    >();
    expectTypeOf(pairs.cogroup(flags, dates, { numPartitions: 3 })).toEqualTypeOf<
      RDD<[string, [number[], boolean[], Date[]]]>
    >();
    expectTypeOf(pairs.cogroup(flags, 3)).toEqualTypeOf<RDD<[string, [number[], boolean[]]]>>();
    // @ts-expect-error keys of another type
    pairs.cogroup(numbers.keyBy((x) => x));
  });

  it('are partitioned by partitioners of their keys', () => {
    const byLength: Partitioner<string> = { numPartitions: 3, getPartition: (k) => k.length % 3 };
    expectTypeOf(pairs.partitionBy(byLength)).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.partitionBy(new HashPartitioner(3))).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.groupByKey({ partitioner: byLength })).toEqualTypeOf<
      RDD<[string, number[]]>
    >();
    const byWeekday = { numPartitions: 7, getPartition: (day: Date) => day.getDay() };
    // @ts-expect-error a partitioner of other keys
    pairs.partitionBy(byWeekday);
  });

  it('are needed', () => {
    // @ts-expect-error rows are no pairs
    words.reduceByKey((a, b) => a + b);
    // @ts-expect-error rows are no pairs
    numbers.keys();
    // @ts-expect-error rows are no pairs
    numbers.collectAsMap();
    // @ts-expect-error an array of unknown length is no pair
    numbers.map((x) => [x, x]).reduceByKey((a, b) => a + b);
    // @ts-expect-error rows are no numbers
    words.sum();
    // @ts-expect-error the result is a value again
    pairs.reduceByKey((a, b) => `${a}${b}`);
  });
});

describe('actions', () => {
  it('promise their results', () => {
    expectTypeOf(words.collect()).toEqualTypeOf<JobPromise<string[]>>();
    expectTypeOf(words.count()).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(words.take(3, { signal: AbortSignal.timeout(5) })).toEqualTypeOf<
      JobPromise<string[]>
    >();
    expectTypeOf(words.first()).toEqualTypeOf<JobPromise<string>>();
    expectTypeOf(words.isEmpty()).toEqualTypeOf<JobPromise<boolean>>();
    expectTypeOf(numbers.sum()).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(numbers.reduce((a, b) => a + b)).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(words.fold('', (a, b) => a + b)).toEqualTypeOf<JobPromise<string>>();
    expectTypeOf(
      words.aggregate(
        0,
        (n, w) => n + w.length,
        (a, b) => a + b,
      ),
    ).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(pairs.top(3, { by: ([, n]) => n })).toEqualTypeOf<
      JobPromise<[string, number][]>
    >();
    expectTypeOf(pairs.max({ by: ([, n]) => n, compare: (a, b) => a - b })).toEqualTypeOf<
      JobPromise<[string, number]>
    >();
    expectTypeOf(words.countByValue()).toEqualTypeOf<JobPromise<KeyedMap<string, number>>>();
    expectTypeOf(dates.countByKey()).toEqualTypeOf<JobPromise<KeyedMap<string, number>>>();
    expectTypeOf(dates.collectAsMap()).toEqualTypeOf<JobPromise<KeyedMap<string, Date>>>();
    expectTypeOf(dates.lookup('x')).toEqualTypeOf<JobPromise<Date[]>>();
    expectTypeOf(words.forEach(() => {})).toEqualTypeOf<JobPromise<void>>();
    expectTypeOf(words.saveAsTextFile('x', { compression: 'gzip' })).toEqualTypeOf<
      JobPromise<void>
    >();
    expectTypeOf(words.toLocalIterator()).toEqualTypeOf<AsyncIterableIterator<string>>();
    // @ts-expect-error keys are strings
    pairs.lookup(5);
    // @ts-expect-error no such compression
    words.saveAsTextFile('x', { compression: 'zip' });
    // @ts-expect-error the result is a row again
    words.reduce((a, b) => a.length + b.length);
  });

  it('are awaited to the result itself', async () => {
    expectTypeOf(await words.collect()).toEqualTypeOf<string[]>();
    expectTypeOf<Awaited<RDD<number>>>().toEqualTypeOf<RDD<number>>();
    for await (const word of words) expectTypeOf(word).toEqualTypeOf<string>();
  });
});

describe('samples', () => {
  it('keep the type of rows', () => {
    expectTypeOf(words.sample(0.1, { seed: 1 })).toEqualTypeOf<RDD<string>>();
    expectTypeOf(words.sample(true, 2, 1)).toEqualTypeOf<RDD<string>>();
    expectTypeOf(words.randomSplit([0.8, 0.2])).toEqualTypeOf<[RDD<string>, RDD<string>]>();
    expectTypeOf(words.randomSplit([] as number[])).toEqualTypeOf<RDD<string>[]>();
    expectTypeOf(words.takeSample(3)).toEqualTypeOf<JobPromise<string[]>>();
    const fractions = new Map([['a', 0.5]]);
    expectTypeOf(dates.sampleByKey(fractions)).toEqualTypeOf<RDD<[string, Date]>>();
    expectTypeOf(dates.sampleByKeyExact(true, fractions, 4)).toEqualTypeOf<RDD<[string, Date]>>();
    // @ts-expect-error keys are strings
    dates.sampleByKey(new Map([[1, 0.5]]));
    // @ts-expect-error rows are no pairs
    words.sampleByKey(fractions);
  });
});

describe('statistics', () => {
  it('of numbers need numbers', () => {
    expectTypeOf(numbers.stats()).toEqualTypeOf<JobPromise<StatCounter>>();
    expectTypeOf(numbers.sampleStdev()).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(numbers.histogram([0, 1])).toEqualTypeOf<JobPromise<Histogram>>();
    expectTypeOf(numbers.meanApprox(5)).toEqualTypeOf<JobPromise<PartialResult<BoundedDouble>>>();
    // @ts-expect-error rows are no numbers
    words.mean();
    // @ts-expect-error rows are no numbers
    words.histogram(3);
    // @ts-expect-error rows are no numbers
    words.sumApprox(3);
  });

  it('of keys need pairs', () => {
    expectTypeOf(pairs.topByKey(3)).toEqualTypeOf<RDD<[string, number[]]>>();
    expectTypeOf(dates.topByKey(3, { by: (d) => d.getTime() })).toEqualTypeOf<
      RDD<[string, Date[]]>
    >();
    expectTypeOf(pairs.percentilesByKey([50])).toEqualTypeOf<RDD<[string, number[]]>>();
    expectTypeOf(dates.countApproxDistinctByKey()).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.reduceByKeyLocally((a, b) => a + b)).toEqualTypeOf<
      JobPromise<KeyedMap<string, number>>
    >();
    expectTypeOf(pairs.countByKeyApprox(5)).toEqualTypeOf<
      JobPromise<PartialResult<KeyedMap<string, BoundedDouble>>>
    >();
    // @ts-expect-error rows are no pairs
    words.topByKey(3);
    // @ts-expect-error rows are no pairs
    words.countByKeyApprox(3);
  });

  it('of any rows', () => {
    expectTypeOf(words.percentiles([50], { by: (w) => w.length })).toEqualTypeOf<
      JobPromise<string[]>
    >();
    expectTypeOf(words.countApproxDistinct()).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(words.treeReduce((a, b) => a + b, { depth: 3 })).toEqualTypeOf<
      JobPromise<string>
    >();
    expectTypeOf(
      words.treeAggregate(
        0,
        (n, w) => n + w.length,
        (a, b) => a + b,
      ),
    ).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(words.countByValueApprox(5)).toEqualTypeOf<
      JobPromise<PartialResult<KeyedMap<string, BoundedDouble>>>
    >();
  });
});

describe('RDDs', () => {
  it('are covariant', () => {
    expectTypeOf<RDD<[string, number]>>().toExtend<RDD<readonly [string, unknown]>>();
    expectTypeOf<RDD<number>>().not.toExtend<RDD<string>>();
    expectTypeOf<RDD<never>>().toExtend<RDD<string>>();
  });

  it('are not thenable', () => {
    expectTypeOf<RDD<number>>().not.toHaveProperty('then');
  });
});
