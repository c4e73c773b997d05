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

it('gives tasks what is offered to the role of their executor, reserved resources too', async () => {
  const agents = ['cpus(a/x):2.5;mem(a/x):1024', 'cpus:2.5;mem:1024'];
  await using cluster = await startCluster({ agents: agents.map((resources) => ({ resources })) });
  const conf = { ...fine, 'executor.cores': 2, 'cores.max': 5, 'mesos.role': 'a/x,b' };
  await using sc = await contextOn(cluster, conf);
  const rolesByAgent = new Map<string, Set<string>>();
  sc.events.on('taskStart', () => {
    for (const { agent_id, resources = [] } of cluster.tasks()) {
      const roles = resources.map(({ reservations }) => reservations?.at(-1)?.role ?? '*');
      const known = rolesByAgent.get(agent_id.value) ?? new Set();
      rolesByAgent.set(agent_id.value, new Set([...known, ...roles]));
    }
  });
  for (let i = 0; i < 3; i++) expect(byKey(await sums(sc))).toEqual(expectedSums);
  const reserved = rolesByAgent.get(cluster.agents[0]?.id ?? '');
  expect(reserved).toEqual(new Set(['a/x']));
});

it('uses what the cluster may take back, and goes on when it does', async () => {
  const agent = { resources: 'cpus:0.5;mem:2048', revocable: 'cpus:2.5' };
  await using cluster = await startCluster({ agents: [agent] });
  await using sc = await contextOn(cluster, {
    ...fine,
    'mesos.useRevocable': true,
    'mesos.agent.maxFailures': 1,
    'mesos.task.labels': 'team:data',
  });
  const preempted = new Promise<string>((resolve) => {
    const off = sc.events.on('taskStart', ({ executorId }) => {
      const executors = cluster.agents.flatMap((agent) =>
        agent.executors().map((executor) => ({ agent, ...executor })),
      );
      const victim = executors.find((executor) => executor.executorId === executorId);
      if (victim === undefined) return;
      off();
      const tasks = cluster.tasks().filter(({ executor_id }) => executor_id?.value === executorId);
      const resources = tasks.flatMap((task) => task.resources ?? []);
      const revocable = resources.filter((resource) => resource.revocable !== undefined);
      expect(new Set(revocable.map(({ name }) => name))).toEqual(new Set(['cpus']));
      expect(resources.filter(({ name }) => name === 'cpus')).toEqual(revocable);
      expect(tasks[0]?.labels?.labels).toEqual([{ key: 'team', value: 'data' }]);
      victim.agent.preemptExecutor(victim.frameworkId, executorId);
      resolve(executorId);
    });
  });
  expect(byKey(await sums(sc))).toEqual(expectedSums);
  await preempted;
  // The agent is not left out: it was not to blame.
  expect(byKey(await sums(sc))).toEqual(expectedSums);
  expect(sc.statusTracker.getWaitingReason()).toBeUndefined();
});
