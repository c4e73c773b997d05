import { expect, it } from 'vitest';
import { DurationHistogram, type SpeculationOptions } from './speculation.js';
import { encodedError, expected, runAll, settle, startScheduler } from './testing/harness.js';
import { jobPlan } from './testing/plans.js';

const speculation: SpeculationOptions = {
  intervalMs: 100,
  multiplier: 2,
  quantile: 0.5,
  minTaskRuntimeMs: 100,
};

/** Four tasks on two executors, of which all but the one of partition 0 end after a second. */
async function withSlowTask(stages = [{ numPartitions: 4 }] as Parameters<typeof jobPlan>[0]) {
  const h = await startScheduler({ slots: 4, tasksPerSlot: 1, speculation });
  const { result } = h.submit(jobPlan(stages));
  await settle();
  for (const task of h.backend.heads()) h.backend.startTask(task);
  h.clock.advance(1000);
  for (const task of h.backend.heads())
    if (task.description.partition !== 0) h.backend.endTask(task);
  await settle();
  h.clock.advance(900);
  await settle();
  expect(h.backend.tasks()).toHaveLength(1);
  h.clock.advance(300);
  await settle();
  const [slow, copy] = h.backend.tasks();
  if (slow === undefined || copy === undefined) throw new Error('no copy was launched');
  return { h, result, slow, copy };
}

it('copies a task that takes twice the median to another executor, and kills the loser', async () => {
  const { h, result, slow, copy } = await withSlowTask();
  expect([slow.slot, copy.slot >> 1]).toEqual([0, 1]);
  expect([copy.description.partition, copy.description.attempt]).toEqual([0, 1]);
  h.backend.endTask(copy);
  expect(await result).toEqual(expected([{ numPartitions: 4 }]));
  expect(slow.killed).toBe(true);
  await runAll(h);
  const ends = h.events.filter((event) => event.kind === 'taskEnd');
  expect(ends.map(({ outcome }) => outcome).sort()).toEqual([
    'killed',
    'success',
    'success',
    'success',
    'success',
  ]);
  expect(h.clock.pendingTimers).toBe(0);
});

it('takes the result of the slow one when that comes first, and none of the copy', async () => {
  const stages = [
    { shuffleId: 1, numPartitions: 4 },
    { numPartitions: 1, parents: [1] },
  ];
  const { h, result, slow, copy } = await withSlowTask(stages);
  // The success of the copy is under way already when it is killed.
  const isTooLate = { kind: 'exception', error: encodedError('late'), retryable: false } as const;
  h.backend.endTask(slow);
  copy.killed = false;
  h.backend.endTask(copy, isTooLate);
  await runAll(h);
  expect(await result).toEqual(expected(stages));
  expect(h.backend.violations).toEqual([]);
});

it('goes on with the other attempt when one is lost, without a third', async () => {
  const { h, result, slow, copy } = await withSlowTask();
  h.backend.loseSlot(slow.slot);
  await settle();
  expect(h.backend.tasks()).toEqual([copy]);
  h.backend.endTask(copy);
  expect(await result).toEqual(expected([{ numPartitions: 4 }]));
});

it('leaves tasks alone that are not much slower, and those of one executor', async () => {
  const h = await startScheduler({ slots: 2, tasksPerSlot: 1, speculation });
  const { result } = h.submit(jobPlan([{ numPartitions: 2 }]));
  await settle();
  for (const task of h.backend.heads()) h.backend.startTask(task);
  h.clock.advance(1000);
  const [first] = h.backend.heads();
  if (first !== undefined) h.backend.endTask(first);
  await settle();
  h.clock.advance(5000);
  await settle();
  // Both slots are of one process: a copy there would be as slow.
  expect(h.backend.tasks()).toHaveLength(1);
  await runAll(h);
  expect(await result).toHaveLength(2);
});

it('needs no copy beside the next attempt when the slow one fails', async () => {
  const h = await startScheduler({ slots: 4, tasksPerSlot: 1, speculation });
  const { result } = h.submit(jobPlan([{ numPartitions: 4 }]));
  await settle();
  for (const task of h.backend.heads()) h.backend.startTask(task);
  h.clock.advance(1000);
  for (const task of h.backend.heads())
    if (task.description.partition !== 0) h.backend.endTask(task);
  // The copy has to wait: the other executor takes no tasks.
  for (const slot of [2, 3]) h.backend.report({ kind: 'slotClosed', slot });
  h.clock.advance(1200);
  await settle();
  const [slow] = h.backend.tasks();
  if (slow === undefined) throw new Error('the slow task is gone');
  h.backend.endTask(slow, { kind: 'exception', error: encodedError('disk'), retryable: true });
  await settle();
  for (const slot of [2, 3]) h.backend.report({ kind: 'slotOpened', slot });
  await runAll(h);
  expect(await result).toHaveLength(4);
  const attempts = h.backend.launches.flatMap(({ tasks }) =>
    tasks.filter(({ partition }) => partition === 0),
  );
  expect(attempts).toHaveLength(2);
});

it('knows the median of durations to 5 %', () => {
  const durations = new DurationHistogram();
  expect(durations.median()).toBe(0);
  for (const ms of [10, 1000, 20, 0, 30]) durations.add(ms);
  expect(durations.median() / 20).toBeCloseTo(1, 1);
});
