import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Schedule, scheduleOf, striking } from './schedule.js';
import { workloads } from './workloads.js';

/**
 * Which schedules run: `17`, or `1-200`. A failing one is replayed with its number, which is its
 * seed: FIRESTEEL_FAULT_SEEDS=17 npx vitest run --project black-box test/faults
 */
const [from = 1, to = from] = (process.env.FIRESTEEL_FAULT_SEEDS ?? '1-24').split('-').map(Number);
const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A local cluster gives up after eight lost executors; no schedule loses more than two. */
const SCHEDULES_PER_CONTEXT = 4;

/** No run may take longer, however busy the machine is: undisturbed ones take less than a second. */
const HANG_MS = 180_000;

const conf = { 'executor.heartbeatInterval': '500ms', 'network.timeout': '3s' };

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'firesteel-faults-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const expected = new Map<string, unknown>();

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

async function play(sc: FiresteelContext, schedule: Schedule, pids: Set<number>): Promise<void> {
  const { seed, workload } = schedule;
  const present = await executorPids(sc);
  for (const pid of present) pids.add(pid);
  const marker = join(scratch, `struck ${seed}`);
  const result = await workload.run(sc, striking(schedule, marker, present));
  expect(result).toEqual(expected.get(workload.name));
}

describe('faults change no result, and leave nothing behind', () => {
  it('undisturbed runs on threads give the results to expect', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2]' });
    for (const workload of workloads) expected.set(workload.name, await workload.run(sc, () => {}));
    expect(expected.get('accumulators in actions')).toBe(79_800);
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
          master: 'local-cluster[2,1,128]',
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
          HANG_MS,
        );
      }
    });
  }

  it('happen indeed', () => {
    const struck = seeds.filter((seed) => existsSync(join(scratch, `struck ${seed}`)));
    expect(struck.length).toBeGreaterThan(seeds.length * 0.6);
  });
});
