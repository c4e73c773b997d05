import { describe, expect, it } from 'vitest';
import { type PoolMember, Pools } from './pools.js';
import { runAll, settle, startScheduler } from './testing/harness.js';
import { jobPlan } from './testing/plans.js';

const member = (pool: string, jobId: number, runningTasks = 0, stageId = jobId): PoolMember => ({
  pool,
  jobId,
  stageId,
  stageAttempt: 0,
  runningTasks,
});

const jobs = (members: readonly PoolMember[]) => members.map(({ jobId }) => jobId);

describe('pools', () => {
  it('do not count in FIFO mode: the order is by job, then by stage', () => {
    const pools = new Pools('FIFO');
    pools.set('fast', { weight: 100, minShare: 100 });
    const members = [
      member('fast', 2),
      member('a', 1, 5, 9),
      member('b', 1, 0, 10),
      member('b', 0),
    ];
    expect(pools.order(members).map(({ stageId }) => stageId)).toEqual([0, 9, 10, 2]);
  });

  it('come first below their minimal share, the emptiest in proportion before the others', () => {
    const pools = new Pools('FAIR');
    pools.set('a', { minShare: 4 });
    pools.set('b', { minShare: 2 });
    pools.set('c', { weight: 1000 });
    expect(jobs(pools.order([member('c', 0, 0), member('a', 1, 3), member('b', 2, 1)]))).toEqual([
      2, 1, 0,
    ]);
    // At its minimal share a pool is as any other.
    expect(jobs(pools.order([member('a', 1, 4), member('c', 0, 1)]))).toEqual([0, 1]);
  });

  it('share by weight, and by name where that is even', () => {
    const pools = new Pools('FAIR');
    pools.set('double', { weight: 2 });
    expect(jobs(pools.order([member('one', 0, 3), member('double', 1, 5)]))).toEqual([1, 0]);
    expect(jobs(pools.order([member('one', 0, 3), member('double', 1, 7)]))).toEqual([0, 1]);
    expect(jobs(pools.order([member('b', 0, 1), member('a', 1, 1)]))).toEqual([1, 0]);
  });

  it('have an order of their own inside', () => {
    const pools = new Pools('FAIR');
    const members = [member('p', 0, 4), member('p', 1, 1), member('p', 2, 2)];
    expect(jobs(pools.order(members))).toEqual([0, 1, 2]);
    pools.set('p', { schedulingMode: 'FAIR' });
    expect(jobs(pools.order(members))).toEqual([1, 2, 0]);
  });
});

describe('a scheduler', () => {
  const long = () => jobPlan([{ numPartitions: 20 }]);
  const short = () => jobPlan([{ numPartitions: 2 }]);

  /** Runs a long job and then a short one; the order in which they end. */
  async function ends(mode: 'FIFO' | 'FAIR'): Promise<number[]> {
    const h = await startScheduler({ pools: new Pools(mode), slots: 2 });
    h.backend.runTimeMs = 100;
    const first = h.submit(long());
    await settle();
    for (const task of h.backend.heads()) h.backend.startTask(task);
    const second = h.submit(short(), { 'scheduler.pool': 'short' });
    await runAll(h);
    await Promise.all([first.result, second.result]);
    expect(h.backend.violations).toEqual([]);
    return h.events.flatMap((event) => (event.kind === 'jobEnd' ? [event.jobId] : []));
  }

  it('lets a short job pass a long one in FAIR mode, and not in FIFO mode', async () => {
    expect(await ends('FAIR')).toEqual([1, 0]);
    expect(await ends('FIFO')).toEqual([0, 1]);
  });

  it('gives pools slots by weight', async () => {
    const pools = new Pools('FAIR');
    pools.set('heavy', { weight: 3 });
    const h = await startScheduler({ pools, slots: 4 });
    h.backend.runTimeMs = 100;
    h.submit(long(), { 'scheduler.pool': 'light' });
    h.submit(long(), { 'scheduler.pool': 'heavy' });
    await settle();
    for (let i = 0; i < 12; i++) {
      const [task] = h.backend.heads();
      if (task !== undefined) h.backend.endTask(task);
      await settle();
    }
    const programs = h.backend.tasks().map(({ description }) => description.programId);
    const [light] = [Math.min(...programs)];
    expect(programs.filter((id) => id === light)).toHaveLength(1);
    await runAll(h);
  });
});
