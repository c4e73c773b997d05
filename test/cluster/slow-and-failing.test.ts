import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog, nextEvent } from '../behaviour/events.js';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'firesteel-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('speculation', () => {
  it('commits the part of the attempt that was first, and kills the other', async () => {
    const conf = {
      speculation: 'true',
      'speculation.quantile': '0.5',
      'speculation.interval': '20ms',
    };
    await using sc = await FiresteelContext.create({ master: 'local-cluster[2,1,256]', conf });
    using log = new EventLog(sc);
    const slow = join(scratch, 'slow process');
    const output = join(scratch, 'output');
    const rows = sc.range(0, 40, 1, 4).map((x) => {
      const lock = new Int32Array(new SharedArrayBuffer(4));
      // The first process that gets to the last partition is slow from then on.
      if (x === 39 && !existsSync(slow)) writeFileSync(slow, String(process.pid), { flag: 'wx' });
      while (x === 39 && readFileSync(slow, 'utf8') === String(process.pid))
        Atomics.wait(lock, 0, 0, 5);
      return x;
    });
    const killed = nextEvent(sc, 'taskEnd', ({ outcome }) => outcome !== 'success');
    await rows.saveAsTextFile(output);
    expect(readdirSync(output).sort()).toEqual([
      '_SUCCESS',
      'part-00000',
      'part-00001',
      'part-00002',
      'part-00003',
    ]);
    expect(await sc.textFile(output).map(Number).sum()).toBe(780);
    // The loser learns of it when its function returns.
    writeFileSync(slow, 'nobody');
    expect((await killed).outcome).toBe('killed');
    const attempts = log
      .of('taskEnd')
      .filter(({ partition, stageId }) => partition === 3 && stageId === 0);
    expect(attempts.map(({ outcome }) => outcome).sort()).toEqual(['killed', 'success']);
    expect(new Set(attempts.map(({ executorId }) => executorId)).size).toBe(2);
  });
});

describe('exclusion', () => {
  const master = 'local-cluster[2,1,256]';
  const conf = {
    'excludeOnFailure.enabled': 'true',
    // Both executors are on this host.
    'excludeOnFailure.task.maxTaskAttemptsPerNode': '3',
    'excludeOnFailure.stage.maxFailedExecutorsPerNode': '3',
    'excludeOnFailure.application.maxFailedExecutorsPerNode': '3',
  };

  it('keeps tasks away from an executor where they fail', async () => {
    await using sc = await FiresteelContext.create({ master, conf });
    using log = new EventLog(sc);
    const bad = join(scratch, 'bad process');
    const excluded = nextEvent(sc, 'executorExcluded');
    const rows = sc.range(0, 80, 1, 8).mapPartitions((values) => {
      if (!existsSync(bad)) writeFileSync(bad, String(process.pid));
      if (readFileSync(bad, 'utf8') === String(process.pid)) throw new Error('bad disk');
      return values;
    });
    expect(await rows.sum()).toBe(3160);
    const failures = log.of('taskEnd').filter(({ outcome }) => outcome === 'exception');
    expect(new Set(failures.map(({ executorId }) => executorId)).size).toBe(1);
    expect((await excluded).executorId).toBe(failures[0]?.executorId);
    log.clear();
    await sc.range(0, 8, 1, 8).sum();
    const used = new Set(log.of('taskStart').map(({ executorId }) => executorId));
    expect(used.has(failures[0]?.executorId as string)).toBe(false);
  });

  it('ends the job when a task has failed everywhere', async () => {
    await using sc = await FiresteelContext.create({ master, conf });
    const rows = sc.range(0, 2, 1, 2).map((x) => {
      if (x === 1) throw new Error('bad row');
      return x;
    });
    await expect(rows.collect()).rejects.toMatchObject({
      code: 'EXECUTORS_EXCLUDED',
      message: expect.stringContaining('bad row'),
    });
  });

  it('refuses limits that could never be reached', async () => {
    const wrong = { ...conf, 'excludeOnFailure.task.maxTaskAttemptsPerNode': '4' };
    await expect(FiresteelContext.create({ master, conf: wrong })).rejects.toMatchObject({
      code: 'INVALID_CONFIG_VALUE',
    });
  });
});

describe('killed tasks that do not stop', () => {
  it.each(['local[2]', 'local-cluster[1,2,256]'])('lose their threads on %s', async (master) => {
    const conf = { 'task.reaper.killTimeout': '100ms' };
    await using sc = await FiresteelContext.create({ master, conf });
    const inside = join(scratch, master);
    const endless = sc.range(0, 2, 1, 2).map((x) => {
      writeFileSync(inside, '');
      const lock = new Int32Array(new SharedArrayBuffer(4));
      while (x >= 0) Atomics.wait(lock, 0, 0, 10);
      return x;
    });
    const job = endless.collect();
    const lost = nextEvent(sc, 'taskEnd', ({ outcome }) => outcome === 'lost');
    // A task that is killed before its function was called needs no reaper.
    while (!existsSync(inside)) await new Promise((resolve) => setTimeout(resolve, 5));
    job.cancel('enough');
    await expect(job).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect((await lost).reason).toContain('did not stop within 100 ms');
    expect(await sc.range(0, 100, 1, 4).sum()).toBe(4950);
  });
});
