import { expect, it } from 'vitest';
import { runAll, settle, startScheduler } from './testing/harness.js';
import { jobPlan } from './testing/plans.js';

it('gives closed slots no tasks, and takes what they still run', async () => {
  const h = await startScheduler({ slots: 2, tasksPerSlot: 1 });
  const { result } = h.submit(jobPlan([{ numPartitions: 4 }]));
  await settle();
  h.backend.report({ kind: 'slotClosed', slot: 0 });
  for (const task of h.backend.heads()) h.backend.endTask(task);
  await runAll(h);
  expect(await result).toHaveLength(4);
  expect(h.backend.launches.map(({ slot }) => slot)).toEqual([0, 1, 1, 1]);
});

it('goes on when a slot opens', async () => {
  const h = await startScheduler({ slots: 1, tasksPerSlot: 1 });
  h.backend.report({ kind: 'slotClosed', slot: 0 });
  const { result } = h.submit(jobPlan([{ numPartitions: 2 }]));
  await runAll(h);
  expect(h.backend.launches).toEqual([]);
  h.backend.report({ kind: 'slotOpened', slot: 0 });
  await runAll(h);
  expect(await result).toHaveLength(2);
});

it('tells how many tasks wait, and that they wait no more when their job is cancelled', async () => {
  const h = await startScheduler({ slots: 1, tasksPerSlot: 1 });
  h.backend.report({ kind: 'slotClosed', slot: 0 });
  const { jobId, result } = h.submit(jobPlan([{ numPartitions: 3 }]));
  await settle();
  h.backend.report({ kind: 'slotOpened', slot: 0 });
  await settle();
  h.backend.report({ kind: 'slotClosed', slot: 0 });
  h.scheduler.cancelJob(jobId);
  await runAll(h);
  await expect(result).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  expect(h.backend.waitingTold).toEqual([3, 2, 0]);
});
