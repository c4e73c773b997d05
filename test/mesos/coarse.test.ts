import { expect, it } from 'vitest';
import { EventLog, nextEvent } from '../behaviour/events.js';
import { byKey, contextOn, expectedSums, startCluster, sums } from './mesos-context.js';

it('runs tasks on executors of several agents, and leaves nothing behind', async () => {
  await using cluster = await startCluster();
  await using sc = await contextOn(cluster, { 'mesos.constraints': 'hostname:UNIQUE' });
  expect(byKey(await sums(sc))).toEqual(expectedSums);
  const tasks = cluster.tasks();
  expect(tasks.map(({ name, state }) => [name, state])).toEqual([
    ['test 0', 'TASK_RUNNING'],
    ['test 1', 'TASK_RUNNING'],
  ]);
  expect(new Set(tasks.map(({ agent_id }) => agent_id.value)).size).toBe(2);
  expect(sc.statusTracker.getWaitingReason()).toBeUndefined();
  await sc.stop();
  expect(cluster.tasks()).toEqual([]);
  expect(cluster.frameworks()).toEqual([]);
});

it('gives each executor the cpus, memory and labels that were asked for', async () => {
  await using cluster = await startCluster({ agents: 1 });
  await using sc = await contextOn(cluster, {
    'executor.cores': 2,
    'executor.instances': 1,
    'mesos.extra.cores': 1,
    'mesos.executor.disk': '100m',
    'mesos.task.labels': 'team:data',
    'cores.max': 3,
  });
  expect(sc.defaultParallelism).toBe(3);
  await sums(sc);
  const [task] = cluster.tasks();
  expect(task?.resources?.map(({ name, scalar }) => [name, scalar?.value]).sort()).toEqual([
    ['cpus', 2],
    ['disk', 100],
    ['mem', 320],
  ]);
  expect(task?.labels?.labels).toEqual([{ key: 'team', value: 'data' }]);
});

it('tells why it waits, and goes on when that is over', async () => {
  await using cluster = await startCluster({ agents: [{ attributes: 'rack:a' }] });
  await using sc = await contextOn(cluster, { 'mesos.constraints': 'rack:b' });
  const result = sums(sc);
  await nextEvent(sc, 'executorsAwaited', ({ reason }) => reason?.includes('rack:b') === true);
  expect(sc.statusTracker.getWaitingReason()).toBe(
    '1 × mesos.constraints does not hold (agent1, rack:b)',
  );
  const added = nextEvent(sc, 'executorAdded', () => true);
  const agent = await cluster.addAgent({ attributes: 'rack:b' });
  expect(byKey(await result)).toEqual(expectedSums);
  // Links to logs lead to the agent, which serves the files of sandboxes.
  expect((await added).logUrls.stderr).toContain(`http://${agent.address}/files/download?path=`);
  expect(sc.statusTracker.getWaitingReason()).toBeUndefined();
});

it('shows a job that waits for its first executor, and cancels it at once', async () => {
  await using cluster = await startCluster({ agents: [{ attributes: 'rack:a' }] });
  await using sc = await contextOn(cluster, { 'mesos.constraints': 'rack:b' });
  using log = new EventLog(sc);
  const waiting = sc.withJobGroup('waits', undefined, () => sums(sc));
  await nextEvent(sc, 'executorsAwaited', ({ reason }) => reason?.includes('rack:b') === true);
  const [jobId] = sc.statusTracker.getJobIdsForGroup('waits');
  expect(sc.statusTracker.getActiveJobIds()).toEqual([jobId]);
  expect(log.of('stageSubmitted').map(({ numTasks }) => numTasks)).toEqual([4]);
  sc.cancelJobGroup('waits', 'it takes too long');
  await expect(waiting).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
});

it('uses what is reserved for its role', async () => {
  await using cluster = await startCluster({
    agents: [{ resources: 'cpus:1;mem:1024;cpus(batch):1;mem(batch):1024;disk:100' }],
  });
  await using sc = await contextOn(cluster, { 'mesos.role': 'batch', 'cores.max': 1 });
  expect(byKey(await sums(sc))).toEqual(expectedSums);
  const reservations = cluster
    .tasks()
    .flatMap(({ resources }) => resources ?? [])
    .map(({ name, reservations }) => [name, reservations?.[0]?.role]);
  expect(reservations).toEqual([
    ['cpus', 'batch'],
    ['mem', 'batch'],
  ]);
});

it('hides the secret of the application from command lines', async () => {
  await using cluster = await startCluster({ agents: 1 });
  await using sc = await contextOn(cluster, { executorEnv: 'GREETING=hello $HOME; exit' });
  const [argv, greeting] = (await sc
    .range(0, 1, 1, 1)
    .mapPartitions(function* () {
      const { readFileSync } = process.getBuiltinModule('node:fs');
      yield readFileSync('/proc/self/cmdline', 'utf8');
      yield process.env.GREETING;
    })
    .collect()) as [string, string];
  expect(argv).toContain('--driver');
  expect(argv).not.toMatch(/secret/i);
  expect(greeting).toBe('hello $HOME; exit');
});

it('grows and shrinks with the work', async () => {
  await using cluster = await startCluster({ agents: 1 });
  await using sc = await contextOn(cluster, {
    'dynamicAllocation.enabled': true,
    'dynamicAllocation.schedulerBacklogTimeout': '1ms',
    'dynamicAllocation.executorIdleTimeout': '1s',
  });
  expect(await sc.range(0, 10, 1, 2).count()).toBe(10);
  await cluster.waitUntil(() => cluster.tasks().length === 0);
  expect(await sc.range(0, 20, 1, 2).count()).toBe(20);
});
