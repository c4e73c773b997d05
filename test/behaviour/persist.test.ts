import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { FiresteelContext, type RDD, type StorageLevelName } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { nextEvent } from './events.js';
import { expectNoUnhandledRejections, failure } from './rejection.js';
import { Scratch } from './scratch.js';

expectNoUnhandledRejections();

const scratch = new Scratch();

/** A context whose cached blocks have 1.28 MiB together. */
function tinyContext(localDir: string, master = 'local[2]'): Promise<FiresteelContext> {
  const conf = {
    'executor.memory': '64m',
    'memory.reserved': 0,
    'memory.fraction': 0.02,
    'local.dir': localDir,
  };
  return FiresteelContext.create({ master, conf });
}

/** Rows of every sort that is stored in a way of its own; 30,000 of them take 0.25 to 3 MB. */
const sorts: Record<string, (x: number) => unknown> = {
  numbers: (x) => x * 1.5,
  pairs: (x) => [x, `key ${x % 100}`],
  triples: (x) => [x, x % 2 === 0, null],
  objects: (x) => ({ x, text: `text ${x}` }),
  'mixed rows': (x) => (x === 14_999 ? { odd: x } : [x, -x]),
};

function rowsOf(sc: FiresteelContext, sort: string, size = 30_000): RDD<unknown> {
  return sc.range(0, size, 1, 4).map(sorts[sort] as (x: number) => unknown);
}

const levels: StorageLevelName[] = [
  'MEMORY_ONLY',
  'MEMORY_ONLY_SER',
  'MEMORY_AND_DISK',
  'MEMORY_AND_DISK_SER_2',
  'DISK_ONLY',
  'OFF_HEAP',
];

describe.each(levels)('RDDs persisted as %s', (level) => {
  it.each(Object.keys(sorts))('give the same %s, whatever fits', async (sort) => {
    const localDir = scratch.fresh('local');
    await using sc = await tinyContext(localDir);
    for (const size of [3, 2000, 100_000]) {
      const plain = rowsOf(sc, sort, size);
      const kept = plain.map((row) => row).persist(level);
      const expected = await plain.collect();
      expect(await kept.take(2)).toEqual(expected.slice(0, 2));
      // A hundred thousand rows take the matcher seconds.
      expect(isDeepStrictEqual(await kept.collect(), expected)).toBe(true);
      expect(await kept.count()).toBe(size);
      if (size === 2000) expect(sc.getRDDStorageInfo().at(-1)?.cachedPartitions).toBe(4);
    }
    await sc.stop();
    if (existsSync(localDir)) expect(readdirSync(localDir)).toEqual([]);
  });
});

describe('the memory of cached blocks', () => {
  it('goes to the RDD that was used last; the others are computed again', async () => {
    await using sc = await tinyContext(scratch.fresh('local'));
    const first = rowsOf(sc, 'numbers', 100_000).setName('first').cache();
    const second = rowsOf(sc, 'numbers', 100_000).setName('second').cache();
    await first.count();
    expect(sc.getRDDStorageInfo()).toMatchObject([
      { name: 'first', cachedPartitions: 4, diskBytes: 0 },
      { name: 'second', cachedPartitions: 0, memoryBytes: 0 },
    ]);
    expect(sc.getRDDStorageInfo()[0]?.memoryBytes).toBeGreaterThan(700_000);
    const dropped = nextEvent(sc, 'blockUpdated', (event) => !event.isStored);
    await second.count();
    expect(await dropped).toMatchObject({
      rddId: first.id,
      executorId: 'driver',
      storageLevel: 'MEMORY_ONLY',
      memoryBytes: 0,
      diskBytes: 0,
    });
    expect(sc.getRDDStorageInfo()[1]).toMatchObject({ name: 'second', cachedPartitions: 4 });
    expect(await first.collect()).toEqual(await rowsOf(sc, 'numbers', 100_000).collect());
  });

  it.each(['numbers', 'objects'])('moves %s to disk where the level has it', async (sort) => {
    const localDir = scratch.fresh('local');
    await using sc = await tinyContext(localDir, 'local[1]');
    const size = sort === 'numbers' ? 100_000 : 12_000;
    const first = rowsOf(sc, sort, size).persist('memory-disk');
    const second = rowsOf(sc, sort, size).cache();
    await first.count();
    const moved = nextEvent(sc, 'blockUpdated', ({ rddId, diskBytes }) => {
      return rddId === first.id && diskBytes > 0;
    });
    await second.count();
    expect(await moved).toMatchObject({ isStored: true, memoryBytes: 0 });
    expect(readdirSync(localDir)).toHaveLength(1);
    expect(await first.collect()).toEqual(await rowsOf(sc, sort, size).collect());
    const gone = nextEvent(sc, 'rddUnpersisted');
    first.unpersist();
    expect(await gone).toMatchObject({ rddId: first.id });
    expect([...sc.getPersistentRDDs().keys()]).toEqual([second.id]);
  });

  it('keeps what fits of an RDD that does not fit, and passes on the rest', async () => {
    await using sc = await tinyContext(scratch.fresh('local'));
    const rdd = sc.range(0, 400_000, 1, 8).map((x) => x + 0.5);
    rdd.cache();
    expect(await rdd.sum()).toBe(80_000_000_000);
    const { cachedPartitions = 0 } = sc.getRDDStorageInfo()[0] ?? {};
    expect(cachedPartitions).toBeGreaterThan(0);
    expect(cachedPartitions).toBeLessThan(8);
    expect(await rdd.sum()).toBe(80_000_000_000);
  });

  it('is shown by toDebugString', async () => {
    await using sc = await tinyContext(scratch.fresh('local'));
    const rdd = rowsOf(sc, 'numbers', 100).persist('MEMORY_AND_DISK_SER_2');
    expect(await rdd.toDebugString()).toContain('[Disk Memory Serialized 2x Replicated]');
    await rdd.count();
    expect((await rdd.toDebugString()).split('\n')[1]).toMatch(
      /^ \| {6}CachedPartitions: 4; MemorySize: \d+\.\d B; DiskSize: 0\.0 B$/,
    );
  });
});

describe('a disk that cannot be written', () => {
  it('costs a warning, and nothing else', async () => {
    const warnings: NodeJS.ErrnoException[] = [];
    const listener = (warning: Error) => warnings.push(warning);
    process.on('warning', listener);
    try {
      const file = scratch.file('in the way');
      writeFileSync(file, '');
      await using sc = await tinyContext(file);
      const rdd = rowsOf(sc, 'objects').persist('disk');
      const expected = await rowsOf(sc, 'objects').collect();
      expect(await rdd.collect()).toEqual(expected);
      expect(await rdd.collect()).toEqual(expected);
      expect(warnings.map(({ code }) => code)).toEqual(['LOCAL_DISK_FAILED']);
    } finally {
      process.off('warning', listener);
    }
  });
});

describe('rows that cannot be encoded', () => {
  class Point {
    readonly #x: number;
    constructor(x: number) {
      this.#x = x;
    }
    get x(): number {
      return this.#x;
    }
  }

  it('stay in memory, or are computed again where there is no room', async () => {
    await using sc = await tinyContext(scratch.fresh('local'));
    for (const size of [100, 100_000]) {
      const points = sc.range(0, size, 1, 2).map((x) => new Point(x));
      points.persist('MEMORY_AND_DISK');
      expect(await points.map(({ x }) => x).sum()).toBe((size * (size - 1)) / 2);
      expect(await points.map(({ x }) => x).sum()).toBe((size * (size - 1)) / 2);
    }
  });

  it('are refused by levels that keep no others', async () => {
    await using sc = await tinyContext(scratch.fresh('local'));
    for (const level of ['memory-ser', 'disk'] as const) {
      const points = sc.range(10).map((x) => new Point(x));
      expect((await failure(points.persist(level).count())).code).toBe('UNSUPPORTED_VALUE');
    }
  });
});
