import { describe, expect, it } from 'vitest';
import { type Harness, runAll, settle, startScheduler } from './testing/harness.js';
import { jobPlan } from './testing/plans.js';

const stages = [
  { shuffleId: 1, numPartitions: 4, isIndeterminate: true },
  { shuffleId: 2, numPartitions: 2, parents: [1] },
  { numPartitions: 3, parents: [2, 1] },
];

/** What comes out if every reader sees the rows of the same attempt of the first stage. */
async function resultOfAttempt(attempt: number): Promise<number[]> {
  const h = await startScheduler({ slots: 4 });
  h.backend.unrepeatable.add(1);
  const { result } = h.submit(jobPlan(stages));
  for (let lost = 0; lost < attempt; lost++) {
    await runStages(h, 1);
    for (const output of h.backend.shuffles.get(1) ?? []) h.backend.destroyed.add(output);
  }
  await runAll(h);
  return result;
}

/** Runs so many stages to their end; tasks of the next one have been launched then. */
async function runStages(h: Harness, count: number): Promise<void> {
  await settle();
  for (let ended = 0; ended < count; ) {
    const before = h.events.filter(({ kind }) => kind === 'stageCompleted').length;
    const [task] = h.backend.heads();
    if (task === undefined) throw new Error('nothing runs');
    h.backend.endTask(task);
    await settle();
    h.bus.flush();
    ended += h.events.filter(({ kind }) => kind === 'stageCompleted').length - before;
  }
}

async function started(onResult?: () => void) {
  const h = await startScheduler({ slots: 6, tasksPerSlot: 1 });
  h.backend.unrepeatable.add(1);
  return { h, result: h.submit(jobPlan(stages), {}, onResult).result };
}

describe('Scheduler: stages that cannot be repeated', () => {
  it('give other rows when they run again', async () => {
    expect(await resultOfAttempt(1)).not.toEqual(await resultOfAttempt(0));
  });

  it.each([
    ['before anybody has read them', 1],
    ['when other stages have been computed from them', 2],
  ])('run again as a whole, with all that read them: outputs lost %s', async (_, count) => {
    const { h, result } = await started();
    await runStages(h, count);
    const before = h.backend.launches.length;
    h.backend.loseExecutorOf(0);
    await runAll(h);
    expect(await result).toEqual(await resultOfAttempt(1));
    const again = h.backend.launches.slice(before).flatMap(({ tasks }) => tasks);
    const partitionsOf = (stageId: number) =>
      new Set(again.filter((task) => task.stageId === stageId).map(({ partition }) => partition));
    expect([0, 1, 2].map((stageId) => partitionsOf(stageId).size)).toEqual([4, 2, 3]);
    expect(h.backend.violations).toEqual([]);
  });

  it('take back results of their job, and late ones of tasks that have read the lost rows', async () => {
    const { h, result } = await started();
    await runStages(h, 2);
    const [first, late] = h.backend.heads();
    if (first === undefined || late === undefined) throw new Error('three tasks run');
    h.backend.startTask(late);
    h.backend.endTask(first);
    h.backend.loseExecutorOf(first.slot === 0 || late.slot === 0 ? 2 : 0);
    await settle();
    h.backend.endTask(late);
    await runAll(h);
    expect(await result).toEqual(await resultOfAttempt(1));
    expect(h.backend.violations).toEqual([]);
  });

  it('fail a job that has handed out a result', async () => {
    let handedOut = 0;
    const { h, result } = await started(() => {
      handedOut += 1;
    });
    await runStages(h, 2);
    const [first] = h.backend.heads();
    if (first === undefined) throw new Error('three tasks run');
    h.backend.endTask(first);
    expect(handedOut).toBe(1);
    for (const slot of [0, 2, 4]) h.backend.loseExecutorOf(slot);
    for (const slot of [6, 7]) h.backend.addSlot(slot);
    await runAll(h);
    await expect(result).rejects.toMatchObject({ code: 'ROWS_NOT_REPEATABLE' });
    expect(h.clock.pendingTimers).toBe(0);
  });

  it('run again in part as long as nobody could read them', async () => {
    const { h, result } = await started();
    await settle();
    const done = h.backend.heads().filter(({ slot }) => slot < 2);
    for (const task of done) h.backend.endTask(task);
    const before = h.backend.launches.length;
    h.backend.loseExecutorOf(0);
    await runAll(h);
    await result;
    const again = h.backend.launches
      .slice(before)
      .flatMap(({ tasks }) => tasks)
      .filter(({ stageId }) => stageId === 0);
    expect(again).toHaveLength(done.length);
  });
});
