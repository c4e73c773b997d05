import { expect, it } from 'vitest';
import { nextEvent } from '../behaviour/events.js';
import { byKey, contextOn, expectedSums, startCluster, sums } from './mesos-context.js';

/** Executors that take half a cpu for themselves. */
const fine = { 'mesos.coarse': false, 'mesos.mesosExecutor.cores': 0.5, 'cores.max': 4 };

it('runs each task as a Mesos task with its own cpus, and leaves nothing behind', async () => {
  await using cluster = await startCluster({ agents: [{ resources: 'cpus:3;mem:2048' }] });
  await using sc = await contextOn(cluster, { ...fine, 'executor.cores': 2 });
  expect(cluster.tasks()).toEqual([]);
  const seen = new Map<string, number>();
  sc.events.on('taskStart', () => {
    for (const { task_id, name, resources } of cluster.tasks()) {
      // In several parts, where what is left of several offers is put together.
      const parts = resources?.filter((resource) => resource.name === 'cpus') ?? [];
      const cpus = parts.reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
      if (/^\d+$/.test(task_id.value)) seen.set(name, cpus);
    }
  });
  expect(byKey(await sums(sc))).toEqual(expectedSums);
  expect([...seen.keys()].every((name) => /^stage \d+, partition \d+\.0$/.test(name))).toBe(true);
  expect(new Set(seen.values())).toEqual(new Set([1]));
  // Between jobs only the executor's own share is held, and nothing is offered.
  await cluster.waitUntil(() => cluster.tasks().length === 0 && cluster.offers().length === 0);
  await sc.stop();
  expect(cluster.frameworks()).toEqual([]);
});

it('lets executors go that nobody needs, and starts others for the next job', async () => {
  await using cluster = await startCluster({ agents: 1 });
  await using sc = await contextOn(cluster, { ...fine, 'mesos.mesosExecutor.idleTimeout': '10ms' });
  const cached = sc.range(0, 10, 1, 1).cache();
  const removed = nextEvent(sc, 'executorRemoved');
  await sums(sc);
  expect((await removed).reason).toBe('it is not needed any more');
  expect(await cached.count()).toBe(10);
  const removedLater = nextEvent(sc, 'executorRemoved');
  await cached.unpersist();
  await removedLater;
  expect(byKey(await sums(sc))).toEqual(expectedSums);
});
