import { describe, expect, it } from 'vitest';
import { FiresteelContext } from './context.js';
import { RDD } from './rdd.js';
import { RDDBarrier } from './rdd-barrier.js';
import { failure, makeContext } from './testing/make-context.js';

const { sc } = makeContext();
const rdd = sc.parallelize<[number, number]>([[1, 2]], 2);
const numbers = sc.parallelize([1, 2], 2);
const add = (a: number, b: number) => a + b;
const sink = { open: () => ({ write: () => {}, finish: () => 0 }) };

/** A call of a method with something where its options belong. */
type Call = (options: never) => unknown;

/** A method of each class that takes options, called with them. */
const withOptions: Record<string, Record<string, Call>> = {
  RDD: {
    aggregate: (o) => numbers.aggregate(0, add, add, o),
    aggregateByKey: (o) => rdd.aggregateByKey(0, add, add, o),
    coalesce: (o) => rdd.coalesce(2, o),
    cogroup: (o) => rdd.cogroup(rdd, o),
    collect: (o) => rdd.collect(o),
    collectAsMap: (o) => rdd.collectAsMap(o),
    combineByKey: (o) =>
      rdd.combineByKey({ create: Number, mergeValue: add, mergeCombiners: add }, o),
    count: (o) => rdd.count(o),
    countApprox: (o) => rdd.countApprox(1, 0.9, o),
    countApproxDistinct: (o) => rdd.countApproxDistinct(0.1, o),
    countApproxDistinctByKey: (o) => rdd.countApproxDistinctByKey(0.1, o),
    countByKey: (o) => rdd.countByKey(o),
    countByKeyApprox: (o) => rdd.countByKeyApprox(1, 0.9, o),
    countByValue: (o) => rdd.countByValue(o),
    countByValueApprox: (o) => rdd.countByValueApprox(1, 0.9, o),
    distinct: (o) => rdd.distinct(o),
    filterByRange: (o) => rdd.filterByRange(1, 2, o),
    first: (o) => rdd.first(o),
    fold: (o) => numbers.fold(0, add, o),
    foldByKey: (o) => rdd.foldByKey(0, add, o),
    forEach: (o) => rdd.forEach(() => {}, o),
    forEachPartition: (o) => rdd.forEachPartition(() => {}, o),
    foreach: (o) => rdd.foreach(() => {}, o),
    foreachPartition: (o) => rdd.foreachPartition(() => {}, o),
    fullOuterJoin: (o) => rdd.fullOuterJoin(rdd, o),
    groupBy: (o) => rdd.groupBy(String, o),
    groupByKey: (o) => rdd.groupByKey(o),
    groupWith: (o) => rdd.groupWith(rdd, o),
    histogram: (o) => numbers.histogram(2, o),
    intersection: (o) => rdd.intersection(rdd, o),
    isEmpty: (o) => rdd.isEmpty(o),
    join: (o) => rdd.join(rdd, o),
    leftOuterJoin: (o) => rdd.leftOuterJoin(rdd, o),
    lookup: (o) => rdd.lookup(1, o),
    mapAsync: (o) => rdd.mapAsync(String, o),
    mapPartitions: (o) => rdd.mapPartitions((rows) => rows, o),
    mapPartitionsWithIndex: (o) => rdd.mapPartitionsWithIndex((_, rows) => rows, o),
    max: (o) => rdd.max(o),
    mean: (o) => numbers.mean(o),
    meanApprox: (o) => numbers.meanApprox(1, 0.9, o),
    min: (o) => rdd.min(o),
    percentiles: (o) => rdd.percentiles([50], o),
    percentilesByKey: (o) => rdd.percentilesByKey([50], o),
    pipe: (o) => rdd.pipe('cat', o),
    popStdev: (o) => numbers.popStdev(o),
    popVariance: (o) => numbers.popVariance(o),
    randomSplit: (o) => rdd.randomSplit([1, 1], o),
    reduce: (o) => numbers.reduce(add, o),
    reduceByKey: (o) => rdd.reduceByKey(add, o),
    reduceByKeyLocally: (o) => rdd.reduceByKeyLocally(add, o),
    repartitionAndSortWithinPartitions: (o) => rdd.repartitionAndSortWithinPartitions(2, o),
    rightOuterJoin: (o) => rdd.rightOuterJoin(rdd, o),
    sample: (o) => rdd.sample(0.5, o),
    sampleByKey: (o) => rdd.sampleByKey([[1, 0.5]], o),
    sampleByKeyExact: (o) => rdd.sampleByKeyExact(false, [[1, 0.5]], o),
    sampleStdev: (o) => numbers.sampleStdev(o),
    sampleVariance: (o) => numbers.sampleVariance(o),
    saveAsJsonLines: (o) => rdd.saveAsJsonLines('/nowhere/out', o),
    saveAsObjectFile: (o) => rdd.saveAsObjectFile('/nowhere/out', o),
    saveAsTextFile: (o) => rdd.saveAsTextFile('/nowhere/out', o),
    saveTo: (o) => rdd.saveTo(sink, o),
    show: (o) => rdd.show(1, o),
    sortBy: (o) => rdd.sortBy(String, o),
    sortByKey: (o) => rdd.sortByKey(o),
    stats: (o) => numbers.stats(o),
    stdev: (o) => numbers.stdev(o),
    subtract: (o) => rdd.subtract(rdd, o),
    subtractByKey: (o) => rdd.subtractByKey(rdd, o),
    sum: (o) => numbers.sum(o),
    sumApprox: (o) => numbers.sumApprox(1, 0.9, o),
    take: (o) => rdd.take(1, o),
    takeOrdered: (o) => rdd.takeOrdered(1, o),
    takeSample: (o) => rdd.takeSample(1, o),
    toArrow: (o) => rdd.toArrow(undefined, o),
    toLocalIterator: (o) => rdd.toLocalIterator(o).next(),
    toReadable: (o) => rdd.toReadable(o),
    top: (o) => rdd.top(1, o),
    topByKey: (o) => rdd.topByKey(1, o),
    treeAggregate: (o) => numbers.treeAggregate(0, add, add, o),
    treeReduce: (o) => numbers.treeReduce(add, o),
    variance: (o) => numbers.variance(o),
    zipPartitions: (o) => rdd.zipPartitions([rdd], (a) => a, o),
  },
  RDDBarrier: {
    mapPartitions: (o) => rdd.barrier().mapPartitions((rows) => rows, o),
    mapPartitionsWithIndex: (o) => rdd.barrier().mapPartitionsWithIndex((_, rows) => rows, o),
  },
  FiresteelContext: {
    addFile: (o) => sc.addFile('/nowhere', o),
    binaryFiles: (o) => sc.binaryFiles('/nowhere', o),
    binaryRecords: (o) => sc.binaryRecords('/nowhere', 1, o),
    fromArrow: (o) => sc.fromArrow(undefined as never, o),
    jsonLines: (o) => sc.jsonLines('/nowhere', o),
    objectFile: (o) => sc.objectFile('/nowhere', o),
    parallelize: (o) => sc.parallelize([1], o),
    range: (o) => sc.range(0, 1, 1, o),
    registerClass: (o) => sc.registerClass(class Point {}, o),
    textFile: (o) => sc.textFile('/nowhere', o),
    wholeTextFiles: (o) => sc.wholeTextFiles('/nowhere', o),
  },
};

/** The other methods: a new one belongs here, or above if it takes options. */
const withoutOptions: Record<string, readonly string[]> = {
  RDD: [
    ...['action', 'derive', 'plain', 'rowFunction', 'setName', 'getNumPartitions', 'toDebugString'],
    ...['toString', 'cache', 'persist', 'unpersist', 'getStorageLevel', 'checkpoint'],
    ...['localCheckpoint', 'isCheckpointed', 'getCheckpointFile', 'cleanShuffleDependencies'],
    ...['map', 'flatMap', 'filter', 'filterMap', 'keyBy', 'glom', 'chunk', 'sliding'],
    ...['zipWithIndex', 'repartition', 'zip', 'cartesian', 'zipWithUniqueId', 'barrier', 'union'],
    ...['keys', 'values', 'mapValues', 'flatMapValues', 'partitionBy'],
    ...['broadcastJoin', 'broadcastLeftOuterJoin'],
  ],
  RDDBarrier: [],
  FiresteelContext: [
    ...['toString', 'stop', 'assertRunning', 'callSite', 'decommissionExecutor', 'jobProperties'],
    ...['setLocalProperty', 'getLocalProperty', 'withLocalProperties', 'withJobGroup'],
    ...['withJobTags', 'getJobTags', 'setJobDescription', 'cancelJobGroup', 'cancelJobsWithTag'],
    ...['cancelJob', 'cancelStage', 'listFiles', 'broadcast', 'accumulator', 'bigintAccumulator'],
    ...['collectionAccumulator', 'register', 'getPersistentRDDs', 'getRDDStorageInfo'],
    ...['persistRDD', 'unpersistRDD', 'source', 'creation', 'emptyRDD', 'union'],
    ...['setCheckpointDir', 'getCheckpointDir', 'nodeOf', 'rddOf', 'newRdd'],
  ],
};

/** The names of the methods of a class and of those that it extends. */
function methodsOf(type: { prototype: object }): string[] {
  const names = new Set<string>();
  let layer: object = type.prototype;
  for (; layer !== Object.prototype; layer = Object.getPrototypeOf(layer) as object)
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(layer)))
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
  return [...names].sort();
}

/** What a call throws, or rejects with. */
async function refusal(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

describe.each([RDD, RDDBarrier, FiresteelContext])('the options of $name', (type) => {
  const calls = withOptions[type.name] ?? {};

  it('stand in this test for each method', () => {
    const named = [...Object.keys(calls), ...(withoutOptions[type.name] ?? [])];
    expect(named.sort()).toEqual(methodsOf(type));
  });

  it.each(Object.entries(calls))('%s refuses what is none', async (method, call) => {
    const refused = failure('INVALID_ARGUMENT', new RegExp(`^${method} (takes|has no option) `));
    for (const given of [{ noSuchOption: 1 }, { toString: 1 }, [], new Map()])
      expect(await refusal(() => call(given as never))).toEqual(refused);
    for (const given of ['yes', null])
      expect(await refusal(() => call(given as never))).toEqual(failure('INVALID_ARGUMENT'));
  });
});

describe('options that stand alone, as they may in Spark, are refused with how to write them', () => {
  const byKey = (a: number, b: number) => a - b;
  const custom = { numPartitions: 2, getPartition: () => 0 };
  const { RDD: on, FiresteelContext: context } = withOptions;

  it.each<[string, Call | undefined, unknown, string]>([
    ['sortByKey', on?.sortByKey, false, '{ ascending: false } instead of false'],
    ['sortBy', on?.sortBy, true, '{ ascending: true } instead of true'],
    ['top', on?.top, byKey, '{ compare: … } instead of a function'],
    ['takeOrdered', on?.takeOrdered, (x: number) => -x, '{ by: … } instead of a function'],
    ['max', on?.max, byKey, '{ compare: … } instead of a function'],
    ['coalesce', on?.coalesce, true, '{ shuffle: true } instead of true'],
    ['mapPartitions', on?.mapPartitions, true, '{ preservesPartitioning: true } instead of true'],
    ['treeReduce', on?.treeReduce, 3, '{ depth: 3 } instead of 3'],
    ['topByKey', on?.topByKey, 3, '{ numPartitions: 3 } instead of 3'],
    ['saveAsTextFile', on?.saveAsTextFile, 'gzip', '{ compression: "gzip" } instead of "gzip"'],
    ['collect', on?.collect, AbortSignal.abort(), '{ signal: … } instead of an AbortSignal'],
    ['reduceByKey', on?.reduceByKey, custom, '{ partitioner: … } instead of a partitioner'],
    ['join', on?.join, custom, '{ partitioner: … } instead of a partitioner'],
    ['pipe', on?.pipe, { SECRET: 'hidden' }, 'has no option "SECRET". It takes env, '],
    ['sample', on?.sample, true, '{ withReplacement: true } instead of true'],
    ['addFile', context?.addFile, true, '{ recursive: true } instead of true'],
  ])('%s', async (_method, call, given, advice) => {
    const error = (await refusal(() => call?.(given as never))) as Error;
    expect(error).toEqual(failure('INVALID_ARGUMENT'));
    expect(error.message).toContain(advice);
    expect(error.message).not.toContain('hidden');
  });
});

it('values of options must be of their kind', async () => {
  expect(() => rdd.sortByKey({ ascending: 'false' as never })).toThrow(
    'ascending of sortByKey must be true or false, but it is "false".',
  );
  expect(() => rdd.coalesce(1, { shuffle: 1 as never })).toThrow(failure('INVALID_ARGUMENT'));
  const aborting = new AbortController() as never;
  await expect(rdd.collect({ signal: aborting })).rejects.toThrow(
    'signal of collect must be an AbortSignal',
  );
  expect(() => rdd.pipe('cat', { env: process.env as never })).not.toThrow();
  expect(() => rdd.pipe('cat', { env: new Map([['A', 'hidden']]) as never })).toThrow(
    'env of pipe must be an object of values by name, but it is an object of class Map.',
  );
  await expect(rdd.saveAsTextFile('/nowhere', { mode: 'replace' as never })).rejects.toThrow(
    'mode of saveAsTextFile must be "error" or "overwrite" or "append", but it is "replace".',
  );
});

it('partitionBy refuses the function of Spark in Python', () => {
  const partitionBy = rdd.partitionBy.bind(rdd) as (...args: unknown[]) => unknown;
  expect(() => partitionBy(2, (key: number) => key)).toThrow(
    'must be an object { numPartitions, getPartition } instead of a number and a function',
  );
});

it('no argument of other habits is passed over in silence', () => {
  expect(() => numbers.sortBy(((a: number, b: number) => a - b) as never)).toThrow(
    'a function that gives the key of one row (a comparator of keys is the option compare)',
  );
  expect(() => sc.union([rdd] as never, rdd)).toThrow(failure('INVALID_ARGUMENT', /of union/));
});

it('a misspelt option is told from the one that was meant', () => {
  expect(() => rdd.sortByKey({ descending: true } as never)).toThrow(
    'sortByKey has no option "descending". Did you mean "ascending"? It takes ascending, numPartitions, compare.',
  );
  expect(() => rdd.pipe('cat', { encodig: 'utf8' } as never)).toThrow('Did you mean "encoding"?');
});

it('the order of arguments decides which options sampling takes', async () => {
  expect(() => rdd.sample(true, 0.5, { withReplacement: false } as never)).toThrow(
    'sample has no option "withReplacement"',
  );
  const { signal } = new AbortController();
  expect(await rdd.takeSample(false, 0, { seed: 1, signal })).toEqual([]);
});
