import { FiresteelError } from '@firesteel/common';
import { describe, expect, it } from 'vitest';
import {
  encodedError,
  expected,
  type Harness,
  runAll,
  settle,
  startScheduler,
} from './testing/harness.js';
import { jobPlan } from './testing/plans.js';

const barrier = (numPartitions: number) => [{ numPartitions, isBarrier: true }];

const failure = {
  kind: 'exception',
  error: encodedError('no luck'),
  retryable: true,
} as const;

/** The partitions that wait or run, by slot. */
function held(h: Harness): number[][] {
  return [...h.backend.slots.values()].map((queue) =>
    queue.map((task) => task.description.partition),
  );
}

describe('Scheduler: barrier stages', () => {
  it('begin all tasks at once, one in each slot', async () => {
    const h = await startScheduler({ slots: 3 });
    const { result } = h.submit(jobPlan(barrier(3)));
    await settle();
    expect(held(h).map((slot) => slot.length)).toEqual([1, 1, 1]);
    const [task] = h.backend.heads();
    expect(task?.description).toMatchObject({
      stageAttempt: 0,
      numPartitions: 3,
      barrier: [{ address: 'localhost' }, { address: 'localhost' }, { address: 'localhost' }],
    });
    await runAll(h);
    expect(await result).toEqual(expected(barrier(3)));
  });

  it('wait until enough slots idle, which take nothing from later jobs meanwhile', async () => {
    const h = await startScheduler({ slots: 2, tasksPerSlot: 1 });
    const first = h.submit(jobPlan([{ numPartitions: 2 }]));
    await settle();
    const together = h.submit(jobPlan(barrier(2)));
    const later = h.submit(jobPlan([{ numPartitions: 4 }]));
    const [one, other] = h.backend.heads();
    if (one === undefined || other === undefined) throw new Error('two tasks run');
    h.backend.endTask(one);
    await settle();
    expect(held(h)).toEqual([[], [1]]);
    h.backend.endTask(other);
    await settle();
    expect(held(h)).toEqual([[0], [1]]);
    expect(h.backend.heads().every((task) => task.description.barrier !== undefined)).toBe(true);
    await runAll(h);
    expect(await first.result).toEqual(expected([{ numPartitions: 2 }]));
    expect(await together.result).toEqual(expected(barrier(2)));
    expect(await later.result).toEqual(expected([{ numPartitions: 4 }]));
  });

  it('fail at once when there can never be enough slots', async () => {
    const h = await startScheduler({ slots: 2, maxSlots: 2 });
    const { result } = h.submit(jobPlan(barrier(3)));
    await expect(result).rejects.toMatchObject({
      code: 'BARRIER_SLOTS',
      data: { numTasks: 3, slots: 2 },
    });
    expect(h.backend.launches).toEqual([]);
  });

  it('wait for slots to come, but not for ever, while other jobs go on', async () => {
    const h = await startScheduler({ slots: 2, barrierSlotsWaitMs: 1000 });
    const early = h.submit(jobPlan(barrier(3)));
    const other = h.submit(jobPlan([{ numPartitions: 2 }]));
    await settle();
    h.clock.advance(900);
    for (const task of h.backend.heads()) h.backend.endTask(task);
    expect(await other.result).toEqual(expected([{ numPartitions: 2 }]));
    h.backend.addSlot(2);
    await settle();
    for (const task of h.backend.heads()) h.backend.endTask(task);
    expect(await early.result).toEqual(expected(barrier(3)));

    const late = h.submit(jobPlan(barrier(4)));
    await settle();
    h.clock.advance(1000);
    await expect(late.result).rejects.toMatchObject({ code: 'BARRIER_SLOTS' });
    expect(h.clock.pendingTimers).toBe(0);
  });

  it('give up in time though all slots are busy', async () => {
    const h = await startScheduler({ slots: 2, tasksPerSlot: 1, barrierSlotsWaitMs: 1000 });
    const busy = h.submit(jobPlan([{ numPartitions: 2 }]));
    const { result } = h.submit(jobPlan(barrier(3)));
    await settle();
    h.clock.advance(1000);
    await expect(result).rejects.toMatchObject({ code: 'BARRIER_SLOTS' });
    expect(h.clock.pendingTimers).toBe(0);
    await runAll(h);
    expect(await busy.result).toEqual(expected([{ numPartitions: 2 }]));
  });

  it.each([
    ['a result stage', barrier(3)],
    [
      'a shuffle map stage',
      [
        { shuffleId: 1, numPartitions: 3, isBarrier: true },
        { numPartitions: 2, parents: [1] },
      ],
    ],
  ])('run as a whole again when a task fails: %s', async (_name, stages) => {
    const h = await startScheduler({ slots: 3 });
    const { result } = h.submit(jobPlan(stages));
    await settle();
    const [done, failing, running] = h.backend.heads();
    if (done === undefined || failing === undefined || running === undefined)
      throw new Error('three tasks run');
    h.backend.endTask(done);
    h.backend.endTask(failing, failure);
    expect(running.killed).toBe(true);
    await settle();
    // The next attempt does not begin while a task of this one may still run.
    h.clock.advance(1000);
    await settle();
    expect(h.backend.launches).toHaveLength(3);
    h.backend.endTask(running);
    await settle();
    const again = h.backend.heads().map((task) => task.description);
    expect(again.map(({ partition }) => partition).sort()).toEqual([0, 1, 2]);
    expect(again.map(({ stageAttempt }) => stageAttempt)).toEqual([1, 1, 1]);
    await runAll(h);
    expect(await result).toEqual(expected(stages));
  });

  it('give up with the error of the task after enough attempts', async () => {
    const h = await startScheduler({ slots: 2, maxStageAttempts: 3, maxTaskFailures: 9 });
    const { result } = h.submit(jobPlan(barrier(2)));
    for (let attempt = 0; attempt < 3; attempt++) {
      await settle();
      const [failing, other] = h.backend.heads();
      if (failing === undefined || other === undefined) throw new Error('two tasks run');
      h.backend.endTask(failing, failure);
      h.backend.endTask(other);
      h.clock.advance(1000);
    }
    await expect(result).rejects.toThrow('no luck');
  });

  it('lose all when a slot is lost', async () => {
    const h = await startScheduler({ slots: 2 });
    const { result } = h.submit(jobPlan(barrier(2)));
    await settle();
    const other = h.backend.heads().find((task) => task.slot === 0);
    for (const task of h.backend.heads()) h.backend.startTask(task);
    h.backend.loseSlot(1);
    expect(other?.killed).toBe(true);
    h.backend.addSlot(7);
    await runAll(h);
    expect(await result).toEqual(expected(barrier(2)));
  });
});

describe('Scheduler: barriers', () => {
  const sync = (
    taskId: number,
    message: string,
    operation: 'barrier' | 'allGather' = 'allGather',
  ) => ({ kind: 'barrierSync', taskId, operation, message }) as const;

  async function running(
    n: number,
  ): Promise<{ h: Harness; ids: number[]; result: Promise<unknown> }> {
    const h = await startScheduler({ slots: n });
    const { result } = h.submit(jobPlan(barrier(n)));
    await settle();
    const tasks = h.backend.heads().map((task) => task.description);
    tasks.sort((a, b) => a.partition - b.partition);
    return { h, ids: tasks.map(({ taskId }) => taskId), result };
  }

  it('release all tasks when the last one came, with the messages by partition', async () => {
    const { h, ids, result } = await running(3);
    for (let round = 0; round < 2; round++) {
      for (const i of [2, 0, 1]) {
        expect(h.backend.releases).toHaveLength(round);
        h.backend.report(sync(ids[i] as number, `m${i}`));
      }
      expect(h.backend.releases.at(-1)).toEqual({ taskIds: ids, messages: ['m0', 'm1', 'm2'] });
    }
    await runAll(h);
    expect(await result).toEqual(expected(barrier(3)));
  });

  it('are broken by a task that ends before or after the others wait', async () => {
    for (const endsFirst of [true, false]) {
      const { h, ids, result } = await running(2);
      const task = h.backend.heads().find(({ description }) => description.taskId === ids[0]);
      if (task === undefined) throw new Error('the task runs');
      if (endsFirst) h.backend.endTask(task);
      h.backend.report(sync(ids[1] as number, '', 'barrier'));
      if (!endsFirst) h.backend.endTask(task);
      await expect(result).rejects.toMatchObject({ code: 'BARRIER_BROKEN' });
    }
  });

  it('are broken by different calls', async () => {
    const { h, ids, result } = await running(2);
    h.backend.report(sync(ids[0] as number, '', 'barrier'));
    h.backend.report(sync(ids[1] as number, 'x', 'allGather'));
    await expect(result).rejects.toMatchObject({ code: 'BARRIER_BROKEN' });
  });

  it('fail their job when the messages cannot be sent', async () => {
    const { h, ids, result } = await running(2);
    h.backend.releaseBarrier = () => {
      throw new FiresteelError('MESSAGE_TOO_LARGE', 'All messages are too large together.');
    };
    for (const id of ids) h.backend.report(sync(id, 'long'));
    await expect(result).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
  });
});
