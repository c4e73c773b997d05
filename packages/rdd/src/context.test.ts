import { inspect } from 'node:util';
import { StorageLevel } from '@firesteel/plan';
import { describe, expect, it } from 'vitest';
import { RDD } from './rdd.js';
import { failure, makeContext } from './testing/make-context.js';

describe('parallelize', () => {
  it('cuts by position', async () => {
    const { sc } = makeContext();
    const parts = (n: number) => sc.parallelize([1, 2, 3, 4, 5], n).glom().collect();
    expect(await parts(2)).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(await parts(7)).toEqual([[], [1], [2], [], [3], [4], [5]]);
  });

  it('has as many partitions as there are slots', async () => {
    const { sc } = makeContext();
    expect(await sc.parallelize([]).getNumPartitions()).toBe(3);
    expect(await sc.parallelize([], { numPartitions: 4 }).getNumPartitions()).toBe(4);
  });

  it('reads arrays late and iterables at once', async () => {
    const { sc } = makeContext();
    const array = [1];
    const set = new Set([1]);
    const [late, early] = [sc.parallelize(array), sc.parallelize(set)];
    array.push(2);
    set.add(2);
    expect(await late.count()).toBe(2);
    expect(await early.count()).toBe(1);
  });
});

describe('range', () => {
  it('counts in numbers and bigints', async () => {
    const { sc } = makeContext();
    expect(await sc.range(3).collect()).toEqual([0, 1, 2]);
    expect(await sc.range(10, 4, -2).collect()).toEqual([10, 8, 6]);
    expect(await sc.range(1, 0).collect()).toEqual([]);
    expect(await sc.range(1n, 4n).collect()).toEqual([1n, 2n, 3n]);
    expect(await sc.range(0, 4, 1, 2).getNumPartitions()).toBe(2);
  });
});

describe('textFile', () => {
  it('takes the path as it is and a hint', () => {
    const { sc } = makeContext();
    expect(sc.textFile('a,b/*.txt', 5).node).toMatchObject({ path: 'a,b/*.txt', minPartitions: 5 });
    expect(sc.textFile('a', { minPartitions: 5 }).node).toMatchObject({ minPartitions: 5 });
    expect(sc.textFile('a').node).not.toHaveProperty('minPartitions');
    expect(sc.textFile('a').name).toBe('a');
  });
});

describe('arguments of a context', () => {
  const { sc } = makeContext();
  it.each<[string, () => unknown]>([
    ['parallelize', () => sc.parallelize(5 as never)],
    ['parallelize', () => sc.parallelize([], 0)],
    ['range', () => sc.range(0, 5, 0)],
    ['range', () => sc.range(0n, 5n, 0n)],
    ['range', () => sc.range(0.5)],
    ['range', () => sc.range(0n, 5 as never)],
    ['range', () => sc.range(2 ** 60)],
    ['textFile', () => sc.textFile('')],
    ['textFile', () => sc.textFile(undefined as never)],
    ['textFile', () => sc.textFile('x', 0)],
    ['union', () => sc.union([1 as never])],
  ])('%s checks them', (name, call) => {
    expect(call).toThrow(failure('INVALID_ARGUMENT', new RegExp(name)));
  });
});

describe('a stopped context', () => {
  it('stops the engine once', async () => {
    const { sc, engine } = makeContext();
    await Promise.all([sc.stop(), sc.stop()]);
    await sc[Symbol.asyncDispose]();
    expect(engine.stops).toBe(1);
    expect(sc.isStopped).toBe(true);
  });

  it('makes no RDDs and runs no actions', async () => {
    const { sc, engine } = makeContext();
    const rdd = sc.parallelize<[string, number]>([['a', 1]]);
    await sc.stop();
    for (const create of [
      () => sc.parallelize([]),
      () => sc.range(1),
      () => sc.emptyRDD(),
      () => sc.textFile('x'),
      () => sc.union([rdd]),
      () => rdd.cache(),
      () => rdd.unpersist(),
    ])
      expect(create).toThrow(failure('CONTEXT_STOPPED'));
    for (const action of [
      () => rdd.collect(),
      () => rdd.count(),
      () => rdd.take(0),
      () => rdd.lookup('a'),
      () => rdd.getNumPartitions(),
      () => rdd.toDebugString(),
      () => rdd.toLocalIterator().next(),
    ])
      await expect(action()).rejects.toEqual(failure('CONTEXT_STOPPED'));
    expect(engine.requests).toHaveLength(0);
  });
});

describe('an RDD', () => {
  const { sc, engine } = makeContext();

  it('is never thenable, so that await gives it back', async () => {
    const rdd = sc.parallelize([1]);
    expect('then' in rdd).toBe(false);
    expect(await rdd).toBe(rdd);
  });

  it('refuses to travel, like its context', () => {
    const tag = Symbol.for('firesteel.closure');
    for (const owner of [sc.parallelize([1]), sc])
      expect((owner as unknown as Record<symbol, unknown>)[tag]).toMatchObject({
        kind: 'refuse',
        advice: expect.stringMatching(/driver only/),
      });
  });

  it('tells what it is', () => {
    const rdd = sc.parallelize([1]).map((x) => x);
    expect(String(rdd)).toMatch(/^MapPartitionsRDD\[\d+\] at map at context\.test\.ts:\d+$/);
    expect(String(rdd.setName('mine'))).toBe(`mine ${String(rdd).replace(/^mine /, '')}`);
    expect(rdd.name).toBe('mine');
    expect(inspect(rdd)).toBe(String(rdd));
    expect(inspect({ sc: rdd.context })).toMatch(/^{ sc: FiresteelContext\(\w+ on [\w[\]]+\) }$/);
    expect(rdd.map((x) => x).name).toBeUndefined();
  });

  it('has a larger id than its parents, and frozen nodes', () => {
    const parent = sc.parallelize([1]);
    const child = parent.map((x) => x);
    expect(child.id).toBeGreaterThan(parent.id);
    expect(Object.isFrozen(child.node)).toBe(true);
    expect(Object.isFrozen(child.node.parents)).toBe(true);
  });

  it('is persisted and unpersisted', () => {
    const rdd = sc.parallelize([1]);
    expect(rdd.storageLevel).toBe(StorageLevel.NONE);
    expect(rdd.cache()).toBe(rdd);
    expect(engine.persisted.get(rdd.node)).toBe(StorageLevel.MEMORY_ONLY);
    expect(rdd.unpersist()).toBeInstanceOf(RDD);
    expect(engine.persisted.has(rdd.node)).toBe(false);
  });

  it('takes levels by all of their names, and refuses to change one', () => {
    for (const [given, name] of [
      [undefined, 'MEMORY_ONLY'],
      ['memory-disk-ser-2', 'MEMORY_AND_DISK_SER_2'],
      ['DISK_ONLY_3', 'DISK_ONLY_3'],
      ['disk', 'DISK_ONLY'],
      ['off-heap', 'OFF_HEAP'],
      [StorageLevel.MEMORY_AND_DISK, 'MEMORY_AND_DISK'],
      ['none', 'NONE'],
    ] as const) {
      const rdd = sc.parallelize([1]).persist(given);
      expect(rdd.getStorageLevel().name).toBe(name);
      expect(rdd.persist(given)).toBe(rdd);
    }
    const cached = sc.parallelize([1]).cache();
    expect(() => cached.persist('disk')).toThrow(
      failure('INVALID_ARGUMENT', /unpersist\(\) first/),
    );
    expect(cached.unpersist().persist('disk').storageLevel.useDisk).toBe(true);
    expect(() => cached.persist('memory-and-disk' as 'disk')).toThrow(
      failure('INVALID_ARGUMENT', /MEMORY_AND_DISK/),
    );
  });

  it('is listed while it is persisted', () => {
    const [first, second] = [sc.parallelize([1]).setName('first'), sc.range(3)];
    first.persist('disk');
    second.cache();
    const listed = sc.getPersistentRDDs();
    expect(listed.get(first.id)).toBe(first);
    expect(listed.get(second.id)).toBe(second);
    expect(sc.getRDDStorageInfo().find(({ rddId }) => rddId === first.id)).toEqual({
      rddId: first.id,
      name: 'first',
      storageLevel: StorageLevel.DISK_ONLY,
      cachedPartitions: 0,
      memoryBytes: 0,
      diskBytes: 0,
    });
    first.unpersist();
    expect(sc.getPersistentRDDs().has(first.id)).toBe(false);
  });

  it('asks the engine for its lineage', async () => {
    const rdd = sc.parallelize([1]);
    expect(await rdd.toDebugString()).toBe(`lineage of ${rdd.id}`);
  });
});
