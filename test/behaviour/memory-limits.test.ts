import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections, failure } from './rejection.js';
import { Scratch } from './scratch.js';

expectNoUnhandledRejections();

const scratch = new Scratch();

describe('results that are too large for the driver', () => {
  it('are refused with what to do instead', async () => {
    await using sc = await FiresteelContext.create({
      master: 'local[2]',
      conf: { 'driver.maxResultSize': '64k' },
    });
    const rows = sc.range(0, 4000, 1, 4).map((x) => `row ${x} ${'x'.repeat(30)}`);
    const error = await failure(rows.collect());
    expect(error).toMatchObject({ code: 'RESULT_TOO_LARGE', data: { limitBytes: 65536 } });
    expect(error.message).toMatch(/toLocalIterator\(\).*saveAsTextFile\(\)/);
    let count = 0;
    for await (const _ of rows.toLocalIterator()) count++;
    expect(count).toBe(4000);
    expect(await rows.count()).toBe(4000);
  });

  it('stay where they are when one alone is too large', async () => {
    await using sc = await FiresteelContext.create({
      master: 'local-cluster[1,1,160]',
      conf: { 'driver.maxResultSize': '64k', 'task.maxDirectResultSize': '16k' },
    });
    using log = new EventLog(sc);
    const rows = sc.range(0, 4000, 1, 1).map((x) => `row ${x} ${'x'.repeat(30)}`);
    const error = await failure(rows.collect());
    expect(error).toMatchObject({ code: 'RESULT_TOO_LARGE', data: { limitBytes: 65536 } });
    expect(log.of('taskEnd').map(({ outcome }) => outcome)).toEqual(['exception']);
  });
});

describe('rows that a task cannot gather', () => {
  it('are an error of the operator, and not of the thread', async () => {
    await using sc = await FiresteelContext.create({
      master: 'local[1]',
      conf: { 'executor.memory': '64m', 'memory.reserved': 0 },
    });
    const rows = sc.range(0, 4_000_000, 1, 1).map((x) => `row ${x} ${'x'.repeat(100)}`);
    const actions = {
      collect: () => rows.collect(),
      takeOrdered: () => rows.takeOrdered(10_000_000),
      glom: () => rows.glom().count(),
    };
    for (const [name, action] of Object.entries(actions)) {
      const error = await failure(action());
      expect(error, name).toMatchObject({ code: 'RESULT_TOO_LARGE' });
      expect(error.message).toMatch(/toLocalIterator\(\).*saveAsTextFile\(\).*executor\.memory/);
    }
    expect(await rows.first()).toMatch(/^row 0 x/);
  });
});

describe('a thread that runs out of heap', () => {
  it('has its task tried again with less memory, also where a task may fail once', async () => {
    const marker = scratch.fresh('marker');
    await using sc = await FiresteelContext.create({
      master: 'local[1]',
      conf: { 'executor.memory': '64m', 'memory.reserved': 0 },
    });
    using log = new EventLog(sc);
    const sum = await sc
      .range(0, 10, 1, 1)
      .map((x) => {
        if (x === 5 && !existsSync(marker)) {
          mkdirSync(marker);
          const hoard: number[][] = [];
          for (;;) hoard.push(new Array(10_000).fill(x + 0.5));
        }
        return x;
      })
      .sum();
    expect(sum).toBe(45);
    expect(log.of('taskEnd').map(({ outcome }) => outcome)).toEqual(['lost', 'success']);
  });
});

/** Whether this process may mount file systems in a namespace of its own. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a full disk', () => {
  it.runIf(canMount())('is an error that names directory and size, and leaves nothing', () => {
    const directory = scratch.fresh('full');
    mkdirSync(directory);
    const job = join(import.meta.dirname, 'fixtures', 'fill-disk.mjs');
    const script = `mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" "$1"`;
    const output = execFileSync(
      'unshare',
      [
        '--user',
        '--map-root-user',
        '--mount',
        'sh',
        '-c',
        script,
        'sh',
        directory,
        process.execPath,
        job,
      ],
      { encoding: 'utf8' },
    );
    const { code, message, data, left } = JSON.parse(output);
    expect(code).toBe('LOCAL_DISK_FAILED');
    expect(message).toMatch(/Could not write \d+ bytes of .*: the disk is full\. Free space there/);
    expect(data.path.startsWith(directory)).toBe(true);
    expect(data).toMatchObject({ reason: 'ENOSPC' });
    expect(left).toEqual({ afterJob: [], afterStop: [] });
  });
});

describe('a process that is killed while it spills', () => {
  it('leaves files that the next start removes', async () => {
    const localDir = scratch.fresh('local');
    const job = join(import.meta.dirname, 'fixtures', 'spill-for-ever.mjs');
    const child = fork(job, [localDir], { stdio: 'ignore' });
    await new Promise((resolve) => child.once('message', resolve));
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const left = readdirSync(localDir);
    expect(left).toHaveLength(1);
    expect(readdirSync(join(localDir, left[0] as string))).toContain('spill');
    await using sc = await FiresteelContext.create({
      master: 'local[1]',
      conf: { 'local.dir': localDir },
    });
    expect(await sc.range(10).count()).toBe(10);
    await expect.poll(() => readdirSync(localDir)).not.toContain(left[0]);
  });
});
