import type { Offer, TaskInfo } from '@firesteel/mesos-protocol';
import type { GateControl } from '@firesteel/plan';
import { type MesosCluster, type MesosClusterOptions, startMesosCluster } from 'mesos-testkit';
import { expect, test } from 'vitest';
import { TestFramework } from '../testing/test-framework.js';
import { MesosTaskGate, type MesosTaskGateOptions } from './mesos-task-gate.js';

const timings = {
  allocationIntervalMs: 20,
  registrationBackoffMs: 10,
  executorReregistrationTimeoutMs: 200,
};

/** A process that an agent starts; the test speaks to the agent in its place. */
const executorInfo = {
  executor_id: { value: 'e' },
  command: { value: 'exec sleep 600' },
  resources: [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 0.5 } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
  ],
} as const;

const task = (offer: Offer, id: string): TaskInfo => ({
  name: id,
  task_id: { value: id },
  agent_id: offer.agent_id,
  executor: executorInfo,
  resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.5 } }],
});

async function launch(framework: TestFramework, ...ids: string[]): Promise<void> {
  const offer = await framework.offer();
  for (const id of ids) framework.tasks.push({ task_id: { value: id }, agent_id: offer.agent_id });
  await framework.client.call({
    type: 'ACCEPT',
    accept: {
      offer_ids: [offer.id],
      operations: [{ type: 'LAUNCH', launch: { task_infos: ids.map((id) => task(offer, id)) } }],
      filters: { refuse_seconds: 0 },
    },
  });
}

const start = (options: MesosClusterOptions = {}) =>
  startMesosCluster({
    timings,
    agents: [{ resources: 'cpus:4;mem:1024;disk:10;ports:[31000-31010]' }],
    ...options,
  });

const join = (cluster: MesosCluster, framework: TestFramework, checkpoint = true) =>
  MesosTaskGate.join({
    environment: {
      frameworkId: framework.client.frameworkId!,
      executorId: 'e',
      agent: cluster.agents[0]!.address,
      shutdownGraceMs: 1_000,
      ...(checkpoint && { recovery: { timeoutMs: 60_000, maxBackoffMs: 20 } }),
    },
    cpusPerTask: 1,
    maxTasks: 100,
    random: () => 0.5,
  } satisfies MesosTaskGateOptions);

/** What a gate asks the executor for, one after the other. */
function control() {
  const asked: string[] = [];
  let wake = (): void => {};
  const note = (what: string): void => {
    asked.push(what);
    wake();
  };
  const executor: GateControl = {
    permit: (taskId) => note(`permit ${taskId}`),
    kill: (taskId) => note(`kill ${taskId}`),
    stop: (reason) => note(reason === undefined ? 'stop' : `stop: ${reason}`),
  };
  const next = async (): Promise<string> => {
    while (asked.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return asked.shift()!;
  };
  return { executor, next };
}

/** How a task ended; what is heard of others meanwhile is passed over. */
async function endOf(framework: TestFramework, id: string): Promise<string> {
  for (;;) {
    const { task_id, state } = await framework.update();
    if (task_id.value === id && !['TASK_STARTING', 'TASK_RUNNING'].includes(state)) return state;
  }
}

test('tasks of the agent are permitted, and end with those of the engine', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: [cluster.master] });
  await launch(framework, 'start', '7', '8', '9');
  const gate = await join(cluster, framework);
  expect(gate.maxTasks).toBe(3);
  const { executor, next } = control();
  gate.opened(executor);
  expect(await endOf(framework, 'start')).toBe('TASK_FINISHED');
  expect([await next(), await next(), await next()]).toEqual(['permit 7', 'permit 8', 'permit 9']);
  gate.ended(7, 'success');
  expect(await endOf(framework, '7')).toBe('TASK_FINISHED');
  gate.ended(8, 'exception');
  expect(await endOf(framework, '8')).toBe('TASK_FAILED');
  await framework.client.call({ type: 'KILL', kill: { task_id: { value: '9' } } });
  expect(await next()).toBe('kill 9');
  gate.ended(9, 'killed');
  expect(await endOf(framework, '9')).toBe('TASK_KILLED');
  await gate.closed();
});

test('a task goes on while its agent restarts, and its end is told to the new one', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: [cluster.master] }, { checkpoint: true });
  await launch(framework, '1');
  const gate = await join(cluster, framework);
  const { executor, next } = control();
  gate.opened(executor);
  expect(await next()).toBe('permit 1');
  await cluster.agents[0]!.kill();
  gate.ended(1, 'success');
  await cluster.agents[0]!.restart();
  expect(await endOf(framework, '1')).toBe('TASK_FINISHED');
  await gate.closed();
});

test('without checkpoints the executor ends with its agent', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: [cluster.master] });
  await launch(framework, '1');
  const gate = await join(cluster, framework, false);
  const { executor, next } = control();
  gate.opened(executor);
  expect(await next()).toBe('permit 1');
  await cluster.agents[0]!.kill();
  expect(await next()).toMatch(/stop: its agent: .*mesos.checkpoint/);
});

test('the agent can have the executor end; what runs is told as killed', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: [cluster.master] });
  await launch(framework, '1');
  const gate = await join(cluster, framework);
  const { executor, next } = control();
  gate.opened(executor);
  expect(await next()).toBe('permit 1');
  const ids = { executor_id: { value: 'e' }, agent_id: { value: cluster.agents[0]!.id! } };
  await framework.client.call({ type: 'SHUTDOWN', shutdown: ids });
  expect(await next()).toBe('stop');
  await gate.closed();
  expect(await endOf(framework, '1')).toBe('TASK_KILLED');
});

test('an executor that the agent does not know is refused', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: [cluster.master] });
  await framework.subscribed();
  await expect(join(cluster, framework)).rejects.toMatchObject({ code: 'MESOS_DISCONNECTED' });
});
