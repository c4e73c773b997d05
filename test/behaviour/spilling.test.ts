import { existsSync, readdirSync } from 'node:fs';
import { FiresteelContext, type RDD } from 'firesteel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections, failure } from './rejection.js';
import { Scratch } from './scratch.js';

expectNoUnhandledRejections();

const scratch = new Scratch();

/** Rows that take some megabytes, many of them with keys of their own, of every kind. */
const ROWS = 24_000;
const keyKinds: Record<string, (x: number) => unknown> = {
  numbers: (x) => x * 1.5,
  'short strings': (x) => `k${x}`,
  'long strings': (x) => `a key that is longer than a packed one, number ${x}`,
  tuples: (x) => [x % 7, `t${x}`],
  'mixed kinds': (x) => (x % 3 === 0 ? x : x % 3 === 1 ? `m${x}` : [x]),
};

/** The order of these keys: numbers, then strings, then arrays by their items. */
function compareKeys(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b))
    return compareKeys(a[0], b[0]) || compareKeys(a[1], b[1]);
  const rank = (key: unknown) => ['number', 'string', 'object'].indexOf(typeof key);
  const [x, y] = [a as string, b as string];
  return rank(a) - rank(b) || (x < y ? -1 : x > y ? 1 : 0);
}

function rowsOf(
  sc: FiresteelContext,
  kind: string,
  distinct: number,
): RDD<readonly [unknown, number]> {
  const keyOf = keyKinds[kind] as (x: number) => unknown;
  return sc.range(0, ROWS, 1, 4).map((x) => [keyOf((x * 7919) % distinct), x] as const);
}

function expectedGroups(kind: string, distinct: number): Map<string, number[]> {
  const keyOf = keyKinds[kind] as (x: number) => unknown;
  const groups = new Map<string, number[]>();
  for (let x = 0; x < ROWS; x++) {
    const key = JSON.stringify(keyOf((x * 7919) % distinct));
    const values = groups.get(key);
    if (values === undefined) groups.set(key, [x]);
    else values.push(x);
  }
  return groups;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Compares by key, and fails with few words. */
function expectSame<V>(
  found: readonly (readonly [unknown, V])[],
  expected: ReadonlyMap<string, V>,
): void {
  expect(found.length).toBe(expected.size);
  const wrong = found.filter(
    ([key, value]) => JSON.stringify(expected.get(JSON.stringify(key))) !== JSON.stringify(value),
  );
  expect(wrong.slice(0, 3)).toEqual([]);
}

function mapped<V, W>(map: ReadonlyMap<string, V>, fn: (value: V) => W): Map<string, W> {
  return new Map([...map].map(([key, value]) => [key, fn(value)]));
}

/**
 * Budgets of 0.77 MB for two threads and of 0.5 MB for one. Everything below has to spill, also when
 * one thread has all of that because the other one has nothing to do.
 */
const masters = [
  {
    master: 'local[2]',
    memory: { 'executor.memory': '64m', 'memory.reserved': 0, 'memory.fraction': 0.012 },
    kinds: ['numbers', 'short strings', 'long strings', 'mixed kinds'],
  },
  {
    master: 'local-cluster[2,1,256]',
    memory: { 'memory.fraction': 0.002 },
    kinds: ['tuples'],
  },
];

describe.each(masters)('with little memory on $master', ({ master, memory, kinds }) => {
  let context: FiresteelContext | undefined;
  const localDir = scratch.fresh('local');
  const sc = () => context as FiresteelContext;
  beforeAll(async () => {
    context = await FiresteelContext.create({
      master,
      conf: { ...memory, 'local.dir': localDir },
    });
  });
  afterAll(async () => {
    await context?.stop();
    expect(existsSync(localDir) ? readdirSync(localDir) : []).toEqual([]);
  });

  /** What an action gives, after a look at whether all stages have spilled that read a shuffle. */
  async function spilling<T>(action: () => Promise<T>, isCertain = true): Promise<T> {
    using log = new EventLog(sc());
    const result = await action();
    const readers = log.of('stageCompleted').filter(({ metrics }) => metrics.shuffleRowsRead > 0);
    const spilled = readers.map(({ name, metrics }) => [name, metrics.diskBytesSpilled]);
    expect(spilled).not.toEqual([]);
    if (isCertain) expect(spilled.filter(([, bytes]) => bytes === 0)).toEqual([]);
    return result;
  }

  describe.each(kinds)('keys that are %s', (kind) => {
    it('are combined by reduceByKey', async () => {
      const expected = mapped(expectedGroups(kind, 18_000), sum);
      const found = await spilling(() =>
        rowsOf(sc(), kind, 18_000)
          .reduceByKey((a, b) => a + b, 1)
          .collect(),
      );
      expectSame(found, expected);
    });

    it('are grouped with their values in order', async () => {
      const found = await spilling(() =>
        rowsOf(sc(), kind, 500)
          .mapValues((x) => `value ${x}`)
          .groupByKey(1)
          .collect(),
      );
      const expected = mapped(expectedGroups(kind, 500), (xs) => xs.map((x) => `value ${x}`));
      expectSame(found, expected);
    });

    it('are subtracted', async () => {
      const found = await spilling(() =>
        rowsOf(sc(), kind, 24_000)
          .subtractByKey(rowsOf(sc(), kind, 18_000), 1)
          .collect(),
      );
      const subtracted = expectedGroups(kind, 18_000);
      const rest = [...expectedGroups(kind, 24_000)].filter(([key]) => !subtracted.has(key));
      expectSame(
        found.map(([key, value]) => [`${JSON.stringify(key)} ${value}`, 0] as const),
        new Map(
          rest.flatMap(([key, values]) =>
            values.map((value) => [JSON.stringify(`${key} ${value}`), 0] as const),
          ),
        ),
      );
    });

    it('are sorted', async () => {
      const found = await spilling(() =>
        rowsOf(sc(), kind, 18_000).sortByKey({ ascending: false, numPartitions: 2 }).collect(),
      );
      const unsorted = await rowsOf(sc(), kind, 18_000).collect();
      const sorted = [...unsorted].sort(([a], [b]) => compareKeys(b, a));
      expect(found.length).toBe(sorted.length);
      const wrong = found.filter((row, i) => JSON.stringify(row) !== JSON.stringify(sorted[i]));
      expect(wrong.slice(0, 3)).toEqual([]);
    });

    it('are made distinct', async () => {
      const found = await spilling(
        () => rowsOf(sc(), kind, 18_000).keys().distinct(1).collect(),
        // Numbers are so compact that tables which are too large are rewritten in memory.
        kind !== 'numbers',
      );
      expectSame(
        found.map((key) => [key, 0] as const),
        mapped(expectedGroups(kind, 18_000), () => 0),
      );
    });

    it('are joined', async () => {
      const left = rowsOf(sc(), kind, 10_000);
      const right = rowsOf(sc(), kind, 18_000).mapValues((x) => `right ${x}`);
      const found = await spilling(() =>
        left
          .leftOuterJoin(right, 3)
          .map(([key, [a, b]]) => [key, [a, b]] as const)
          .groupByKey(1)
          .mapValues((pairs) => pairs.map(String).sort())
          .collect(),
      );
      const rights = expectedGroups(kind, 18_000);
      const expected = new Map(
        [...expectedGroups(kind, 10_000)].map(([key, lefts]) => [
          key,
          lefts
            .flatMap((a) =>
              (rights.get(key) ?? [undefined]).map(
                (b) => `${a},${b === undefined ? '' : `right ${b}`}`,
              ),
            )
            .sort(),
        ]),
      );
      expectSame(found, expected);
    });
  });

  describe('a key with most of the values', () => {
    const HOT_ROWS = 20_000;
    /** They take more than the whole budget, so that one thread cannot hold them while the other has nothing. */
    const PADDING = '.'.repeat(80);
    const hot = () =>
      sc()
        .range(0, HOT_ROWS, 1, 4)
        .map((x) => [x % 20 === 0 ? `key ${x}` : 'hot', `value ${x} ${'.'.repeat(80)}`] as const);

    it('is joined in parts', async () => {
      const few = sc().parallelize([
        ['hot', 1],
        ['hot', 2],
        ['key 40', 3],
      ] as const);
      const count = await spilling(() => hot().fullOuterJoin(few, 2).count());
      expect(count).toBe(2 * HOT_ROWS * 0.95 + HOT_ROWS / 20);
    });

    it('is combined in the room of one row', async () => {
      const longest = await hot()
        .reduceByKey((a, b) => (a.length >= b.length ? a : b), 2)
        .collectAsMap();
      expect(longest.get('hot')).toBe(`value 10001 ${PADDING}`);
      expect(longest.size).toBe(HOT_ROWS / 20 + 1);
    });

    it('is grouped into an array that is read from disk', async () => {
      const sizes = await spilling(() =>
        hot()
          .groupByKey(2)
          .mapValues((values) => {
            let characters = 0;
            for (const value of values) characters += value.length;
            const last = values.at(-1)?.split(' ')[1];
            return [values.length, characters, values[1]?.split(' ')[1], last] as const;
          })
          .filter(([key]) => key === 'hot' || key === 'key 40')
          .collectAsMap(),
      );
      const all = Array.from({ length: HOT_ROWS }, (_, x) => x).filter((x) => x % 20 !== 0);
      const characters = all.reduce((sum, x) => sum + `value ${x} ${PADDING}`.length, 0);
      const [count, sum, , last] = sizes.get('hot') ?? [];
      expect([count, sum]).toEqual([all.length, characters]);
      expect(Number(last) % 20).not.toBe(0);
      expect(sizes.get('key 40')).toEqual([1, `value 40 ${PADDING}`.length, undefined, '40']);
    });

    it('is cogrouped so, and asynchronous functions may read it', async () => {
      const few = sc().parallelize([['hot', 1]] as const);
      const counted = hot()
        .cogroup(few)
        .mapAsync(async ([key, [values, others]]) => {
          await null;
          return [key, values.filter((value) => value.length > 0).length, others.length] as const;
        });
      const hottest = (await counted.filter(([key]) => key === 'hot').collect())[0];
      expect(hottest).toEqual(['hot', HOT_ROWS * 0.95, 1]);
    });

    it('is grouped so where it lies in the right partition already', async () => {
      const sizes = await spilling(() =>
        hot()
          .partitionBy(2)
          .groupByKey()
          .mapValues((values) => values.filter((value) => value.endsWith('.')).length)
          .collectAsMap(),
      );
      expect(sizes.get('hot')).toBe(HOT_ROWS * 0.95);
      expect(sizes.size).toBe(HOT_ROWS / 20 + 1);
    });

    it('tells what to do when such an array is changed', async () => {
      const error = await failure(
        hot()
          .groupByKey(2)
          .mapValues((values) => values.sort().length)
          .count(),
      );
      expect(error).toMatchObject({ code: 'GROUP_TOO_LARGE', data: { key: '"hot"' } });
      expect(error.message).toContain('use reduceByKey, aggregateByKey or');
    });
  });
});
