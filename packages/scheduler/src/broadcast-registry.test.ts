import { FiresteelError } from '@firesteel/common';
import { expect, it } from 'vitest';
import { runAll, settle, startScheduler } from './testing/harness.js';
import { jobPlan } from './testing/plans.js';

const payload = (id: number) => ({ id, parts: [], packages: [] });

it('a broadcast is known to the backend until it is destroyed', async () => {
  const h = await startScheduler();
  h.scheduler.addBroadcast(payload(3));
  const { result } = h.submit(jobPlan([{ numPartitions: 4, broadcasts: [3] }]));
  await settle();
  h.scheduler.unpersistBroadcast(3);
  h.scheduler.unpersistBroadcast(99);
  await runAll(h);
  expect(await result).toHaveLength(4);
  h.scheduler.destroyBroadcast(3);
  h.scheduler.destroyBroadcast(3);
  expect([...h.backend.broadcasts]).toEqual([]);
  expect(h.backend.violations).toEqual([]);
});

it('a job whose broadcast was destroyed fails before its tasks are launched, and no other', async () => {
  const h = await startScheduler();
  h.scheduler.addBroadcast(payload(3));
  const lost = h.submit(jobPlan([{ numPartitions: 2, broadcasts: [3] }]));
  const other = h.submit(jobPlan([{ numPartitions: 2 }]));
  h.scheduler.destroyBroadcast(3);
  await runAll(h);
  const error: unknown = await lost.result.catch((reason: unknown) => reason);
  expect(FiresteelError.is(error, 'BROADCAST_DESTROYED')).toBe(true);
  expect(await other.result).toHaveLength(2);
  expect(h.backend.launches.flatMap(({ tasks }) => tasks)).toHaveLength(2);
  expect(h.backend.violations).toEqual([]);
});
