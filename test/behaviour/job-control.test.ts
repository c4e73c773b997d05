import { existsSync, writeFileSync } from 'node:fs';
import { FiresteelContext, TaskContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { EventLog, nextEvent } from './events.js';
import { codesOf, expectNoUnhandledRejections, failure } from './rejection.js';
import { Scratch } from './scratch.js';

expectNoUnhandledRejections();

const scratch = new Scratch();

/** A job that ends only when it is cancelled. */
const endless = (sc: FiresteelContext) =>
  sc
    .range(0, 4, 1, 4)
    .mapPartitions(async function* () {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield 1;
      }
    })
    .count();

onEveryMaster('job control', (sc) => {
  it('shows group, description, tags, pool and properties in the events of jobs', async () => {
    using log = new EventLog(sc());
    await sc().withJobGroup('nightly', 'the nightly report', () =>
      sc().withJobTags(['a', 'b'], () =>
        sc().withJobTags('c', async () => {
          await Promise.resolve();
          sc().setLocalProperty('spark.scheduler.pool', 'reports');
          expect(sc().getLocalProperty('scheduler.pool')).toBe('reports');
          // Its sampling is a job of its own.
          await sc()
            .range(0, 10, 1, 4)
            .keyBy((x) => x)
            .sortByKey({ numPartitions: 2 })
            .take(3);
        }),
      ),
    );
    expect(sc().getLocalProperty('scheduler.pool')).toBeUndefined();
    await sc().range(3).count();
    const starts = log.of('jobStart');
    expect(starts.length).toBeGreaterThan(2);
    for (const start of starts.slice(0, -1))
      expect(start).toMatchObject({
        jobGroup: 'nightly',
        description: 'the nightly report',
        tags: ['a', 'b', 'c'],
        pool: 'reports',
        properties: { 'jobGroup.id': 'nightly', 'scheduler.pool': 'reports' },
      });
    expect(starts.at(-1)).toMatchObject({
      jobGroup: undefined,
      description: undefined,
      tags: [],
      pool: 'default',
      properties: {},
    });
  });

  it('gives tasks the properties of their job', async () => {
    const seen = () =>
      sc()
        .range(0, 2, 1, 2)
        .groupBy((x) => x)
        .map(() => TaskContext.get()?.getLocalProperty('spark.customer'))
        .collect();
    expect(await sc().withLocalProperties({ customer: 'Ada' }, seen)).toEqual(['Ada', 'Ada']);
    expect(await seen()).toEqual([undefined, undefined]);
    await expect(
      sc()
        .range(1)
        .map(() => TaskContext.get()?.getLocalProperty(''))
        .collect(),
    ).rejects.toThrow('The key of a local property must be a non-empty string');
  });

  it('tells that short tasks have ended although the ones behind them take long', async () => {
    const gate = scratch.fresh();
    const ended = new Set<number>();
    const twoEnded = nextEvent(sc(), 'taskEnd', ({ partition }) => ended.add(partition).size === 2);
    const count = sc()
      .range(0, 4, 1, 4)
      .map((x) => {
        const lock = new Int32Array(new SharedArrayBuffer(4));
        while (x >= 2 && !existsSync(gate)) Atomics.wait(lock, 0, 0, 5);
        return x;
      })
      .count();
    await twoEnded;
    writeFileSync(gate, '');
    expect(await count).toBe(4);
  });

  it('keeps the properties of scopes that run side by side apart', async () => {
    using log = new EventLog(sc());
    const names = ['one', 'two', 'three'];
    await Promise.all(
      names.map((name) =>
        sc().withLocalProperties({ name }, async () => {
          await sc().range(2).count();
          await sc().range(2).count();
        }),
      ),
    );
    const seen = log.of('jobStart').map(({ properties }) => properties.name);
    expect(seen.sort()).toEqual(['one', 'one', 'three', 'three', 'two', 'two']);
  });

  it('cancels the jobs of a group, and no others', async () => {
    const doomed = sc().withJobGroup('doomed', undefined, () => [endless(sc()), endless(sc())]);
    const codes = codesOf(doomed);
    const other = sc().withJobGroup('other', undefined, () => sc().range(0, 100, 1, 10).sum());
    await nextEvent(sc(), 'taskStart');
    sc().cancelJobGroup('unknown');
    sc().cancelJobGroup('doomed', 'enough');
    expect(await codes).toEqual(['JOB_CANCELLED', 'JOB_CANCELLED']);
    expect(await other).toBe(4950);
  });

  it('cancels jobs by tag, by id and by stage', async () => {
    const byTag = sc().withJobTags(['x', 'slow'], () => endless(sc()));
    sc().cancelJobsWithTag('slo');
    sc().cancelJobsWithTag('slow');
    expect((await failure(byTag)).code).toBe('JOB_CANCELLED');
    const byId = endless(sc());
    sc().cancelJob(byId.jobId ?? -1, 'by id');
    const error = await failure(byId);
    expect(error.code).toBe('JOB_CANCELLED');
    const submitted = nextEvent(sc(), 'stageSubmitted');
    const byStage = failure(endless(sc()));
    sc().cancelStage((await submitted).stageId);
    expect((await byStage).code).toBe('JOB_CANCELLED');
    expect(await sc().range(10).count()).toBe(10);
  });

  it('frees the slots of tasks that wait for promises', async () => {
    const started = nextEvent(sc(), 'taskStart');
    const stuck = sc()
      .range(0, 8, 1, 8)
      .mapAsync(() => new Promise<number>(() => {}))
      .count();
    await started;
    stuck.cancel();
    expect((await failure(stuck)).code).toBe('JOB_CANCELLED');
    expect(await sc().range(0, 8, 1, 8).count()).toBe(8);
  });

  it('tells what runs and what ran', async () => {
    const { statusTracker } = sc();
    const submitted = nextEvent(sc(), 'stageSubmitted');
    const job = sc().withJobGroup('watched', undefined, () =>
      sc().withJobTags('w', () => endless(sc())),
    );
    const failing = failure(job);
    const { stageId } = await submitted;
    const jobId = job.jobId ?? expect.fail();
    expect(statusTracker.getActiveJobIds()).toContain(jobId);
    expect(statusTracker.getActiveStageIds()).toContain(stageId);
    expect(statusTracker.getJobIdsForGroup('watched')).toContain(jobId);
    expect(statusTracker.getJobIdsForTag('w')).toContain(jobId);
    expect(statusTracker.getJobIdsForGroup()).not.toContain(jobId);
    expect(statusTracker.getJobInfo(jobId)).toEqual({
      jobId,
      stageIds: [stageId],
      status: 'running',
    });
    expect(statusTracker.getStageInfo(stageId)).toMatchObject({ stageId, attempt: 0, numTasks: 4 });
    const ended = nextEvent(sc(), 'jobEnd', (event) => event.jobId === jobId);
    job.cancel();
    await failing;
    await ended;
    expect(statusTracker.getActiveJobIds()).not.toContain(jobId);
    expect(statusTracker.getJobInfo(jobId)?.status).toBe('failed');
    expect(statusTracker.getJobInfo(1e9)).toBeUndefined();
    expect(statusTracker.getStageInfo(1e9)).toBeUndefined();
  });

  it('refuses keys, values, tags and pools that make no sense', async () => {
    const wrong = [
      () => sc().setLocalProperty('', 'x'),
      () => sc().setLocalProperty('x', 1 as never),
      () => sc().withJobTags('a,b', () => 1),
      () => sc().withJobTags([''], () => 1),
      () => sc().withJobGroup('', undefined, () => 1),
      () => sc().setPool('p', { weight: 0 }),
      () => sc().setPool('p', { minShare: -1 }),
      () => sc().setPool('', {}),
      () => sc().setPool('p', { schedulingMode: 'LIFO' as never }),
    ];
    for (const call of wrong) expect((await failure(call)).code).toBe('INVALID_ARGUMENT');
  });
});

describe('scheduling modes', () => {
  /** A long job, and a short one that begins when it runs; which of them ends first. */
  async function firstToEnd(mode: string): Promise<string> {
    await using sc = await FiresteelContext.create({
      master: 'local[1]',
      conf: { 'scheduler.mode': mode },
    });
    sc.setPool('short', { weight: 2, minShare: 1 });
    const ends: string[] = [];
    const slowly = sc.range(0, 60, 1, 60).mapPartitions(async (rows) => {
      await new Promise((resolve) => setTimeout(resolve, 6));
      return rows;
    });
    const started = nextEvent(sc, 'taskEnd');
    const long = slowly.count().then(() => ends.push('long'));
    await started;
    const short = sc
      .withLocalProperties({ 'scheduler.pool': 'short' }, () => sc.range(2).count())
      .then(() => ends.push('short'));
    await Promise.all([long, short]);
    return ends[0] ?? '';
  }

  it('FAIR lets a short job pass a long one', async () => {
    expect(await firstToEnd('FAIR')).toBe('short');
  });

  it('FIFO does not', async () => {
    expect(await firstToEnd('FIFO')).toBe('long');
  });
});
