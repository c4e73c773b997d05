import { BarrierTaskContext, FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';

/** All tasks run at the same time, or none. */
const together = (sc: FiresteelContext, tasks: number) =>
  sc
    .range(0, tasks, 1, tasks)
    .barrier()
    .mapPartitions(async (rows) => {
      await BarrierTaskContext.get().barrier();
      return rows;
    })
    .count();

describe('task.cpus decides how many tasks run at the same time', () => {
  it.each([
    ['local[5]', '2', 2],
    ['local[1]', '0.5', 2],
    ['local-cluster[1,1,256]', '0.5', 2],
  ])('%s with tasks of %s cpus', async (master, cpus, slots) => {
    await using sc = await FiresteelContext.create({ master, conf: { 'task.cpus': cpus } });
    expect(sc.defaultParallelism).toBe(slots);
    expect(await together(sc, slots)).toBe(slots);
    await expect(together(sc, slots + 1)).rejects.toMatchObject({
      code: 'BARRIER_SLOTS',
      data: { slots },
    });
  });

  it('refuses a master without room for one task', async () => {
    for (const master of ['local[1]', 'local-cluster[2,1,256]'])
      await expect(
        FiresteelContext.create({ master, conf: { 'task.cpus': '2' } }),
      ).rejects.toMatchObject({ code: 'INVALID_CONFIG_VALUE', data: { key: 'task.cpus' } });
  });
});
