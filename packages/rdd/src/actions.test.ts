import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure, makeContext } from './testing/make-context.js';

const { sc, engine } = makeContext();
const none = sc.parallelize<number>([], 3);
const rowsInParts = fc.tuple(
  fc.array(fc.integer({ min: -20, max: 20 })),
  fc.integer({ min: 1, max: 6 }),
);

describe('actions that merge on the driver mean what arrays mean', () => {
  const holds = (check: (rows: number[], n: number) => Promise<void>) => () =>
    fc.assert(fc.asyncProperty(rowsInParts, ([rows, n]) => check(rows, n)));

  it(
    'collect, count and sum',
    holds(async (rows, n) => {
      const rdd = sc.parallelize(rows, n);
      expect(await rdd.collect()).toEqual(rows);
      expect(await rdd.count()).toBe(rows.length);
      expect(await rdd.sum()).toBe(rows.reduce((a, b) => a + b, 0));
    }),
  );

  it(
    'take',
    holds(async (rows, n) => {
      const rdd = sc.parallelize(rows, n);
      for (const limit of [-1, 0, 1, 3, 100])
        expect(await rdd.take(limit)).toEqual(rows.slice(0, Math.max(limit, 0)));
    }),
  );

  it(
    'fold and aggregate, in the order of partitions',
    holds(async (rows, n) => {
      const rdd = sc.parallelize(rows, n);
      const list = await rdd.aggregate(
        [] as number[],
        (all, x) => {
          all.push(x);
          return all;
        },
        (a, b) => [...a, ...b],
      );
      expect(list).toEqual(rows);
      expect(await rdd.map(String).fold('', (a, b) => a + b)).toBe(rows.join(''));
    }),
  );

  it(
    'top and takeOrdered, ties in the order of the RDD',
    holds(async (rows, n) => {
      const tagged = rows.map((x, i) => ({ x: Math.abs(x) % 4, i }));
      const rdd = sc.parallelize(tagged, n);
      const by = (row: { x: number }) => row.x;
      expect(await rdd.top(5, { by })).toEqual(tagged.toSorted((a, b) => b.x - a.x).slice(0, 5));
      expect(await rdd.takeOrdered(5, { by })).toEqual(
        tagged.toSorted((a, b) => a.x - b.x).slice(0, 5),
      );
    }),
  );

  it(
    'reduce, max and min',
    holds(async (rows, n) => {
      const rdd = sc.parallelize(rows, n);
      if (rows.length === 0) return;
      expect(await rdd.max()).toBe(Math.max(...rows));
      expect(await rdd.min()).toBe(Math.min(...rows));
      expect(await rdd.map(String).reduce((a, b) => `${a},${b}`)).toBe(rows.join(','));
    }),
  );

  it(
    'iteration and countByValue',
    holds(async (rows, n) => {
      const rdd = sc.parallelize(rows, n);
      const seen: number[] = [];
      for await (const row of rdd) seen.push(row);
      expect(seen).toEqual(rows);
      const counts = await rdd.countByValue();
      for (const row of rows) expect(counts.get(row)).toBe(rows.filter((x) => x === row).length);
      expect(counts.size).toBe(new Set(rows).size);
    }),
  );
});

describe('fold', () => {
  it('uses its zero once for each partition and once more', async () => {
    expect(await sc.parallelize([1, 2, 3], 4).fold(10, (a, b) => a + b)).toBe(56);
  });

  it('gives its zero for no rows', async () => {
    expect(await sc.emptyRDD<number>().fold(7, (a, b) => a + b)).toBe(7);
  });

  it('keeps its zero as it was', async () => {
    const zero = { list: [] as number[] };
    const add = (a: typeof zero, x: number) => {
      a.list.push(x);
      return a;
    };
    const join = (a: typeof zero, b: typeof zero) => {
      a.list.push(...b.list);
      return a;
    };
    const rdd = sc.parallelize([1, 2, 3], 2);
    expect(await rdd.aggregate(zero, add, join)).toEqual({ list: [1, 2, 3] });
    expect(await rdd.aggregate(zero, add, join)).toEqual({ list: [1, 2, 3] });
    expect(zero.list).toEqual([]);
  });

  it('takes a factory for what cannot be cloned', async () => {
    class Total {
      n = 0;
      add(x: number): this {
        this.n += x;
        return this;
      }
    }
    const rdd = sc.parallelize([1, 2, 3], 2);
    const total = await rdd.aggregate(
      () => new Total(),
      (t, x) => t.add(x),
      (a, b) => a.add(b.n),
    );
    expect(total.n).toBe(6);
    await expect(
      rdd.aggregate(
        new Total(),
        (t) => t,
        (t) => t,
      ),
    ).rejects.toEqual(failure('INVALID_ARGUMENT', /\(\) => new State/));
    await expect(rdd.fold(0, (async () => 1) as () => never)).rejects.toEqual(
      failure('ASYNC_FUNCTION'),
    );
  });
});

describe('an empty RDD', () => {
  it.each<[string, () => PromiseLike<unknown>]>([
    ['reduce', () => none.reduce((a, b) => a + b)],
    ['first', () => none.first()],
    ['max', () => none.max()],
    ['min', () => sc.emptyRDD<number>().min()],
    ['first of no partitions', () => sc.emptyRDD().first()],
  ])('has no %s', async (_name, run) => {
    await expect(run()).rejects.toEqual(failure('EMPTY_COLLECTION'));
  });

  it('has everything else', async () => {
    expect(await none.isEmpty()).toBe(true);
    expect(await sc.emptyRDD().isEmpty()).toBe(true);
    expect(await none.collect()).toEqual([]);
    expect(await none.count()).toBe(0);
    expect(await none.sum()).toBe(0);
    expect(await none.top(3)).toEqual([]);
    expect(await none.takeOrdered(3)).toEqual([]);
    expect(await none.take(3)).toEqual([]);
    expect(await sc.emptyRDD().getNumPartitions()).toBe(0);
  });

  it('of one row is not empty', async () => {
    expect(await sc.parallelize([undefined], 3).isEmpty()).toBe(false);
  });
});

describe('actions on pairs', () => {
  const pairs = sc.parallelize<[unknown, number]>(
    [
      [['x', 1], 1],
      ['b', 2],
      [['x', 1], 3],
      [Number.NaN, 4],
    ],
    2,
  );

  it('lookup finds keys by value', async () => {
    expect(await pairs.lookup(['x', 1])).toEqual([1, 3]);
    expect(await pairs.lookup(Number.NaN)).toEqual([4]);
    expect(await pairs.lookup('nowhere')).toEqual([]);
  });

  it('lookup reads one partition where that is enough', async () => {
    const parts = pairs.partitionBy(4);
    expect(await parts.lookup('b')).toEqual([2]);
    expect(engine.requests.at(-1)?.partitions).toHaveLength(1);
    await pairs.lookup('b');
    expect(engine.requests.at(-1)?.partitions).toBeUndefined();
  });

  it('collectAsMap keeps the last pair of a key', async () => {
    const map = await pairs.collectAsMap();
    expect(map.get(['x', 1])).toBe(3);
    expect(map.size).toBe(3);
  });

  it('collectAsMap refuses other rows', async () => {
    const rows = sc.parallelize([1]) as never as typeof pairs;
    await expect(rows.collectAsMap()).rejects.toEqual(failure('NOT_A_PAIR', /met 1/));
  });

  it('countByKey counts', async () => {
    const counts = await pairs.countByKey();
    expect([...counts].map(([key, n]) => [JSON.stringify(key), n]).sort()).toEqual([
      ['"b"', 1],
      ['["x",1]', 2],
      ['null', 1],
    ]);
  });
});

describe('actions with side effects', () => {
  it('forEach sees each row, forEachPartition each partition', async () => {
    const rdd = sc.parallelize([1, 2, 3], 4);
    const rows: number[] = [];
    await rdd.forEach((x) => {
      rows.push(x);
    });
    expect(rows.sort()).toEqual([1, 2, 3]);
    let partitions = 0;
    await rdd.forEachPartition(async () => {
      partitions += 1;
    });
    expect(partitions).toBe(4);
    await expect(rdd.forEach(async () => {})).rejects.toEqual(
      failure('ASYNC_FUNCTION', /forEachPartition/),
    );
  });

  it('saveAsTextFile names the directory absolutely', async () => {
    await sc.parallelize(['x']).saveAsTextFile('out', { compression: 'gzip' });
    expect(engine.requests.at(-1)?.action).toEqual({
      kind: 'save',
      output: {
        path: `${process.cwd()}/out`,
        id: expect.any(String),
        mode: 'error',
        format: 'text',
        compression: 'gzip',
      },
    });
    await expect(sc.parallelize(['x']).saveAsTextFile(' ')).rejects.toEqual(
      failure('INVALID_ARGUMENT'),
    );
    await expect(
      sc.parallelize(['x']).saveAsTextFile('x', { compression: 'zip' as never }),
    ).rejects.toEqual(failure('INVALID_ARGUMENT', /gzip/));
  });
});

describe('how much is run', () => {
  it('take looks into one partition, then into four times as many', async () => {
    const { sc, engine } = makeContext();
    const rdd = sc.parallelize(
      Array.from({ length: 100 }, (_, i) => i),
      100,
    );
    expect(await rdd.filter((x) => x >= 30).take(1)).toEqual([30]);
    expect(engine.requests.map((job) => job.partitions?.length)).toEqual([1, 4, 20, 75]);
  });

  it('toLocalIterator runs one job for each partition that it comes to', async () => {
    const { sc, engine } = makeContext();
    const rows = sc.range(0, 10, 1, 5).toLocalIterator();
    expect(engine.requests).toHaveLength(0);
    for (const expected of [0, 1, 2]) expect((await rows.next()).value).toBe(expected);
    expect(engine.requests.map((job) => job.partitions)).toEqual([[0], [1]]);
    await rows.return?.();
    expect(await rows.next()).toEqual({ done: true, value: undefined });
  });

  it('nothing, where nothing is asked for', async () => {
    const { sc, engine } = makeContext();
    await sc.range(5).take(0);
    await sc.range(5).top(0);
    expect(engine.requests).toHaveLength(0);
  });

  it.each([1.5, Number.NaN, '3' as never])('no limit of %s', async (limit) => {
    await expect(sc.range(5).take(limit)).rejects.toEqual(failure('INVALID_ARGUMENT'));
    await expect(sc.range(5).top(limit)).rejects.toEqual(failure('INVALID_ARGUMENT'));
  });

  it('no negative limit in an order', async () => {
    await expect(sc.range(5).takeOrdered(-1)).rejects.toEqual(failure('INVALID_ARGUMENT'));
  });
});
