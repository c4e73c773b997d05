import { FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { failure } from '../behaviour/rejection.js';

const master = 'local-cluster[2,1,256]';
const conf = {
  'dynamicAllocation.enabled': 'true',
  'dynamicAllocation.schedulerBacklogTimeout': '50ms',
  'dynamicAllocation.executorIdleTimeout': '200ms',
};

describe('dynamic allocation', () => {
  it('starts executors for the work, and ends them when there is none', async () => {
    await using sc = await FiresteelContext.create({ master, conf });
    const added: string[] = [];
    const removed: string[] = [];
    let onRemoved = () => {};
    sc.events.on('executorAdded', ({ executorId }) => added.push(executorId));
    sc.events.on('executorRemoved', ({ executorId }) => {
      removed.push(executorId);
      onRemoved();
    });
    const allGone = () =>
      new Promise<void>((resolve) => {
        onRemoved = () => {
          if (removed.length === added.length) resolve();
        };
      });
    // All tasks of a barrier stage run at the same time, so it needs both executors.
    const pids = () =>
      sc
        .range(0, 2, 1, 2)
        .barrier()
        .mapPartitions(() => [process.pid])
        .collect();
    const gone = allGone();
    const first = await pids();
    expect(new Set(first).size).toBe(2);
    expect(added).toHaveLength(2);
    await gone;
    // They come back, as other processes, with the next work.
    const goneAgain = allGone();
    const second = await pids();
    expect(second.filter((pid) => first.includes(pid))).toEqual([]);
    await goneAgain;
  });

  it('refuses keys that contradict each other', async () => {
    const create = (more: Record<string, string>) =>
      FiresteelContext.create({ master, conf: { ...conf, ...more } });
    const contradictions: Record<string, string>[] = [
      { 'dynamicAllocation.minExecutors': '3' },
      { 'dynamicAllocation.minExecutors': '2', 'dynamicAllocation.maxExecutors': '1' },
      { 'dynamicAllocation.shuffleTracking.enabled': 'false' },
    ];
    for (const more of contradictions)
      expect((await failure(create(more))).code).toBe('INVALID_CONFIG_VALUE');
  });
});
