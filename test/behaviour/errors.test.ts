import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { FiresteelContext, FiresteelError, HashPartitioner, type RDD } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { masters, onEveryMaster } from './backends.js';
import { EventLog } from './events.js';
import { codesOf, expectNoUnhandledRejections, failure, rejection } from './rejection.js';

expectNoUnhandledRejections();

class PaymentError extends TypeError {
  readonly account: string;
  readonly details: { readonly amounts: number[] };

  constructor(account: string, amounts: number[]) {
    super(`account ${account} cannot pay`, { cause: new RangeError('too much') });
    this.name = 'PaymentError';
    this.account = account;
    this.details = { amounts };
  }
}

const source = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n');

/** The number of the line of this file that ends in a comment. */
const lineWith = (comment: string) =>
  source.findIndex((line) => line.endsWith(`// ${comment}`)) + 1;

/** The first line of this file that is named in the stack of an error. */
function lineOf(error: Error): number {
  return Number(/errors\.test\.ts:(\d+)/.exec(error.stack ?? '')?.[1]);
}

class Opaque {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

onEveryMaster('errors of user code', (sc) => {
  it('come back with class name, message, own fields and cause', async () => {
    const rdd = sc()
      .range(0, 5000, 1, 3)
      .map((x) => {
        if (x === 2500) throw new PaymentError('a-1', [x, 7]);
        return x;
      });
    const actions = [rdd.collect(), rdd.count(), rdd.forEach(() => {}), rdd.distinct().count()];
    for (const error of await Promise.all(actions.map(rejection))) {
      expect(error).toMatchObject({
        name: 'PaymentError',
        message: 'account a-1 cannot pay',
        account: 'a-1',
        details: { amounts: [2500, 7] },
      });
      expect(error.cause).toBeInstanceOf(RangeError);
      expect(FiresteelError.is(error)).toBe(false);
      expect(error).toHaveProperty('firesteel.partition', 1);
    }
  });

  it('point at the line of the test that threw', async () => {
    const inMap = sc()
      .range(10)
      .map((x): number => {
        if (x === 5) throw new Error('here'); // thrown by hand
        return x;
      });
    expect(lineOf(await rejection(inMap.collect()))).toBe(lineWith('thrown by hand'));

    const inFilter = sc()
      .parallelize([{ a: 'x' }, {} as { a: string }])
      .map((row) => ({ ...row }))
      .filter((row) => {
        return row.a.length > 0; // thrown by the language
      });
    const error = await rejection(inFilter.count());
    expect(error).toBeInstanceOf(TypeError);
    expect(lineOf(error)).toBe(lineWith('thrown by the language'));
  });

  it('are the same from every kind of function', async () => {
    const boom = (): never => {
      throw new PaymentError('b', []);
    };
    const rdd = sc().range(0, 100, 1, 3);
    const pairs = rdd.keyBy((x) => x % 3);
    const actions: PromiseLike<unknown>[] = [
      rdd.flatMap(boom).collect(),
      rdd.filterMap(boom).collect(),
      rdd.mapAsync(async () => boom()).collect(),
      rdd.mapPartitions(boom).collect(),
      rdd
        .mapPartitions(function* (rows) {
          for (const row of rows) yield row === 50 ? boom() : row;
        })
        .collect(),
      rdd
        .mapPartitions(async function* (rows) {
          for (const row of rows) yield row === 50 ? boom() : row;
        })
        .collect(),
      rdd.keyBy(boom).collect(),
      rdd.sortBy(boom).collect(),
      rdd.sortBy((x) => x, { compare: boom }).collect(),
      rdd.groupBy(boom).collect(),
      pairs.mapValues(boom).collect(),
      pairs.flatMapValues(boom).collect(),
      pairs.reduceByKey(boom).collect(),
      pairs.aggregateByKey<number, number, number>(0, boom, boom).collect(),
      pairs.aggregateByKey<number, number, number>(boom, boom, boom).collect(),
      pairs.partitionBy({ numPartitions: 2, getPartition: boom }).collect(),
      rdd.reduce(boom),
      rdd.fold(0, boom),
      rdd.aggregate<number>(0, boom, (a) => a),
      rdd.aggregate<number>(0, (a) => a, boom),
      rdd.top(3, { by: boom }),
      rdd.max({ compare: boom }),
      rdd.forEach(boom),
      rdd.forEachPartition(boom),
      rdd.forEachPartition(async () => boom()),
    ];
    const names = await Promise.all(actions.map(async (action) => (await rejection(action)).name));
    expect(names).toEqual(actions.map(() => 'PaymentError'));
  });

  it('may be values that are no errors', async () => {
    const values = [
      ['a text', '"a text"'],
      [null, 'null'],
      [undefined, 'undefined'],
      [{ code: 7 }, '{"code":7}'],
    ] as const;
    for (const [thrown, shown] of values) {
      const rdd = sc()
        .range(1)
        .map(() => {
          throw thrown;
        });
      expect((await rejection(rdd.collect())).message).toContain(shown);
    }
  });

  it('leave the context usable', async () => {
    const failing = sc()
      .range(10)
      .map((x) => (x as unknown as string).trim());
    await rejection(failing.collect());
    expect(await sc().range(10).sum()).toBe(45);
  });
});

onEveryMaster('errors of data', (sc) => {
  const notPairs = () => sc().parallelize([[1, 2], 'not a pair', [3]]) as RDD<never>;

  it('pair methods reject rows that are no pairs with NOT_A_PAIR', async () => {
    const rdd = notPairs() as unknown as RDD<[number, number]>;
    const actions: PromiseLike<unknown>[] = [
      rdd.keys().collect(),
      rdd.values().collect(),
      rdd.mapValues((v) => v).collect(),
      rdd.flatMapValues((v) => [v]).collect(),
      rdd.partitionBy(2).collect(),
      rdd.reduceByKey((a) => a).collect(),
      rdd.foldByKey(0, (a) => a).collect(),
      rdd.groupByKey().collect(),
      rdd.sortByKey().collect(),
      rdd.cogroup(rdd).collect(),
      rdd.join(rdd).collect(),
      rdd.countByKey(),
      rdd.collectAsMap(),
      rdd.lookup(1),
    ];
    expect(await codesOf(actions)).toEqual(actions.map(() => 'NOT_A_PAIR'));
    const error = await failure(rdd.groupByKey().collect());
    expect(error.message).toMatch(/"not a pair"|\[3\]/);
  });

  it('sum rejects rows that are no numbers with NOT_A_NUMBER', async () => {
    for (const row of ['1', 1n, null, undefined, {}]) {
      const rdd = sc().parallelize<unknown>([1, row], 2) as RDD<number>;
      expect((await failure(rdd.sum())).code).toBe('NOT_A_NUMBER');
    }
  });

  it('keys without equality are rejected with UNSUPPORTED_KEY', async () => {
    const instances = sc()
      .range(0, 4, 1, 2)
      .map((x) => [new Opaque(x), x] as const);
    const functions = sc()
      .range(0, 4, 1, 2)
      .keyBy(() => () => 1);
    const symbols = sc()
      .range(0, 4, 1, 2)
      .keyBy(() => Symbol('s'));
    const actions: PromiseLike<unknown>[] = [
      instances.reduceByKey((a) => a).collect(),
      instances.groupByKey().collect(),
      instances.partitionBy(2).collect(),
      instances.countByKey(),
      functions.groupByKey().collect(),
      functions.reduceByKey((a) => a).collect(),
      symbols.reduceByKey((a) => a).collect(),
      sc()
        .range(3)
        .map(() => Symbol('s'))
        .distinct()
        .collect(),
      sc()
        .range(3)
        .keyBy(() => [1, { f: () => 1 }])
        .groupByKey()
        .collect(),
    ];
    expect(await codesOf(actions)).toEqual(actions.map(() => 'UNSUPPORTED_KEY'));
  });

  it('a partitioner that gives a partition that does not exist is rejected', async () => {
    for (const partition of [2, -1, 0.5, Number.NaN]) {
      const pairs = sc()
        .range(0, 4, 1, 2)
        .keyBy((x) => x);
      const broken = pairs.partitionBy({ numPartitions: 2, getPartition: () => partition });
      expect((await failure(broken.collect())).code).toBe('INVALID_ARGUMENT');
    }
  });

  it('actions that need a row reject with EMPTY_COLLECTION', async () => {
    for (const none of [
      sc().emptyRDD<number>(),
      sc()
        .range(0, 9, 1, 3)
        .filter(() => false),
    ]) {
      expect(
        await codesOf([
          none.reduce((a) => a),
          none.first(),
          none.max(),
          none.min({ by: (x) => -x }),
        ]),
      ).toEqual(Array(4).fill('EMPTY_COLLECTION'));
    }
  });

  it('are not tried again', async () => {
    using log = new EventLog(sc());
    await failure((sc().parallelize(['x'], 1) as unknown as RDD<number>).sum());
    const [stage] = log.of('stageSubmitted');
    const ends = log.of('taskEnd').filter(({ stageId }) => stageId === stage?.stageId);
    expect(ends.map(({ outcome }) => outcome)).toEqual(['exception']);
  });
});

onEveryMaster('functions that cannot travel', (sc) => {
  it('are refused with label and path before any task starts', async () => {
    const server = createServer();
    const options = { log: { target: server } };
    using log = new EventLog(sc());
    const rdd = sc().range(0, 10, 1, 2);
    const error = await failure(rdd.map((x) => (options.log.target.listening ? x : -x)).collect());
    expect(error.code).toBe('CLOSURE_NOT_SERIALIZABLE');
    expect(error.message).toMatch(/map/);
    expect(error.message).toMatch(/errors\.test\.ts:\d+/);
    expect(error.message).toMatch(/options.*log.*target/s);
    const inSort = rdd.sortBy((x) => (options.log.target.listening ? x : -x));
    expect((await failure(inSort.collect())).code).toBe('CLOSURE_NOT_SERIALIZABLE');
    const promise = Promise.resolve(1);
    expect((await failure(rdd.filter(() => promise).count())).code).toBe(
      'CLOSURE_NOT_SERIALIZABLE',
    );
    expect(log.of('taskStart')).toEqual([]);
  });

  it('an RDD or a context in a function is refused with RDD_IN_TASK', async () => {
    using log = new EventLog(sc());
    const rdd = sc().range(0, 10, 1, 2);
    const other = sc().range(3);
    const context = sc();
    const inner = await failure(rdd.map((x) => [x, other.count()]).collect());
    expect(inner.code).toBe('RDD_IN_TASK');
    expect(inner.message).toContain('other');
    const stopping = await failure(rdd.forEach(() => void context.stop()));
    expect(stopping.code).toBe('RDD_IN_TASK');
    expect(log.of('taskStart')).toEqual([]);
  });
});

onEveryMaster('calls that are wrong', (sc) => {
  const thrown = (code: string) => expect.objectContaining({ code });

  it('async functions for synchronous operators throw ASYNC_FUNCTION at once', async () => {
    const rdd = sc().range(3);
    const pairs = rdd.keyBy((x) => x);
    const wait = (async (x: number) => x) as unknown as (...args: unknown[]) => never;
    const definitions: (() => unknown)[] = [
      () => rdd.map(wait),
      () => rdd.filter(wait),
      () => rdd.flatMap(wait),
      () => rdd.filterMap(wait),
      () => rdd.keyBy(wait),
      () => rdd.sortBy(wait),
      () => rdd.groupBy(wait),
      () => pairs.mapValues(wait),
      () => pairs.reduceByKey(wait),
      () => pairs.foldByKey(0, wait),
    ];
    for (const define of definitions) expect(define).toThrowError(thrown('ASYNC_FUNCTION'));
    const actions = [
      rdd.reduce(wait),
      rdd.fold(0, wait),
      rdd.forEach(wait),
      rdd.top(1, { by: wait }),
    ];
    expect(await codesOf(actions)).toEqual(actions.map(() => 'ASYNC_FUNCTION'));
    expect((await failure(rdd.reduce(wait))).message).toContain('reduce');
  });

  it('arguments out of their domain are INVALID_ARGUMENT', async () => {
    const rdd = sc().range(3);
    const pairs = rdd.keyBy((x) => x);
    const nothing = undefined as never;
    const definitions: (() => unknown)[] = [
      () => sc().parallelize(7 as never),
      () => sc().parallelize([1], 0),
      () => sc().parallelize([1], { numPartitions: 1.5 }),
      () => sc().range(0, 1, 0),
      () => sc().range(0.5),
      () => sc().range(0n, 1 as never),
      () => sc().union([7 as never]),
      () => rdd.map(nothing),
      () => rdd.filter('x' as never),
      () => rdd.mapAsync((x) => x, { concurrency: 0 }),
      () => rdd.coalesce(0),
      () => rdd.repartition(-1),
      () => rdd.repartition(nothing),
      () => rdd.distinct(0),
      () => rdd.sortBy((x) => x, { numPartitions: 0 }),
      () => pairs.partitionBy(nothing),
      () => pairs.partitionBy(0),
      () => pairs.partitionBy({ numPartitions: 2 } as never),
      () => pairs.reduceByKey((a) => a, 0),
      () => pairs.combineByKey(nothing),
      () => pairs.combineByKey({ create: (v: number) => v } as never),
      () => pairs.join('x' as never),
      () => new HashPartitioner(-1),
    ];
    for (const define of definitions) expect(define).toThrowError(thrown('INVALID_ARGUMENT'));
    expect((await failure(FiresteelContext.create({ config: {} } as object))).message).toBe(
      'FiresteelContext.create has no option "config". Did you mean "conf"? It takes master, appName, conf.',
    );
    const actions: PromiseLike<unknown>[] = [
      rdd.take(1.5),
      rdd.take(nothing),
      rdd.top(-1),
      rdd.takeOrdered(nothing),
      rdd.reduce(nothing),
      rdd.forEach(nothing),
      rdd.forEachPartition(7 as never),
    ];
    expect(await codesOf(actions)).toEqual(actions.map(() => 'INVALID_ARGUMENT'));
  });

  it('RDDs of different contexts do not mix', async () => {
    await using other = await FiresteelContext.create({ master: 'local[1]' });
    const foreign = other.range(3);
    expect(() => sc().range(3).union(foreign)).toThrowError(thrown('INVALID_ARGUMENT'));
    expect(() =>
      sc()
        .range(3)
        .keyBy((x) => x)
        .join(foreign.keyBy((x) => x)),
    ).toThrowError(thrown('INVALID_ARGUMENT'));
  });
});

describe('a context that was stopped', () => {
  it.each(masters)('refuses further work with CONTEXT_STOPPED on %s', async (master) => {
    const sc = await FiresteelContext.create({ master });
    const rdd = sc.range(10);
    const pairs = rdd.keyBy((x) => x % 2);
    expect(await rdd.count()).toBe(10);
    await sc.stop();
    await sc.stop();
    expect(sc.isStopped).toBe(true);
    const actions: PromiseLike<unknown>[] = [
      rdd.collect(),
      rdd.count(),
      rdd.take(1),
      rdd.first(),
      rdd.reduce((a) => a),
      rdd.saveAsTextFile('never-written'),
      pairs.lookup(1),
      rdd.getNumPartitions(),
      rdd.toDebugString(),
      rdd.toLocalIterator().next(),
    ];
    expect(await codesOf(actions)).toEqual(actions.map(() => 'CONTEXT_STOPPED'));
    for (const create of [
      () => sc.range(3),
      () => sc.parallelize([1]),
      () => sc.textFile('x'),
      () => sc.emptyRDD(),
      () => rdd.cache(),
    ])
      expect((await failure(create)).code).toBe('CONTEXT_STOPPED');
  });
});

describe('creating a context', () => {
  it.each([
    [{ master: 'local[0]' }, 'INVALID_MASTER'],
    [{ master: 'lokal' }, 'INVALID_MASTER'],
    [{ conf: { 'executor.memry': '1g' } }, 'UNKNOWN_CONFIG_KEY'],
    [{ conf: { 'executor.memory': 'much' } }, 'INVALID_CONFIG_VALUE'],
    [{ conf: { 'executor.memory': '1m' } }, 'INVALID_CONFIG_VALUE'],
    [{ master: 'local[2]', conf: { 'executor.memory': '128m' } }, 'INVALID_CONFIG_VALUE'],
    [{ master: 'local-cluster[1,2,160]' }, 'INVALID_CONFIG_VALUE'],
    [{ conf: { 'spark.task.maxFailures': '0' } }, 'INVALID_CONFIG_VALUE'],
  ])('%o is refused with %s', async (options, code) => {
    expect((await failure(FiresteelContext.create(options))).code).toBe(code);
  });
});
