import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EventLog, nextEvent } from '../behaviour/events.js';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'firesteel-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const lines = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');

it('an executor that leaves finishes its tasks, and loses neither outputs nor cached rows', async () => {
  await using sc = await FiresteelContext.create({ master: 'local-cluster[2,1,256]' });
  using log = new EventLog(sc);
  const computed = join(scratch, 'computed');
  const cached = sc
    .range(0, 400, 1, 4)
    .map((x): [number, number] => {
      if (x % 100 === 0) appendFileSync(computed, `${x}\n`);
      return [x % 10, x];
    })
    .cache();
  const sums = cached.reduceByKey((a, b) => a + b, 3);
  const expected = await sums.sortByKey().collect();
  const executors = new Set(log.of('taskEnd').map(({ executorId }) => executorId));
  expect(executors.size).toBe(2);
  log.clear();

  const [leaving = ''] = executors;
  const gate = join(scratch, 'gate');
  const running = sc
    .range(0, 2, 1, 2)
    .map((x) => {
      const lock = new Int32Array(new SharedArrayBuffer(4));
      while (!existsSync(gate)) Atomics.wait(lock, 0, 0, 5);
      return x;
    })
    .collect();
  await nextEvent(sc, 'taskStart', ({ executorId }) => executorId === leaving);
  const gone = sc.decommissionExecutor(leaving);
  writeFileSync(gate, '');
  expect(await running).toEqual([0, 1]);
  await gone;
  log.clear();
  // The map outputs are all there: their stage is skipped. So are the cached rows.
  expect(await sums.sortByKey().collect()).toEqual(expected);
  expect(await cached.values().sum()).toBe(79_800);
  expect(log.of('taskEnd').filter(({ outcome }) => outcome !== 'success')).toEqual([]);
  expect(lines(computed).split('\n').length).toBe(4);
});

it('tasks read cached rows of another executor when that one is busy', async () => {
  const conf = { 'locality.wait': '0' };
  await using sc = await FiresteelContext.create({ master: 'local-cluster[2,1,256]', conf });
  const computed = join(scratch, 'computed once');
  // All of it on one executor: the other one is not needed for a single partition.
  const cached = sc
    .range(0, 1000, 1, 1)
    .map((x) => {
      if (x === 0) appendFileSync(computed, 'once\n');
      return x;
    })
    .cache();
  expect(await cached.sum()).toBe(499_500);
  // Two jobs at a time: one has to run away from the rows.
  const sums = await Promise.all([cached.sum(), cached.map((x) => x + 1).sum(), cached.max()]);
  expect(sums).toEqual([499_500, 500_500, 999]);
  expect(lines(computed)).toBe('once');
});

it('an executor ends when its work directory vanishes', async () => {
  const conf = { 'executor.heartbeatInterval': '50ms' };
  await using sc = await FiresteelContext.create({ master: 'local-cluster[1,1,256]', conf });
  const [workDir = ''] = await sc
    .range(0, 1, 1, 1)
    .map(() => String(process.env.FIRESTEEL_CONF_LOCAL_DIR))
    .collect();
  expect(workDir).toContain('firesteel-executor-');
  const removed = nextEvent(sc, 'executorRemoved');
  rmSync(workDir, { recursive: true, force: true });
  await removed;
  // Another one takes its place.
  expect(await sc.range(0, 10, 1, 2).sum()).toBe(45);
});
