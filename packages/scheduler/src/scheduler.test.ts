import { FiresteelError } from '@firesteel/common';
import { StorageLevel } from '@firesteel/plan';
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

const twoStages = [
  { shuffleId: 1, numPartitions: 3 },
  { numPartitions: 2, parents: [1] },
];

function kinds(h: Harness, ...wanted: string[]): string[] {
  return h.events.flatMap((event) => {
    if (!wanted.includes(event.kind)) return [];
    if (event.kind === 'stageSubmitted' || event.kind === 'stageCompleted') {
      return [`${event.kind} ${event.stageId}.${event.attempt} ${event.numTasks}`];
    }
    return [event.kind];
  });
}

async function codeOf(result: Promise<unknown>): Promise<string> {
  const error: unknown = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return FiresteelError.is(error) ? error.code : String(error);
}

/** The partitions that each slot was given, in the order of launch. */
function placement(h: Harness): Record<number, number[]> {
  const slots: Record<number, number[]> = {};
  for (const { slot, tasks } of h.backend.launches) {
    slots[slot] = [...(slots[slot] ?? []), ...tasks.map((task) => task.partition)];
  }
  return slots;
}

describe('Scheduler: jobs and stages', () => {
  it('runs the stages of a job in the order of their shuffles', async () => {
    const h = await startScheduler();
    const stages = [
      { shuffleId: 1, numPartitions: 3 },
      { shuffleId: 2, numPartitions: 2 },
      { shuffleId: 3, numPartitions: 4, parents: [1, 2] },
      { numPartitions: 5, parents: [3] },
    ];
    const { result } = h.submit(jobPlan(stages));
    await runAll(h);
    expect(await result).toEqual(expected(stages));
    const start = h.events.find((event) => event.kind === 'jobStart');
    expect(start).toMatchObject({ stageIds: [0, 1, 2, 3], numTasks: 14, skippedStages: [] });
  });

  it('runs only the partitions asked for, and gives results in their order', async () => {
    const h = await startScheduler();
    const all = expected([{ numPartitions: 6 }]);
    const { result } = h.submit(jobPlan([{ numPartitions: 6 }], [4, 1, 4]));
    await runAll(h);
    expect(await result).toEqual([all[4], all[1], all[4]]);
    expect(h.backend.launches.flatMap(({ tasks }) => tasks)).toHaveLength(2);
  });

  it('lets a job without partitions succeed at once', async () => {
    const h = await startScheduler();
    const { result } = h.submit(jobPlan(twoStages, []));
    expect(await result).toEqual([]);
    h.bus.flush();
    expect(kinds(h, 'jobStart', 'stageSubmitted', 'jobEnd')).toEqual(['jobStart', 'jobEnd']);
  });

  it('skips the stage of a complete shuffle, until the shuffle is removed', async () => {
    const h = await startScheduler();
    for (let i = 0; i < 2; i++) {
      h.submit(jobPlan(twoStages));
      await runAll(h);
    }
    expect(kinds(h, 'stageSubmitted')).toEqual([
      'stageSubmitted 0.0 3',
      'stageSubmitted 1.0 2',
      'stageSubmitted 2.0 2',
    ]);
    const starts = h.events.filter((event) => event.kind === 'jobStart');
    expect(starts[1]?.skippedStages).toEqual([
      { shuffleId: 1, name: 'reduceByKey at job.ts:1', numTasks: 3 },
    ]);
    expect(h.scheduler.isShuffleComplete(1)).toBe(true);
    h.scheduler.removeShuffle(1);
    expect(h.scheduler.isShuffleComplete(1)).toBe(false);
    const { result } = h.submit(jobPlan(twoStages));
    await runAll(h);
    expect(await result).toEqual(expected(twoStages));
    expect(kinds(h, 'stageSubmitted')).toHaveLength(5);
  });

  it('shares a running stage between jobs, and keeps it when one of them is cancelled', async () => {
    const h = await startScheduler();
    const stages = [
      { shuffleId: 1, numPartitions: 3 },
      { shuffleId: 2, numPartitions: 3, parents: [1] },
      { numPartitions: 2, parents: [2] },
    ];
    const first = h.submit(jobPlan(stages));
    const second = h.submit(jobPlan(stages));
    await settle();
    h.scheduler.cancelJob(first.jobId, 'test');
    await runAll(h);
    expect(await codeOf(first.result)).toBe('JOB_CANCELLED');
    expect(await second.result).toEqual(expected(stages));
    expect(kinds(h, 'stageSubmitted')).toHaveLength(3);
  });

  it('serves jobs first in, first out', async () => {
    const h = await startScheduler({ slots: 1, tasksPerSlot: 1 });
    const first = h.submit(jobPlan([{ numPartitions: 3 }]));
    const second = h.submit(jobPlan([{ numPartitions: 1 }]));
    const ended: number[] = [];
    first.result.then(() => ended.push(1));
    second.result.then(() => ended.push(2));
    await runAll(h);
    expect(ended).toEqual([1, 2]);
  });

  it('survives a lineage of 10,000 stages', async () => {
    const h = await startScheduler();
    const stages = Array.from({ length: 10_000 }, (_, id) => ({
      shuffleId: id,
      numPartitions: id % 2,
      parents: id === 0 ? [] : [id - 1],
    }));
    const { result } = h.submit(jobPlan([...stages, { numPartitions: 1, parents: [9999] }]));
    await runAll(h);
    expect(await result).toHaveLength(1);
    h.scheduler.removeShuffle(9999);
    for (const { shuffleId } of stages) h.scheduler.removeShuffle(shuffleId);
    expect([h.backend.programs.size, h.backend.closureSets.size]).toEqual([0, 0]);
  });

  it('rejects a plan that reads a shuffle nobody computes', async () => {
    const h = await startScheduler();
    const { result } = h.submit(jobPlan([{ numPartitions: 1, parents: [77] }]));
    await expect(result).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('Shuffle 77'),
    });
    expect(h.backend.programs.size).toBe(0);
  });

  it('fails the job when the splits of a task cannot be made', async () => {
    const h = await startScheduler();
    const plan = jobPlan([{ numPartitions: 4 }]);
    const broken = {
      ...plan,
      stages: plan.stages.map((stage) => ({
        ...stage,
        splitsFor: (partition: number) => {
          if (partition === 1) throw new RangeError('row 3 cannot travel');
          return [];
        },
      })),
    };
    const { result } = h.submit(broken);
    const other = h.submit(jobPlan([{ numPartitions: 2 }]));
    await expect(result).rejects.toThrow(new RangeError('row 3 cannot travel'));
    await runAll(h);
    expect(await other.result).toEqual(expected([{ numPartitions: 2 }]));
    expect(h.backend.violations).toEqual([]);
  });
});

describe('Scheduler: failures', () => {
  it('retries a failed task, then rejects with the error of the user', async () => {
    const h = await startScheduler({ slots: 1, maxTaskFailures: 3 });
    const { jobId, result } = h.submit(jobPlan([{ numPartitions: 2 }]));
    const attempts: number[] = [];
    for (let i = 0; i < 3; i++) {
      await settle();
      const task = h.backend.tasks().find((t) => t.description.partition === 1);
      if (task === undefined) throw new Error('partition 1 is not queued');
      attempts.push(task.description.attempt);
      h.backend.endTask(task, {
        kind: 'exception',
        error: encodedError('bad row'),
        retryable: true,
      });
    }
    const error: unknown = await result.catch((reason: unknown) => reason);
    expect(attempts).toEqual([0, 1, 2]);
    expect(error).toEqual(new TypeError('bad row'));
    expect(Object.keys(error as object)).toEqual([]);
    expect((error as { firesteel?: unknown }).firesteel).toEqual({
      jobId,
      stageId: 0,
      stage: 'collect at job.ts:0',
      partition: 1,
      attempt: 2,
    });
    // The other task is killed, and its late end changes nothing.
    expect(h.backend.tasks().every((task) => task.killed)).toBe(true);
    await runAll(h);
    expect(h.backend.programs.size).toBe(0);
  });

  it('does not retry what cannot succeed', async () => {
    const h = await startScheduler();
    const { result } = h.submit(jobPlan([{ numPartitions: 1 }]));
    await settle();
    for (const task of h.backend.heads()) {
      const error = encodedError('not a pair');
      h.backend.endTask(task, { kind: 'exception', error, retryable: false });
    }
    await expect(result).rejects.toThrow('not a pair');
  });

  it('does not count killed tasks', async () => {
    const h = await startScheduler({ maxTaskFailures: 1 });
    const { result } = h.submit(jobPlan([{ numPartitions: 1 }]));
    for (let i = 0; i < 5; i++) {
      await settle();
      for (const task of h.backend.heads()) h.backend.endTask(task, { kind: 'killed' });
    }
    await runAll(h);
    expect(await result).toEqual(expected([{ numPartitions: 1 }]));
  });

  it('counts the running task of a lost slot, not the queued ones', async () => {
    const h = await startScheduler({ slots: 1, maxTaskFailures: 2 });
    const { result } = h.submit(jobPlan([{ numPartitions: 2 }]));
    for (let slot = 0; slot < 2; slot++) {
      await settle();
      const running = h.backend.tasks().find((task) => task.description.partition === 0);
      if (running === undefined) throw new Error('partition 0 is not queued');
      h.backend.startTask(running);
      h.backend.loseSlot(slot, 'its thread ran out of heap memory');
      h.backend.addSlot(slot + 1);
    }
    await expect(result).rejects.toMatchObject({
      code: 'EXECUTOR_LOST',
      message: expect.stringMatching(/partition 0 .* after 2 failures .* heap memory/),
    });
  });

  it('counts the first task of a slot that dies before it reports anything', async () => {
    const h = await startScheduler({ slots: 1, maxTaskFailures: 1 });
    const { result } = h.submit(jobPlan([{ numPartitions: 2 }]));
    await settle();
    h.backend.loseSlot(0);
    expect(await codeOf(result)).toBe('EXECUTOR_LOST');
  });

  it('ignores reports on tasks and slots that it does not know', async () => {
    const h = await startScheduler();
    const { result } = h.submit(jobPlan([{ numPartitions: 1 }]));
    await settle();
    h.backend.report({ kind: 'taskStarted', taskId: 99 });
    h.backend.report({ kind: 'taskEnded', taskId: 99, outcome: { kind: 'killed' } });
    h.backend.report({ kind: 'slotLost', slot: 99, reason: 'never there' });
    h.backend.report({ kind: 'executorLost', executorId: 'unknown', reason: 'never there' });
    h.backend.report({ kind: 'slotAdded', slot: 0, executorId: 'executor 0', host: 'localhost' });
    await runAll(h);
    expect(await result).toEqual(expected([{ numPartitions: 1 }]));
  });
});

describe('Scheduler: lost executors', () => {
  it('computes the map outputs that went with them again, and no others', async () => {
    const h = await startScheduler({ slots: 4 });
    const first = h.submit(jobPlan(twoStages));
    await runAll(h);
    await first.result;
    const mapTasks = h.backend.launches.flatMap(({ slot, tasks }) =>
      tasks.map((task) => ({ slot, ...task })),
    );
    const mapProgram = mapTasks[0]?.programId;
    const onLost = mapTasks.filter((task) => task.programId === mapProgram && task.slot < 2);
    const before = h.backend.launches.length;
    h.backend.loseExecutorOf(0);
    const { result } = h.submit(jobPlan(twoStages));
    await runAll(h);
    expect(await result).toEqual(expected(twoStages));
    const recomputed = h.backend.launches
      .slice(before)
      .flatMap(({ tasks }) => tasks)
      .filter((task) => task.programId === mapProgram);
    const partitionsOf = (tasks: readonly { readonly partition: number }[]) =>
      tasks.map(({ partition }) => partition).sort();
    expect(partitionsOf(recomputed)).toEqual(partitionsOf(onLost));
    expect(h.events.some((e) => e.kind === 'taskEnd' && e.outcome === 'fetchFailed')).toBe(false);
    expect(h.backend.violations).toEqual([]);
  });

  it('runs finished map tasks of a running stage again before its readers start', async () => {
    const h = await startScheduler({ slots: 4, tasksPerSlot: 1 });
    const { result } = h.submit(jobPlan(twoStages));
    await settle();
    const [head] = h.backend.heads();
    if (head === undefined) throw new Error('nothing runs');
    h.backend.endTask(head);
    h.backend.loseExecutorOf(head.slot);
    await runAll(h);
    expect(await result).toEqual(expected(twoStages));
    expect(h.events.some((e) => e.kind === 'stageSubmitted' && e.attempt > 0)).toBe(false);
    expect(h.events.some((e) => e.kind === 'taskEnd' && e.outcome === 'fetchFailed')).toBe(false);
  });
});

describe('Scheduler: fetch failures', () => {
  it('computes only the lost map outputs again, by the program that made them', async () => {
    const h = await startScheduler({ slots: 4 });
    const first = h.submit(jobPlan(twoStages));
    await runAll(h);
    await first.result;
    const mapProgram = h.backend.launches[0]?.tasks[0]?.programId;
    for (const output of h.backend.shuffles.get(1)?.slice(1) ?? []) {
      h.backend.destroyed.add(output);
    }
    const before = h.backend.launches.length;
    const { result } = h.submit(jobPlan(twoStages));
    await runAll(h);
    expect(await result).toEqual(expected(twoStages));
    const recomputed = h.backend.launches
      .slice(before)
      .flatMap(({ tasks }) => tasks)
      .filter((task) => task.programId === mapProgram);
    expect(recomputed.map((task) => task.partition)).toEqual([1, 2]);
    expect(h.backend.violations).toEqual([]);
  });

  it('recomputes an ancestor whose outputs were removed', async () => {
    const h = await startScheduler();
    const stages = [
      { shuffleId: 1, numPartitions: 2 },
      { shuffleId: 2, numPartitions: 2, parents: [1] },
      { numPartitions: 2, parents: [2] },
    ];
    h.submit(jobPlan(stages));
    await runAll(h);
    h.scheduler.removeShuffle(1);
    for (const output of h.backend.shuffles.get(2) ?? []) h.backend.destroyed.add(output);
    // A planner leaves out what stands before a complete shuffle.
    const { result } = h.submit(jobPlan(stages.slice(2)));
    await runAll(h);
    expect(await result).toEqual(expected(stages));
  });

  it('keeps what it has to recompute when the job that began to compute it is cancelled', async () => {
    const h = await startScheduler();
    const stages = [
      { shuffleId: 1, numPartitions: 2 },
      { shuffleId: 2, numPartitions: 2, parents: [1] },
      { shuffleId: 3, numPartitions: 2, parents: [2] },
      { numPartitions: 1, parents: [3] },
    ];
    h.submit(jobPlan(stages));
    await runAll(h);
    for (const output of h.backend.shuffles.get(3) ?? []) h.backend.destroyed.add(output);
    h.scheduler.removeShuffle(1);
    h.scheduler.removeShuffle(2);
    // The first job computes shuffle 1, and shuffle 2 waits for it.
    const first = h.submit(jobPlan([...stages.slice(0, 2), { numPartitions: 1, parents: [2] }]));
    await settle();
    // The second one finds that it needs both, too.
    const second = h.submit(jobPlan(stages));
    for (const task of h.backend.tasks()) h.backend.startTask(task);
    h.backend.addSlot(7);
    await settle();
    const reader = h.backend.tasks().find((task) => task.slot === 7);
    if (reader === undefined) throw new Error('the second job does not run');
    h.backend.endTask(reader);
    h.clock.advance(200);
    h.scheduler.cancelJob(first.jobId);
    await runAll(h);
    expect(await second.result).toEqual(expected(stages));
  });

  it('gives up after the allowed number of attempts in a row', async () => {
    const h = await startScheduler({ maxStageAttempts: 3, maxTaskFailures: 1 });
    const { result } = h.submit(jobPlan(twoStages));
    let attempts = 0;
    for (let i = 0; i < 50 && attempts < 3; i++) {
      await settle();
      const heads = h.backend.heads();
      if (heads.length === 0) h.clock.advanceToNextTimer();
      for (const task of heads) {
        h.backend.startTask(task);
        const [lost] = task.inputs.get(1) ?? [];
        if (lost !== undefined && !h.backend.destroyed.has(lost)) {
          h.backend.destroyed.add(lost);
          attempts += 1;
        }
        h.backend.endTask(task);
      }
    }
    await expect(result).rejects.toMatchObject({
      code: 'SHUFFLE_FETCH_FAILED',
      message: expect.stringContaining('shuffle 1'),
    });
    expect(h.clock.pendingTimers).toBe(0);
  });

  it('drops all outputs of an executor that one reader cannot reach', async () => {
    const h = await startScheduler({ slots: 4, tasksPerSlot: 1 });
    const stages = [
      { shuffleId: 1, numPartitions: 8 },
      { shuffleId: 2, numPartitions: 8 },
      { numPartitions: 1, parents: [1, 2] },
    ];
    h.submit(jobPlan(stages));
    await runAll(h);
    const { result } = h.submit(jobPlan(stages));
    await settle();
    const [reader] = h.backend.heads();
    const outcome = {
      kind: 'fetchFailed',
      shuffleId: 1,
      mapPartition: 0,
      executorId: 'executor 0',
      reason: 'no answer',
    } as const;
    if (reader !== undefined) h.backend.endTask(reader, { ...outcome, isUnreachable: true });
    await runAll(h);
    expect(await result).toEqual(expected(stages));
    // Two of the four slots are its: half of the outputs of both shuffles, in one attempt each.
    expect(kinds(h, 'stageSubmitted').slice(3)).toEqual([
      'stageSubmitted 3.0 1',
      'stageSubmitted 5.0 4',
      'stageSubmitted 4.0 4',
      'stageSubmitted 3.1 1',
    ]);
  });

  it('resubmits once for failures that come together', async () => {
    const h = await startScheduler({ slots: 2, tasksPerSlot: 1 });
    h.submit(jobPlan(twoStages));
    await runAll(h);
    for (const output of h.backend.shuffles.get(1) ?? []) h.backend.destroyed.add(output);
    const { result } = h.submit(jobPlan(twoStages));
    await settle();
    for (const [index, task] of h.backend.heads().entries()) {
      h.backend.endTask(task, {
        kind: 'fetchFailed',
        shuffleId: 1,
        mapPartition: index,
        isUnreachable: false,
        reason: 'gone',
      });
    }
    await settle();
    expect(h.backend.tasks()).toEqual([]);
    expect(h.clock.pendingTimers).toBe(1);
    h.clock.advance(200);
    await settle();
    expect(h.backend.tasks().map((task) => task.description.partition)).toEqual([0, 1]);
    await runAll(h);
    expect(await result).toEqual(expected(twoStages));
  });
});

describe('Scheduler: placement', () => {
  it('queues tasks in lists, spread evenly, at home on the same slot in every job', async () => {
    const h = await startScheduler({ slots: 2, tasksPerSlot: 2 });
    h.submit(jobPlan([{ numPartitions: 4 }]));
    await settle();
    expect(h.backend.launches.map(({ slot, tasks }) => [slot, tasks.length])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(placement(h)).toEqual({ 0: [0, 2], 1: [1, 3] });
  });

  it('queues tasks that turn out to be short in longer lists', async () => {
    const h = await startScheduler({ slots: 1, tasksPerSlot: 2 });
    h.submit(jobPlan([{ numPartitions: 20 }]));
    await settle();
    expect(h.backend.tasks()).toHaveLength(2);
    for (const task of h.backend.heads()) h.backend.endTask(task);
    await settle();
    expect(h.backend.tasks()).toHaveLength(h.backend.maxTasksPerSlot);
    expect(h.backend.launches).toHaveLength(2);
  });

  it('does not let a slot idle for a partition whose home is busy', async () => {
    const h = await startScheduler({ slots: 2, tasksPerSlot: 2 });
    h.submit(jobPlan([{ numPartitions: 4 }], [0, 2]));
    await settle();
    expect(placement(h)).toEqual({ 0: [0], 1: [2] });
  });

  it('runs tasks where their cached blocks are', async () => {
    const h = await startScheduler({ slots: 3, tasksPerSlot: 1 });
    const cached = [{ numPartitions: 3, cachedRdd: 5 }];
    h.submit(jobPlan(cached));
    await settle();
    // A slot that comes while the job runs moves the home of later partitions.
    await runAll(h);
    expect(h.scheduler.isFullyCached(5, 3)).toBe(true);
    h.backend.addSlot(9);
    h.backend.addSlot(4);
    const before = h.backend.launches.length;
    h.submit(jobPlan(cached));
    await settle();
    const where = h.backend.launches.slice(before).map(({ slot, tasks }) => {
      return [slot, tasks[0]?.partition];
    });
    expect(where).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it('waits for the slot with the block, and then runs elsewhere', async () => {
    const h = await startScheduler({
      slots: 1,
      tasksPerSlot: 1,
      localityWaits: { processMs: 3000, hostMs: 0 },
    });
    const cached = [{ numPartitions: 2, cachedRdd: 5 }];
    h.submit(jobPlan(cached));
    await runAll(h);
    h.backend.addSlot(1);
    const { result } = h.submit(jobPlan(cached));
    const other = h.submit(jobPlan([{ numPartitions: 1 }]));
    await settle();
    // The slot without the blocks does not idle: it runs the task without a preference.
    expect(h.backend.tasks().map((t) => [t.slot, t.description.partition])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    const [, unpreferred] = h.backend.tasks();
    if (unpreferred !== undefined) h.backend.endTask(unpreferred);
    await other.result;
    h.clock.advance(2999);
    await settle();
    expect(h.backend.tasks()).toHaveLength(1);
    h.clock.advance(1);
    await settle();
    expect(h.backend.tasks().map((t) => [t.slot, t.description.partition])).toEqual([
      [0, 0],
      [1, 1],
    ]);
    await runAll(h);
    expect(await result).toEqual(expected(cached));
    expect(h.clock.pendingTimers).toBe(0);
  });

  it('leaves the executor with the block after one wait, and its host after another', async () => {
    const localityWaits = { processMs: 1000, hostMs: 500 };
    const h = await startScheduler({ slots: 2, tasksPerSlot: 1, localityWaits });
    const cached = [{ numPartitions: 6, cachedRdd: 5 }];
    const level = StorageLevel.MEMORY_ONLY;
    for (let partition = 0; partition < 6; partition++) {
      const block = { rddId: 5, partition, level, memoryBytes: 8, diskBytes: 0 };
      const update = { ...block, scope: 'executor', isStored: true } as const;
      h.backend.report({ kind: 'blockUpdated', slot: 0, update });
    }
    h.backend.addSlot(2);
    h.backend.slots.set(4, []);
    h.backend.report({ kind: 'slotAdded', slot: 4, executorId: 'executor 2', host: 'far' });
    h.submit(jobPlan(cached));
    const busySlots = async () => {
      await settle();
      return h.backend.heads().map(({ slot }) => slot);
    };
    // Both slots of the executor can read the blocks, whichever of them has stored one.
    expect(await busySlots()).toEqual([0, 1]);
    h.clock.advance(999);
    expect(await busySlots()).toEqual([0, 1]);
    h.clock.advance(1);
    expect(await busySlots()).toEqual([0, 1, 2]);
    h.clock.advance(499);
    expect(await busySlots()).toEqual([0, 1, 2]);
    h.clock.advance(1);
    expect(await busySlots()).toEqual([0, 1, 2, 4]);
    await h.scheduler.stop();
  });

  it('does not count the time in which no slot idles as waiting', async () => {
    const h = await startScheduler({
      slots: 1,
      tasksPerSlot: 1,
      localityWaits: { processMs: 3000, hostMs: 0 },
    });
    const cached = [{ numPartitions: 2, cachedRdd: 5 }];
    h.submit(jobPlan([{ numPartitions: 2, cachedRdd: 5 }]));
    await runAll(h);
    h.backend.addSlot(1);
    h.submit(jobPlan(cached));
    h.submit(jobPlan([{ numPartitions: 1 }]));
    await settle();
    h.clock.advance(5000);
    const long = h.backend.tasks().find((task) => task.slot === 1);
    if (long === undefined) throw new Error('slot 1 idles');
    h.backend.endTask(long);
    await settle();
    h.clock.advance(2999);
    await settle();
    expect(h.backend.slots.get(1)).toEqual([]);
    h.clock.advance(1);
    await settle();
    expect(h.backend.slots.get(1)).toHaveLength(1);
  });

  it('spares a shuffle whose reader is cached, and computes it when a block is lost', async () => {
    const h = await startScheduler({ slots: 2, tasksPerSlot: 1 });
    const stages = [
      { shuffleId: 1, numPartitions: 2 },
      { numPartitions: 4, parents: [1], cachedRdd: 5 },
    ];
    h.submit(jobPlan(stages));
    await runAll(h);
    h.scheduler.removeShuffle(1);
    const { result } = h.submit(jobPlan(stages));
    await settle();
    expect(kinds(h, 'stageSubmitted').slice(2)).toEqual(['stageSubmitted 2.0 4']);
    h.backend.loseSlot(1);
    // Meanwhile the task on the other slot ends, and its result counts.
    await runAll(h);
    expect(await result).toEqual(expected(stages));
    expect(kinds(h, 'stageSubmitted').slice(3)).toEqual([
      'stageSubmitted 3.0 2',
      'stageSubmitted 2.1 3',
    ]);
    expect(h.events.some((e) => e.kind === 'taskEnd' && e.outcome === 'fetchFailed')).toBe(false);
  });

  it('forgets the blocks of an RDD that is no longer cached', async () => {
    const h = await startScheduler();
    h.submit(jobPlan([{ numPartitions: 2, cachedRdd: 5 }]));
    await runAll(h);
    h.scheduler.removeCachedRdd(5);
    expect(h.scheduler.isFullyCached(5, 2)).toBe(false);
    expect([...h.backend.cached.values()].flatMap((blocks) => [...blocks.keys()])).toEqual([]);
  });
});

describe('Scheduler: cancellation and stop', () => {
  it('cancels at once, kills the tasks and ignores what they still report', async () => {
    const h = await startScheduler();
    const { jobId, result } = h.submit(jobPlan(twoStages));
    await settle();
    h.scheduler.cancelJob(jobId, 'the user pressed Ctrl-C');
    await expect(result).rejects.toMatchObject({
      code: 'JOB_CANCELLED',
      message: `Job ${jobId} was cancelled: the user pressed Ctrl-C.`,
    });
    expect(h.backend.tasks().every((task) => task.killed)).toBe(true);
    await runAll(h);
    expect([h.backend.programs.size, h.backend.closureSets.size]).toEqual([0, 0]);
    h.scheduler.cancelJob(jobId);
  });

  it('cancels a job that is still planned', async () => {
    const h = await startScheduler();
    const jobId = h.scheduler.newJobId();
    h.scheduler.cancelJob(jobId, 'too late');
    expect(await codeOf(h.scheduler.submit(jobId, jobPlan(twoStages)))).toBe('JOB_CANCELLED');
    const planned = h.scheduler.newJobId();
    h.scheduler.cancelAll('all of them');
    expect(await codeOf(h.scheduler.submit(planned, jobPlan(twoStages)))).toBe('JOB_CANCELLED');
    h.bus.flush();
    expect(h.events).toEqual([]);
  });

  it('computes what an unfinished job left behind with the functions of the next job', async () => {
    const h = await startScheduler({ slots: 1, tasksPerSlot: 1 });
    const first = h.submit(jobPlan(twoStages));
    await settle();
    for (const task of h.backend.heads()) h.backend.endTask(task);
    await settle();
    h.scheduler.cancelJob(first.jobId);
    const next = jobPlan(twoStages);
    const { result } = h.submit(next);
    const before = h.backend.launches.length;
    await runAll(h);
    expect(await result).toEqual(expected(twoStages));
    const programs = h.backend.launches.slice(before).flatMap(({ tasks }) => tasks);
    expect(programs.filter((t) => t.programId === next.stages[0]?.program.id)).toHaveLength(3);
  });

  it('rejects running and later jobs when it stops, and leaves no timer', async () => {
    const h = await startScheduler({ slots: 1, tasksPerSlot: 1 });
    const cached = [{ numPartitions: 2, cachedRdd: 5 }];
    h.submit(jobPlan(cached));
    await runAll(h);
    h.backend.addSlot(1);
    const running = h.submit(jobPlan(cached));
    await settle();
    expect(h.clock.pendingTimers).toBe(1);
    await Promise.all([h.scheduler.stop(), h.scheduler.stop()]);
    expect(await codeOf(running.result)).toBe('CONTEXT_STOPPED');
    expect(await codeOf(h.submit(jobPlan(twoStages)).result)).toBe('CONTEXT_STOPPED');
    expect([h.clock.pendingTimers, h.backend.stopped]).toEqual([0, true]);
    expect(h.events.at(-1)).toMatchObject({ kind: 'jobEnd', result: { kind: 'failed' } });
  });
});
