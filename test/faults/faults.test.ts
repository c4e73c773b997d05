import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '../behaviour/events.js';
import { type Schedule, scheduleOf, striking } from './schedule.js';
import { workloads } from './workloads.js';

/**
 * Which schedules run: `17`, or `1-200`. A failing one is replayed with its number, which is its
 * seed: FIRESTEEL_FAULT_SEEDS=17 npx vitest run --project black-box test/faults
 */
const [from = 1, to = from] = (process.env.FIRESTEEL_FAULT_SEEDS ?? '1-24').split('-').map(Number);
const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i);

const SCHEDULES_PER_CONTEXT = 4;

const master = 'local-cluster[2,1,128]';
const NETWORK_TIMEOUT_MS = 3_000;
const conf = {
  'executor.heartbeatInterval': '500ms',
  'network.timeout': `${NETWORK_TIMEOUT_MS}ms`,
};

/**
 * A run hangs that takes so many times longer than the slowest undisturbed one and the time after
 * which a silent executor counts as lost. Faults cost far less; the rest is for a machine that has
 * become busy since.
 */
const HANG_MULTIPLE = 40;
/** Never rings: the one above does. */
const NEVER_MS = 3_600_000;

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'firesteel-faults-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const expected = new Map<string, unknown>();
let undisturbedMs = 0;

/** The processes of the executors that are there now. */
async function executorPids(sc: FiresteelContext): Promise<number[]> {
  return [
    ...new Set(
      await sc
        .range(0, 8, 1, 8)
        .map(() => process.pid)
        .collect(),
    ),
  ];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What `run` gives, unless it hangs. */
async function withoutHanging<T>(run: Promise<T>): Promise<T> {
  const limitMs = HANG_MULTIPLE * (undisturbedMs + NETWORK_TIMEOUT_MS);
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it hangs: ${limitMs} ms have passed`)), limitMs);
  });
  return Promise.race([run, hangs]).finally(() => clearTimeout(timer));
}

/** Whether the fault has happened, and not only its row has come. */
async function hasStruck({ fault }: Schedule, marker: string, log: EventLog): Promise<void> {
  const pid = Number(readFileSync(marker, 'utf8'));
  expect(pid).not.toBe(process.pid);
  if (fault === 'kill' || fault === 'killAll' || fault === 'stop')
    await expect.poll(() => isAlive(pid)).toBe(false);
  const outcomes = () => log.of('taskEnd').map(({ outcome }) => outcome);
  if (fault === 'throw') await expect.poll(outcomes).toContain('exception');
}

async function play(sc: FiresteelContext, schedule: Schedule, pids: Set<number>): Promise<void> {
  const { seed, workload } = schedule;
  const present = await executorPids(sc);
  for (const pid of present) pids.add(pid);
  using log = new EventLog(sc);
  const marker = join(scratch, `struck ${seed}`);
  const run = workload.run(sc, striking(schedule, marker, present));
  expect(await withoutHanging(run)).toEqual(expected.get(workload.name));
  await hasStruck(schedule, marker, log);
}

describe('faults change no result, and leave nothing behind', () => {
  it('undisturbed runs on threads give the results to expect', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2]' });
    for (const workload of workloads) expected.set(workload.name, await workload.run(sc, () => {}));
    expect(expected.get('accumulators in actions')).toBe(79_800);
  });

  it('undisturbed runs on processes give the same', async () => {
    await using sc = await FiresteelContext.create({ master, conf });
    for (const workload of workloads) {
      const startedAt = performance.now();
      expect(await workload.run(sc, () => {})).toEqual(expected.get(workload.name));
      undisturbedMs = Math.max(undisturbedMs, performance.now() - startedAt);
    }
  });

  for (let first = 0; first < seeds.length; first += SCHEDULES_PER_CONTEXT) {
    const schedules = seeds.slice(first, first + SCHEDULES_PER_CONTEXT).map(scheduleOf);
    describe(`on one cluster: seeds ${schedules.map(({ seed }) => seed).join(', ')}`, () => {
      const pids = new Set<number>();
      let sc: FiresteelContext;
      let localDir = '';
      beforeAll(async () => {
        localDir = join(scratch, `local ${first}`);
        mkdirSync(localDir);
        sc = await FiresteelContext.create({
          master,
          conf: { ...conf, 'local.dir': localDir },
        });
      });
      afterAll(async () => {
        for (const pid of await executorPids(sc)) pids.add(pid);
        await sc.stop();
        expect([...pids].filter(isAlive)).toEqual([]);
        expect(readdirSync(localDir)).toEqual([]);
      });

      for (const schedule of schedules) {
        const { seed, fault, stage, row, workload } = schedule;
        it(
          `seed ${seed}: ${fault} at row ${row} of a ${stage} stage of ${workload.name}`,
          () => play(sc, schedule, pids),
          NEVER_MS,
        );
      }
    });
  }
});
