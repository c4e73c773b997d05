import { FiresteelError } from '@firesteel/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskEnd } from './events.js';
import { encodedError, expected, type Harness, settle, startScheduler } from './testing/harness.js';
import { jobPlan, type StageSketch } from './testing/plans.js';

/** A small generator of its own, so that one printed seed replays a whole schedule. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A lineage: shuffles in topological order, each reading some of those before it. */
function randomLineage(random: (below: number) => number): StageSketch[] {
  const stages: StageSketch[] = [];
  const shuffles = random(6);
  const parentsOf = (id: number): number[] => {
    const parents: number[] = [];
    for (let parent = 0; parent < id; parent++) if (random(3) === 0) parents.push(parent);
    return parents;
  };
  for (let id = 0; id < shuffles; id++) {
    const parents = parentsOf(id);
    stages.push({
      shuffleId: id,
      numPartitions: random(4),
      parents,
      ...(random(3) === 0 ? { cachedRdd: 100 + id } : {}),
    });
  }
  return stages;
}

/** The stages that a result stage reading `parents` needs, with it at the end. */
function jobStages(
  lineage: readonly StageSketch[],
  parents: readonly number[],
  numPartitions: number,
  cachedRdd: number | undefined,
): StageSketch[] {
  const needed = new Set(parents);
  for (const stage of lineage.toReversed()) {
    if (stage.shuffleId === undefined || !needed.has(stage.shuffleId)) continue;
    for (const parent of stage.parents ?? []) needed.add(parent);
  }
  const stages = lineage.filter(({ shuffleId }) => needed.has(shuffleId ?? -1));
  return [...stages, { numPartitions, parents, ...(cachedRdd === undefined ? {} : { cachedRdd }) }];
}

interface RunningJob {
  readonly jobId: number;
  readonly stages: readonly StageSketch[];
  outcome: { readonly value: readonly number[] } | { readonly error: unknown } | undefined;
  cancelled: boolean;
}

interface Faults {
  readonly exceptions: boolean;
  readonly losses: boolean;
  readonly executorLosses: boolean;
  readonly fetchFailures: boolean;
  readonly cancellations: boolean;
}

/** What happened over all schedules of a test, to see that the faults were met. */
interface Totals {
  succeeded: number;
  failed: number;
  taskEnds: Record<TaskEnd['outcome'], number>;
  repeatedStages: number;
  skippedStages: number;
}

function newTotals(): Totals {
  return {
    succeeded: 0,
    failed: 0,
    taskEnds: { success: 0, exception: 0, fetchFailed: 0, killed: 0, lost: 0 },
    repeatedStages: 0,
    skippedStages: 0,
  };
}

async function play(seed: number, faults: Faults, totals: Totals): Promise<void> {
  const random = randomFrom(seed);
  const h = await startScheduler({
    slots: 1 + random(3),
    tasksPerSlot: 1 + random(3),
    localityWaits: { processMs: random(2) * 3000, hostMs: 0 },
  });
  const { backend, clock, scheduler } = h;
  const lineage = randomLineage(random);
  const jobs: RunningJob[] = [];
  let nextSlot = 10;

  const submit = (): void => {
    const parents = lineage.flatMap(({ shuffleId }) =>
      shuffleId !== undefined && random(2) === 0 ? [shuffleId] : [],
    );
    // A cached RDD belongs to one lineage: here, to one choice of parents and partitions.
    const cachedRdd = random(3) === 0 ? 1000 + parents.reduce((s, p) => s + 2 ** p, 0) : undefined;
    const stages = jobStages(lineage, parents, cachedRdd === undefined ? random(5) : 3, cachedRdd);
    const { jobId, result } = h.submit(jobPlan(stages));
    const job: RunningJob = { jobId, stages, outcome: undefined, cancelled: false };
    jobs.push(job);
    result.then(
      (value) => {
        expect(job.outcome).toBeUndefined();
        job.outcome = { value };
      },
      (error: unknown) => {
        expect(job.outcome).toBeUndefined();
        job.outcome = { error };
      },
    );
  };

  const step = (): void => {
    const heads = backend.heads();
    const head = heads[random(heads.length)];
    const action = random(20);
    if (action === 0 && jobs.length < 8) submit();
    else if (action === 1 && faults.losses && backend.slots.size > 0) {
      const slots = [...backend.slots.keys()];
      backend.loseSlot(slots[random(slots.length)] ?? 0);
    } else if (action === 19 && faults.executorLosses && backend.slots.size > 0) {
      const slots = [...backend.slots.keys()];
      const slot = slots[random(slots.length)] ?? 0;
      backend.loseExecutorOf(slot);
      nextSlot = Math.max(nextSlot, slot | 1);
    } else if (action === 2 && backend.slots.size < 4) {
      // A lost process never comes back; sometimes a process has two slots.
      nextSlot += 1 + random(2);
      backend.addSlot(nextSlot);
    } else if (action === 3 && faults.fetchFailures) {
      const shuffles = [...backend.shuffles.values()];
      const outputs = shuffles[random(shuffles.length)] ?? [];
      const output = outputs[random(outputs.length)];
      if (output !== undefined) backend.destroyed.add(output);
    } else if (action === 4 && faults.cancellations && random(4) === 0) {
      const job = jobs[random(jobs.length)];
      if (job !== undefined) {
        job.cancelled ||= job.outcome === undefined;
        scheduler.cancelJob(job.jobId, 'not wanted');
      }
    } else if (action === 5) clock.advance(random(500));
    else if (action === 6) scheduler.removeShuffle(random(6));
    else if (action === 7 && faults.fetchFailures) {
      for (const blocks of backend.cached.values()) if (random(2) === 0) blocks.clear();
    } else if (action === 8 && faults.exceptions && head !== undefined) {
      const error = encodedError(`bad row ${random(100)}`);
      backend.endTask(head, { kind: 'exception', error, retryable: random(8) > 0 });
    } else if (action === 9 && head !== undefined) backend.endTask(head, { kind: 'killed' });
    else if (head !== undefined) {
      if (action % 2 === 0) backend.startTask(head);
      else backend.endTask(head);
    }
  };

  submit();
  submit();
  for (let i = 0; i < 150; i++) {
    step();
    if (random(2) === 0) await settle();
    assertDuties(h);
  }
  await quiesce(h, () => ++nextSlot);

  for (const { stages, outcome, cancelled } of jobs) {
    expect(outcome, 'a job did not end').toBeDefined();
    if (outcome === undefined) continue;
    if ('value' in outcome) expect(outcome.value).toEqual(expected(stages));
    else assertLegitimate(outcome.error, cancelled, faults);
  }
  for (let id = 0; id < 6; id++) scheduler.removeShuffle(id);
  await settle();
  assertDuties(h);
  expect([...backend.programs.keys()]).toEqual([]);
  expect([...backend.closureSets]).toEqual([]);
  expect([...backend.shuffles.keys()]).toEqual([]);
  expect(clock.pendingTimers).toBe(0);
  assertEvents(h);
  count(h, totals);
  await scheduler.stop();
}

/** No more faults: everything must end. */
async function quiesce(h: Harness, newSlot: () => number): Promise<void> {
  const { backend, clock } = h;
  if (backend.slots.size === 0) backend.addSlot(newSlot());
  for (let i = 0; i < 5000; i++) {
    await settle();
    const heads = backend.heads();
    for (const task of heads) backend.endTask(task);
    assertDuties(h);
    if (heads.length === 0 && !clock.advanceToNextTimer()) return;
  }
  throw new Error('the scheduler does not come to rest');
}

function assertDuties({ backend }: Harness): void {
  expect(backend.violations).toEqual([]);
}

function assertLegitimate(error: unknown, cancelled: boolean, faults: Faults): void {
  if (error instanceof TypeError) {
    expect(faults.exceptions).toBe(true);
    expect(error.message).toMatch(/^bad row/);
  } else if (FiresteelError.is(error, 'JOB_CANCELLED')) expect(cancelled).toBe(true);
  else if (FiresteelError.is(error, 'EXECUTOR_LOST'))
    expect(faults.losses || faults.executorLosses).toBe(true);
  else expect(FiresteelError.is(error, 'SHUFFLE_FETCH_FAILED'), String(error)).toBe(true);
}

/** Every start has one end, in order, for jobs, stage attempts and tasks. */
function assertEvents({ events }: Harness): void {
  const open = new Set<string>();
  const seen = new Set<string>();
  const begin = (key: string): void => {
    expect(seen.has(key), `${key} began twice`).toBe(false);
    seen.add(key);
    open.add(key);
  };
  const end = (key: string): void => {
    expect(open.delete(key), `${key} ended without a beginning`).toBe(true);
  };
  for (const event of events) {
    if (event.kind === 'jobStart') begin(`job ${event.jobId}`);
    else if (event.kind === 'jobEnd') end(`job ${event.jobId}`);
    else if (event.kind === 'stageSubmitted') begin(`stage ${event.stageId}.${event.attempt}`);
    else if (event.kind === 'stageCompleted') end(`stage ${event.stageId}.${event.attempt}`);
    else if (event.kind === 'taskStart') begin(`task ${event.taskId}`);
    else if (event.kind === 'taskEnd') end(`task ${event.taskId}`);
  }
  expect([...open]).toEqual([]);
}

function count({ events }: Harness, totals: Totals): void {
  for (const event of events) {
    if (event.kind === 'jobEnd') {
      if (event.result.kind === 'succeeded') totals.succeeded += 1;
      else totals.failed += 1;
    } else if (event.kind === 'taskEnd') totals.taskEnds[event.outcome] += 1;
    else if (event.kind === 'stageSubmitted' && event.attempt > 0) totals.repeatedStages += 1;
    else if (event.kind === 'jobStart') totals.skippedStages += event.skippedStages.length;
  }
}

/** More for a longer search; a failing seed is printed as the counterexample. */
const runs = Number(process.env.FIRESTEEL_TEST_RUNS ?? 60);

describe('Scheduler under random faults', () => {
  const faultKinds: Record<string, Faults> = {
    none: {
      exceptions: false,
      losses: false,
      executorLosses: false,
      fetchFailures: false,
      cancellations: false,
    },
    exceptions: {
      exceptions: true,
      losses: false,
      executorLosses: false,
      fetchFailures: false,
      cancellations: false,
    },
    'slot losses': {
      exceptions: false,
      losses: true,
      executorLosses: false,
      fetchFailures: false,
      cancellations: false,
    },
    'lost map outputs': {
      exceptions: false,
      losses: false,
      executorLosses: false,
      fetchFailures: true,
      cancellations: false,
    },
    'executor losses': {
      exceptions: false,
      losses: false,
      executorLosses: true,
      fetchFailures: false,
      cancellations: false,
    },
    'all faults': {
      exceptions: true,
      losses: true,
      executorLosses: true,
      fetchFailures: true,
      cancellations: true,
    },
  };
  for (const [name, faults] of Object.entries(faultKinds)) {
    it(`gives right results or a right error, and leaves nothing behind: ${name}`, async () => {
      const totals = newTotals();
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0 }), (seed) => play(seed, faults, totals)),
        { numRuns: runs, endOnFailure: true },
      );
      const { taskEnds } = totals;
      expect(totals.succeeded).toBeGreaterThan(runs);
      expect(totals.skippedStages).toBeGreaterThan(0);
      if (!Object.values(faults).includes(true)) expect(totals.failed).toBe(0);
      expect(taskEnds.exception > 0).toBe(faults.exceptions);
      expect(taskEnds.lost > 0).toBe(faults.losses || faults.executorLosses);
      // Lost slots take cached blocks with them; the shuffles that these stood in for are computed
      // before a task can miss them.
      expect(taskEnds.fetchFailed > 0).toBe(faults.fetchFailures || faults.executorLosses);
      if (!faults.losses)
        expect(totals.repeatedStages > 0).toBe(faults.fetchFailures || faults.executorLosses);
    }, 60_000);
  }
});
