import { describe, expectTypeOf, it } from 'vitest';
import type { BoundedDouble, JobPromise, KeyedMap, PartialResult, RDD } from './index.js';

declare const numbers: RDD<number>;
declare const words: RDD<string>;
declare const pairs: RDD<[string, number]>;
declare const readonlyPairs: RDD<readonly [string, number]>;
declare const flags: RDD<[string, boolean]>;

describe('structural transformations', () => {
  it('put rows side by side', () => {
    expectTypeOf(numbers.zip(words)).toEqualTypeOf<RDD<[number, string]>>();
    expectTypeOf(numbers.cartesian(words)).toEqualTypeOf<RDD<[number, string]>>();
    expectTypeOf(words.zipWithUniqueId()).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(words.chunk(10)).toEqualTypeOf<RDD<string[]>>();
  });

  it('zipPartitions knows the rows of each RDD', () => {
    const zipped = numbers.zipPartitions([words, pairs], (a, b, c) => {
      expectTypeOf(a).toEqualTypeOf<Iterable<number>>();
      expectTypeOf(b).toEqualTypeOf<Iterable<string>>();
      expectTypeOf(c).toEqualTypeOf<Iterable<[string, number]>>();
      return [true];
    });
    expectTypeOf(zipped).toEqualTypeOf<RDD<boolean>>();
    expectTypeOf(numbers.zipPartitions([], async (a) => [...a])).toEqualTypeOf<RDD<number>>();
    // @ts-expect-error two RDDs, not three
    numbers.zipPartitions([words], (a, b, c) => [a, b, c]);
    // @ts-expect-error what comes out must be iterable
    numbers.zipPartitions([words], () => 5);
  });

  it('keep their rows', () => {
    expectTypeOf(pairs.distinct()).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.coalesce(2)).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.repartition(2)).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.cache()).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.persist('memory-disk')).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.unpersist()).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.checkpoint()).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.localCheckpoint()).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.setName('x')).toEqualTypeOf<RDD<[string, number]>>();
    // @ts-expect-error no such level
    pairs.persist('MEMORY');
  });

  it('sets are of one type', () => {
    expectTypeOf(numbers.intersection(numbers)).toEqualTypeOf<RDD<number>>();
    expectTypeOf(words.subtract(words, 3)).toEqualTypeOf<RDD<string>>();
    // @ts-expect-error no row can be both
    numbers.intersection(words);
  });

  it('by key exist on pairs only', () => {
    expectTypeOf(readonlyPairs.subtractByKey(flags)).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(pairs.groupWith(flags)).toEqualTypeOf<RDD<[string, [number[], boolean[]]]>>();
    expectTypeOf(pairs.groupWith(flags, pairs, 4)).toEqualTypeOf<
      RDD<[string, [number[], boolean[], number[]]]>
    >();
    expectTypeOf(pairs.filterByRange('a', 'b')).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(
      pairs.repartitionAndSortWithinPartitions(3, { compare: (a, b) => a.length - b.length }),
    ).toEqualTypeOf<RDD<[string, number]>>();
    // @ts-expect-error keys are strings
    pairs.filterByRange(1, 2);
    // @ts-expect-error numbers are no pairs
    numbers.subtractByKey(pairs);
    // @ts-expect-error numbers are no pairs
    numbers.repartitionAndSortWithinPartitions(2);
    // @ts-expect-error keys of another type
    pairs.subtractByKey(numbers.keyBy((x) => x));
  });
});

describe('windows, commands and small sides', () => {
  it('know their rows', () => {
    expectTypeOf(words.sliding(2)).toEqualTypeOf<RDD<string[]>>();
    expectTypeOf(numbers.pipe('cat')).toEqualTypeOf<RDD<string>>();
    numbers.pipe(['cat'], {
      printRDDElement: (row, print) => {
        expectTypeOf(row).toEqualTypeOf<number>();
        print('');
      },
    });
    expectTypeOf(pairs.broadcastJoin(flags)).toEqualTypeOf<RDD<[string, [number, boolean]]>>();
    expectTypeOf(pairs.broadcastLeftOuterJoin(flags)).toEqualTypeOf<
      RDD<[string, [number, boolean | undefined]]>
    >();
    // @ts-expect-error keys of another type
    pairs.broadcastJoin(numbers.keyBy((x) => x));
    // @ts-expect-error a string or an array of strings
    numbers.pipe(5);
  });

  it('barriers choose how partitions are mapped', () => {
    expectTypeOf(numbers.barrier().mapPartitions(async (rows) => rows)).toEqualTypeOf<
      RDD<number>
    >();
    expectTypeOf(numbers.barrier().mapPartitionsWithIndex((p) => [p > 0])).toEqualTypeOf<
      RDD<boolean>
    >();
    // @ts-expect-error only operators on whole partitions
    numbers.barrier().map((x) => x);
  });
});

describe('merging actions', () => {
  it('give what they merge', () => {
    expectTypeOf(
      numbers.treeReduce((a, b) => a + b, { depth: 3 }),
    ).resolves.toEqualTypeOf<number>();
    expectTypeOf(
      words.treeAggregate(
        0,
        (n, w) => n + w.length,
        (a, b) => a + b,
      ),
    ).resolves.toEqualTypeOf<number>();
    expectTypeOf(pairs.reduceByKeyLocally((a, b) => a + b)).resolves.toEqualTypeOf<
      KeyedMap<string, number>
    >();
    // @ts-expect-error numbers are no pairs
    numbers.reduceByKeyLocally((a) => a);
  });
});

describe('actions on any rows', () => {
  it('give rows, numbers or nothing', () => {
    expectTypeOf(pairs.takeOrdered(2)).toEqualTypeOf<JobPromise<[string, number][]>>();
    expectTypeOf(pairs.min({ by: ([, n]) => n })).toEqualTypeOf<JobPromise<[string, number]>>();
    expectTypeOf(words.countApprox(5)).toEqualTypeOf<JobPromise<PartialResult<BoundedDouble>>>();
    expectTypeOf(words.forEachPartition(async () => {})).toEqualTypeOf<JobPromise<void>>();
    expectTypeOf(words.show(3)).toEqualTypeOf<JobPromise<void>>();
    // @ts-expect-error rows are ordered by what a function makes of them
    words.min({ by: 5 });
  });

  it('on numbers give a number', () => {
    expectTypeOf(numbers.variance()).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(numbers.popVariance()).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(numbers.sampleVariance()).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(numbers.stdev()).toEqualTypeOf<JobPromise<number>>();
    expectTypeOf(numbers.popStdev()).toEqualTypeOf<JobPromise<number>>();
    // @ts-expect-error rows are no numbers
    words.variance();
    // @ts-expect-error rows are no numbers
    words.stdev();
  });
});
