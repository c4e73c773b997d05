import { FiresteelError } from '@firesteel/common';
import { expect, it } from 'vitest';
import type { SchedulerEvent } from './events.js';
import type { ExclusionOptions } from './exclusion.js';
import { encodedError, type Harness, runAll, settle, startScheduler } from './testing/harness.js';
import { jobPlan } from './testing/plans.js';

const exclusion: ExclusionOptions = {
  maxTaskAttemptsPerExecutor: 1,
  maxTaskAttemptsPerHost: 3,
  stageMaxFailedTasksPerExecutor: 2,
  stageMaxFailedExecutorsPerHost: 4,
  applicationMaxFailedTasksPerExecutor: 2,
  applicationMaxFailedExecutorsPerHost: 4,
  timeoutMs: 60_000,
  killExcludedExecutors: false,
  excludeOnFetchFailure: false,
};

/** Ends tasks until nothing is left; those on the executors named fail. */
async function runFailing(h: Harness, executors: readonly string[]): Promise<void> {
  for (;;) {
    await settle();
    const heads = h.backend.heads();
    if (heads.length === 0) return;
    for (const task of heads) {
      const isBad = executors.includes(`executor ${task.slot >> 1}`);
      const error = encodedError('bad disk');
      h.backend.endTask(task, isBad ? { kind: 'exception', error, retryable: true } : undefined);
    }
  }
}

const executorsOf = (h: Harness) =>
  h.backend.launches.map(({ slot, tasks }) => [slot >> 1, tasks.map((t) => t.partition)]);

it('tries a task that has failed elsewhere, and then keeps the stage away', async () => {
  const h = await startScheduler({ slots: 4, tasksPerSlot: 1, exclusion });
  const { result } = h.submit(jobPlan([{ numPartitions: 12 }]));
  await runFailing(h, ['executor 0']);
  expect(await result).toHaveLength(12);
  // Two tasks in the first round, none after those.
  expect(executorsOf(h).filter(([executor]) => executor === 0)).toHaveLength(2);
});

it('excludes an executor from all stages for a time, and then takes it back', async () => {
  const h = await startScheduler({ slots: 4, tasksPerSlot: 1, exclusion });
  const excluded: SchedulerEvent[] = [];
  h.bus.on('executorExcluded', (event) => excluded.push(event));
  h.bus.on('executorUnexcluded', (event) => excluded.push(event));
  h.submit(jobPlan([{ numPartitions: 4 }]));
  await runFailing(h, ['executor 0']);
  h.bus.flush();
  expect(excluded).toMatchObject([
    { kind: 'executorExcluded', executorId: 'executor 0', reason: '2 tasks have failed there' },
  ]);
  const before = h.backend.launches.length;
  const second = h.submit(jobPlan([{ numPartitions: 4 }]));
  await runAll(h);
  expect(await second.result).toHaveLength(4);
  expect(
    new Set(
      executorsOf(h)
        .slice(before)
        .map(([executor]) => executor),
    ),
  ).toEqual(new Set([1]));
  h.clock.advance(60_000);
  const third = h.submit(jobPlan([{ numPartitions: 4 }]));
  await runAll(h);
  await third.result;
  h.bus.flush();
  expect(excluded.at(-1)).toMatchObject({ kind: 'executorUnexcluded', executorId: 'executor 0' });
  expect(
    new Set(
      executorsOf(h)
        .slice(before + 4)
        .map(([executor]) => executor),
    ).size,
  ).toBe(2);
});

it('fails a job with the reason when its task can run nowhere, at once if no slot can come', async () => {
  const h = await startScheduler({ slots: 2, tasksPerSlot: 1, maxSlots: 2, exclusion });
  const { result } = h.submit(jobPlan([{ numPartitions: 2 }]));
  await runFailing(h, ['executor 0']);
  const error: unknown = await result.catch((reason: unknown) => reason);
  expect(FiresteelError.is(error, 'EXECUTORS_EXCLUDED')).toBe(true);
  expect(String(error)).toContain('bad disk');
  expect(h.clock.pendingTimers).toBe(0);
});

it('waits for another executor while one may come', async () => {
  const wait = { exclusion, unschedulableTimeoutMs: 5000 };
  const h = await startScheduler({ slots: 2, tasksPerSlot: 1, ...wait });
  const first = h.submit(jobPlan([{ numPartitions: 1 }]));
  await runFailing(h, ['executor 0']);
  h.clock.advance(4999);
  await settle();
  h.backend.addSlot(2);
  await runAll(h);
  expect(await first.result).toHaveLength(1);

  const late = await startScheduler({ slots: 2, tasksPerSlot: 1, ...wait });
  const second = late.submit(jobPlan([{ numPartitions: 1 }]));
  await runFailing(late, ['executor 0']);
  late.clock.advance(5000);
  await settle();
  await expect(second.result).rejects.toMatchObject({ code: 'EXECUTORS_EXCLUDED' });
});

it('does not blame an executor for the tasks that it loses when it ends', async () => {
  const h = await startScheduler({ slots: 4, tasksPerSlot: 2, exclusion });
  const { result } = h.submit(jobPlan([{ numPartitions: 8 }]));
  await settle();
  h.backend.loseExecutorOf(0);
  await runAll(h);
  expect(await result).toHaveLength(8);
});

it('counts tasks that no executor may run as waiting, so that others are asked for', async () => {
  const totals: number[] = [];
  const backend = {
    requestTotalExecutors: ({ total }: { total: number }) => void totals.push(total),
    killExecutors: () => [],
  };
  const settings = {
    ...{ minExecutors: 0, maxExecutors: 10, initialExecutors: 1, slotsPerExecutor: 1 },
    ...{ executorAllocationRatio: 1, backlogTimeoutMs: 1000, sustainedBacklogTimeoutMs: 1000 },
    ...{ idleTimeoutMs: 60_000, cachedIdleTimeoutMs: 60_000, shuffleTimeoutMs: 60_000 },
  };
  const options = { slots: 1, tasksPerSlot: 1, exclusion, allocation: { backend, settings } };
  const h = await startScheduler(options);
  h.submit(jobPlan([{ numPartitions: 2 }]));
  await runFailing(h, ['executor 0']);
  h.clock.advance(2000);
  expect(totals).toEqual([2]);
  await h.scheduler.stop();
});
