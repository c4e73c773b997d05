import { BarrierTaskContext, FiresteelContext, TaskContext } from 'firesteel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('barrier stages', () => {
  let sc: FiresteelContext;
  beforeAll(async () => {
    sc = await FiresteelContext.create({ master: 'local[3,3]', appName: 'barrier' });
  });
  afterAll(() => sc.stop());

  it('tell tasks who they are', async () => {
    const rows = await sc
      .range(0, 3, 1, 3)
      .map(() => {
        const { partitionId, numPartitions, attemptNumber } = TaskContext.get() as TaskContext;
        return [partitionId, numPartitions, attemptNumber, TaskContext.getPartitionId()];
      })
      .collect();
    expect(rows).toEqual([0, 1, 2].map((p) => [p, 3, 0, p]));
    expect(TaskContext.get()).toBeUndefined();
    expect(TaskContext.getPartitionId()).toBe(0);
  });

  it('call completion listeners, the last one first, on success and on failure', async () => {
    const counts = await sc
      .range(0, 3, 1, 1)
      .mapPartitions((rows) => {
        const seen: string[] = [];
        const context = TaskContext.get() as TaskContext;
        context
          .addTaskCompletionListener(() => {
            seen.push('first');
            (globalThis as { seen?: string[] }).seen = seen;
          })
          .addTaskCompletionListener(async () => seen.push('second'))
          .addTaskFailureListener((_, error) => seen.push(String(error)));
        return rows;
      })
      .map((x) => {
        if (x === 2 && TaskContext.get()?.attemptNumber === 0) throw new RangeError('two');
        return (globalThis as { seen?: string[] }).seen ?? [];
      })
      .collect();
    // The second attempt may run in another thread, which has seen nothing.
    expect([[], ['RangeError: two', 'second', 'first']]).toContainEqual(counts[0]);
  });

  it('let tasks wait for one another and exchange messages', async () => {
    const rows = await sc
      .range(0, 6, 1, 3)
      .barrier()
      .mapPartitions(async (rows) => {
        const context = BarrierTaskContext.get();
        const all = await context.allGather([...rows].join());
        await context.barrier();
        return [[context.partitionId, all, context.getTaskInfos().length] as const];
      })
      .collect();
    expect(rows).toEqual([0, 1, 2].map((p) => [p, ['0,1', '2,3', '4,5'], 3]));
  });

  it('run again as a whole when one task fails, before a shuffle too', async () => {
    const attempts = sc
      .range(0, 3, 1, 3)
      .barrier()
      .mapPartitionsWithIndex(async (partition) => {
        const context = BarrierTaskContext.get();
        if (partition === 1 && context.stageAttemptNumber === 0) throw new Error('once');
        await context.barrier();
        return [[partition, context.stageAttemptNumber] as const];
      });
    const expected = [0, 1, 2].map((p) => [p, 1]);
    expect(await attempts.collect()).toEqual(expected);
    expect(await attempts.sortByKey().collect()).toEqual(expected);
  });

  it('refuse what cannot work', async () => {
    const barrier = sc
      .range(0, 6, 1, 3)
      .barrier()
      .mapPartitions((rows) => rows);
    const failures = {
      BARRIER_SLOTS: sc
        .range(0, 4, 1, 4)
        .barrier()
        .mapPartitions((rows) => rows)
        .count(),
      BARRIER_BROKEN: sc
        .range(0, 3, 1, 3)
        .barrier()
        .mapPartitions(async (rows) => {
          const context = BarrierTaskContext.get();
          if (context.partitionId > 0) await context.barrier();
          return rows;
        })
        .count(),
    };
    for (const [code, job] of Object.entries(failures))
      await expect(job).rejects.toMatchObject({ code });
    const unsupported = [
      barrier.take(1),
      barrier.union(barrier).count(),
      barrier.coalesce(2).count(),
      barrier
        .barrier()
        .mapPartitions((rows) => rows)
        .count(),
      sc
        .range(3)
        .map(() => BarrierTaskContext.get().partitionId)
        .collect(),
    ];
    for (const job of unsupported)
      await expect(job).rejects.toMatchObject({ code: 'BARRIER_UNSUPPORTED' });
    expect(await barrier.union(sc.emptyRDD<number>()).count()).toBe(6);
  });

  it('end when their job is cancelled while tasks wait', async () => {
    const started = sc
      .range(0, 3, 1, 3)
      .barrier()
      .mapPartitions(async () => {
        const context = BarrierTaskContext.get();
        await context.barrier();
        if (context.partitionId > 0) await context.barrier();
        else await new Promise<never>(() => {});
        return [0];
      });
    const job = started.collect();
    const taskStarted = new Promise<void>((resolve) => {
      let seen = 0;
      const off = sc.events.on('taskStart', () => {
        seen += 1;
        if (seen === 3) resolve();
      });
      void off;
    });
    await taskStarted;
    job.cancel();
    await expect(job).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });
});
