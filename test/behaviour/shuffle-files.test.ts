import { closeSync, existsSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections } from './rejection.js';
import { Scratch } from './scratch.js';

expectNoUnhandledRejections();

const scratch = new Scratch();

/** A context with so little memory (1.3 MB or 0.5 MB an executor) that map outputs go to disk. */
function tinyContext(
  localDir: string,
  conf: Record<string, string> = {},
  master = 'local[2]',
): Promise<FiresteelContext> {
  const memory = master.startsWith('local-cluster')
    ? { 'memory.fraction': 0.002 }
    : { 'executor.memory': '64m', 'memory.reserved': 0, 'memory.fraction': 0.02 };
  return FiresteelContext.create({ master, conf: { ...memory, 'local.dir': localDir, ...conf } });
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

/** Rows that hold 4 MB or so, by key. */
function grouped(sc: FiresteelContext) {
  return sc
    .range(0, 60_000, 1, 4)
    .map((x): [string, string] => [`key ${x % 500}`, `value ${x} ${'x'.repeat(50)}`])
    .partitionBy(5);
}

/** What tells whether all rows came through, each once. */
async function digest(sc: FiresteelContext): Promise<unknown> {
  const rows = await grouped(sc).collect();
  return rows.map(([k, v]) => `${k}=${v}`).sort();
}

it('files go when they are given up', async () => {
  const localDir = scratch.fresh('local');
  const files = (end: string) => filesBelow(localDir).filter((path) => path.endsWith(end)).length;
  const blocks = () => filesBelow(localDir).filter((path) => path.includes('rdd_')).length;
  await using sc = await tinyContext(localDir, {}, 'local-cluster[2,1,256]');
  const first = grouped(sc);
  const kept = first.mapValues((text) => text.toUpperCase()).persist('DISK_ONLY');
  const second = kept.partitionBy(3);
  expect(await second.count()).toBe(60_000);
  expect([files('.data'), blocks()]).toEqual([9, 5]);
  second.cleanShuffleDependencies();
  // Those of the first shuffle are needed should blocks get lost.
  await expect.poll(() => [files('.data'), blocks()]).toEqual([4, 5]);
  kept.unpersist();
  await expect.poll(() => [files('.data'), blocks()]).toEqual([4, 0]);
  first.cleanShuffleDependencies();
  await expect.poll(() => filesBelow(localDir)).toEqual([]);
  expect(await second.count()).toBe(60_000);
});

it('unpersist lets go of shuffles that nothing else is made of', async () => {
  const localDir = scratch.fresh('local');
  const dataFiles = () => filesBelow(localDir).filter((path) => path.endsWith('.data')).length;
  await using sc = await tinyContext(localDir);
  const alone = grouped(sc)
    .mapValues((text) => text.toUpperCase())
    .persist('DISK_ONLY');
  expect(await alone.count()).toBe(60_000);
  expect(dataFiles()).toBe(4);
  alone.unpersist();
  await expect.poll(() => filesBelow(localDir)).toEqual([]);
  expect(await alone.count()).toBe(60_000);
  // It was not persisted any more.
  alone.unpersist();
  expect(dataFiles()).toBe(4);

  const read = grouped(sc).persist('DISK_ONLY');
  const reader = read.mapValues((text) => text.length);
  expect(await read.count()).toBe(60_000);
  read.unpersist();
  await expect.poll(() => filesBelow(localDir).filter((path) => path.includes('rdd_'))).toEqual([]);
  expect(dataFiles()).toBe(8);
  using log = new EventLog(sc);
  expect(await reader.values().max()).toBe(62);
  expect(log.of('jobStart').map(({ skippedStages }) => skippedStages.length)).toEqual([1]);
});

it('blocks of other executors come in pieces, where they are larger than what is fetched at once', async () => {
  const conf = { 'io.compression.codec': 'none' };
  await using sc = await tinyContext(scratch.fresh('local'), conf, 'local-cluster[2,1,256]');
  // One block of 4 MB on each executor; 1 MiB is fetched at once.
  const rows = sc
    .range(0, 120_000, 1, 2)
    .map((x): [number, string] => [x, `value ${x} ${'x'.repeat(50)}`])
    .partitionBy(1);
  expect(await rows.keys().sum()).toBe((120_000 * 119_999) / 2);
  const wrong = rows.filter(([x, text]) => text !== `value ${x} ${'x'.repeat(50)}`);
  expect(await wrong.count()).toBe(0);
});

describe.each(['local[2]', 'local-cluster[2,1,256]'])('map outputs on disk, on %s', (master) => {
  it.each(['lz4', 'zstd', 'none'])('compressed by %s, hold the same rows', async (codec) => {
    const localDir = scratch.fresh('local');
    const expected = Array.from(
      { length: 60_000 },
      (_, x) => `key ${x % 500}=value ${x} ${'x'.repeat(50)}`,
    ).sort();
    await using sc = await tinyContext(localDir, { 'io.compression.codec': codec }, master);
    using log = new EventLog(sc);
    expect(await digest(sc)).toEqual(expected);
    const spilled = log.of('taskEnd').map(({ metrics }) => metrics?.diskBytesSpilled ?? 0);
    expect(Math.max(...spilled)).toBeGreaterThan(0);
    expect(filesBelow(localDir).filter((path) => path.endsWith('.index')).length).toBe(4);
    // Spills ended with their tasks.
    expect(filesBelow(localDir).filter((path) => !/\.(data|index)$/.test(path))).toEqual([]);
    await sc.stop();
    expect(existsSync(localDir) ? readdirSync(localDir) : []).toEqual([]);
  });
});

describe('a map output on disk', () => {
  it('that is damaged is computed again, alone', async () => {
    const localDir = scratch.fresh('local');
    await using sc = await tinyContext(localDir);
    const rdd = grouped(sc);
    const before = (await rdd.collect()).sort();
    const damaged = filesBelow(localDir).find((path) => path.endsWith('.data')) as string;
    const file = openSync(damaged, 'r+');
    writeSync(file, Buffer.from([1, 2, 3]), 0, 3, 2000);
    closeSync(file);
    using log = new EventLog(sc);
    expect((await rdd.collect()).sort()).toEqual(before);
    const failed = log.of('taskEnd').filter(({ outcome }) => outcome === 'fetchFailed');
    expect(failed[0]?.reason).toMatch(/SHUFFLE_BLOCK_CORRUPT: .*checksum/);
    const rerun = log.of('stageSubmitted').filter(({ shuffleId }) => shuffleId !== undefined);
    expect(rerun.map(({ numTasks }) => numTasks)).toEqual([1]);
    expect(existsSync(damaged)).toBe(false);
  });
});
