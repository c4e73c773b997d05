import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EventLog } from '../behaviour/events.js';
import { freePort } from '../cluster/remote-executor.js';
import { ServiceProcess } from '../cluster/service-process.js';
import { isTransferFault, needsService, type Schedule, scheduleOf, striking } from './schedule.js';
import { workloads } from './workloads.js';

const SCHEDULES_PER_CONTEXT = 4;

/**
 * Those with the seeds of a range, `17` or `1-200`; else one for each fault and kind of stage. A
 * failing one is replayed with its number, which is its seed:
 * FIRESTEEL_FAULT_SEEDS=17 npx vitest run --project black-box test/faults
 */
function chosenSchedules(range: string | undefined): readonly Schedule[] {
  const [from = 1, to = from] = (range ?? '1-200').split('-').map(Number);
  const all = Array.from({ length: to - from + 1 }, (_, i) => scheduleOf(from + i));
  const representatives = new Map(
    all.toReversed().map((schedule) => [`${schedule.fault} ${schedule.stage}`, schedule]),
  );
  const chosen = range === undefined ? [...representatives.values()].reverse() : all;
  // Those that need a service share their clusters.
  return chosen.sort((a, b) => Number(needsService(a)) - Number(needsService(b)));
}

const schedules = chosenSchedules(process.env.FIRESTEEL_FAULT_SEEDS);

const master = 'local-cluster[2,1,160]';
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
let transferFaults = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'firesteel-faults-'));
  transferFaults = join(scratch, 'transfer faults');
  mkdirSync(transferFaults);
  // Executors inherit the environment.
  vi.stubEnv('FIRESTEEL_TEST_TRANSFER_FAULTS', transferFaults);
  const preload = new URL('transfer-faults.mjs', import.meta.url);
  vi.stubEnv('NODE_OPTIONS', `${process.env.NODE_OPTIONS ?? ''} --import ${preload}`);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

const expected = new Map<string, unknown>();
let undisturbedMs = 0;

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
async function hasStruck({ fault, seed }: Schedule, marker: string, log: EventLog): Promise<void> {
  const pid = Number(readFileSync(marker, 'utf8'));
  expect(pid).not.toBe(process.pid);
  if (fault === 'kill' || fault === 'killAll' || fault === 'stop')
    await expect.poll(() => isAlive(pid)).toBe(false);
  const outcomes = () => log.of('taskEnd').map(({ outcome }) => outcome);
  if (fault === 'throw' || fault === 'diskFull') await expect.poll(outcomes).toContain('exception');
  if (isTransferFault(fault)) {
    const files = readdirSync(transferFaults).filter((name) => name.startsWith(`${seed}-`));
    expect(files.filter((name) => name.endsWith('.struck'))).not.toEqual([]);
    for (const name of files) rmSync(join(transferFaults, name));
  }
}

/** A cluster of two executors on which schedules are played one after the other. */
class Stage {
  readonly #pids = new Set<number>();

  private constructor(
    readonly sc: FiresteelContext,
    readonly localDir: string,
    readonly service: ServiceProcess | undefined,
  ) {}

  static async open(name: string, hasService: boolean): Promise<Stage> {
    const localDir = join(scratch, name);
    mkdirSync(localDir);
    const service = hasService ? new ServiceProcess(await freePort(), process.env) : undefined;
    await service?.start();
    // A service takes its time to come back, and its outputs are still there then.
    const ofService = service && { ...service.conf, 'shuffle.io.maxRetries': '300' };
    const sc = await FiresteelContext.create({
      master,
      conf: { ...conf, 'shuffle.io.retryWait': '100ms', ...ofService, 'local.dir': localDir },
    });
    return new Stage(sc, localDir, service);
  }

  async play(schedule: Schedule): Promise<void> {
    const { seed, workload } = schedule;
    // Blocks travel only between two.
    let present: number[] = [];
    const look = async () => {
      present = await this.#present();
      return present;
    };
    await expect.poll(look, { timeout: NEVER_MS }).toHaveLength(2);
    const marker = join(scratch, `struck ${seed}`);
    const { sc, service } = this;
    const restarted =
      schedule.fault === 'serviceRestart' ? service?.ended.then(() => service.start()) : undefined;
    using log = new EventLog(sc);
    const servicePid = service?.pid ?? 0;
    const slowing = join(scratch, `slowing ${seed}`);
    const scene = { marker, slowing, executorPids: present, transferFaults, servicePid };
    const run = workload.run(sc, striking(schedule, scene));
    expect(await withoutHanging(run)).toEqual(expected.get(workload.name));
    await hasStruck(schedule, marker, log);
    rmSync(slowing, { force: true });
    await restarted;
  }

  async close(): Promise<void> {
    await this.#present();
    await this.sc.stop();
    expect([...this.#pids].filter(isAlive)).toEqual([]);
    expect(readdirSync(this.localDir)).toEqual([]);
    if (this.service === undefined) return;
    expect(readdirSync(this.service.directory)).toEqual([]);
    await this.service[Symbol.asyncDispose]();
  }

  /** The processes of the executors that are there now. */
  async #present(): Promise<number[]> {
    const pids = await this.sc
      .range(0, 8, 1, 8)
      .map(() => process.pid)
      .collect();
    for (const pid of pids) this.#pids.add(pid);
    return [...new Set(pids)];
  }
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

  for (let first = 0; first < schedules.length; first += SCHEDULES_PER_CONTEXT) {
    const played = schedules.slice(first, first + SCHEDULES_PER_CONTEXT);
    describe(`on one cluster: seeds ${played.map(({ seed }) => seed).join(', ')}`, () => {
      let stage: Stage;
      beforeAll(async () => {
        stage = await Stage.open(`local ${first}`, played.some(needsService));
      });
      afterAll(() => stage.close());

      for (const schedule of played) {
        const { seed, fault, times, row, workload } = schedule;
        const what = isTransferFault(fault) ? `${fault} ${times} times` : fault;
        it(
          `seed ${seed}: ${what} at row ${row} of a ${schedule.stage} stage of ${workload.name}`,
          () => stage.play(schedule),
          NEVER_MS,
        );
      }
    });
  }
});
