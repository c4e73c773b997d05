import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorInfo } from '@firesteel/mesos-protocol';
import { mediaTypes } from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { readTrace } from '../../../test/fixtures/mesos-traces/traces.js';
import { ManualClock, type MesosCluster, startMesosCluster } from './index.js';
import { sendCall } from './testing/raw-http.js';
import { RawScheduler, task } from './testing/raw-scheduler.js';

const timings = { allocationIntervalMs: 20 };

const executor = (value: string, more: Partial<ExecutorInfo> = {}): ExecutorInfo => ({
  executor_id: { value: 'e' },
  command: { value },
  ...more,
});

async function launch(
  cluster: MesosCluster,
  info: ExecutorInfo,
  framework: { checkpoint?: boolean } = {},
): Promise<RawScheduler> {
  const scheduler = await RawScheduler.subscribe(cluster.master, { info: framework });
  const [offer] = await scheduler.offers();
  await scheduler.launch(offer!, task(offer!, 't', { executor: info }));
  return scheduler;
}

async function environment(cluster: MesosCluster, scheduler: RawScheduler) {
  const { status } = (await scheduler.event('FAILURE')).failure!;
  expect(status).toBe(0);
  const sandbox = cluster.agents[0]!.sandbox(scheduler.frameworkId, 'e');
  const lines = readFileSync(join(sandbox, 'stdout'), 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2)));
}

/** What the shell of the test adds, or the recorder's executor had of its own. */
const names = (env: object): string[] =>
  Object.keys(env)
    .filter((name) => !/^(TRACE_.*|LC_CTYPE|PWD|SHLVL|OLDPWD|_)$/.test(name))
    .sort();

test.each([
  [true, '03-custom-executor', 'exec-1'],
  [false, '03b-executor-exit-no-checkpoint', 'exec-nc'],
] as const)('the environment is the recorded one, checkpoint %s', async (checkpoint, trace, id) => {
  await using cluster = await startMesosCluster({ timings });
  const scheduler = await launch(cluster, executor('env'), { checkpoint });
  const actual = await environment(cluster, scheduler);
  const { env } = readTrace(trace).executorEnvironment![id]!;
  expect(names(actual)).toEqual(names(env));
  for (const name of ['PATH', 'MESOS_CHECKPOINT', 'MESOS_RECOVERY_TIMEOUT']) {
    expect(actual[name]).toBe(env[name]);
  }
  const { MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD, MESOS_SUBSCRIPTION_BACKOFF_MAX } = actual;
  expect(MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD).toBe(env.MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD);
  expect(MESOS_SUBSCRIPTION_BACKOFF_MAX).toBe(env.MESOS_SUBSCRIPTION_BACKOFF_MAX);
  expect(actual.MESOS_AGENT_ENDPOINT).toBe(cluster.agents[0]!.address);
});

test('an executor that ignores SHUTDOWN is killed after its grace period', async () => {
  const clock = new ManualClock();
  await using cluster = await startMesosCluster({ clock });
  const grace = { shutdown_grace_period: { nanoseconds: 2_500_000_000n } };
  const scheduler = await launch(cluster, executor('trap "" TERM; sleep 100', grace));
  const [agent] = cluster.agents;
  await cluster.waitUntil(() => existsSync(join(agent!.workDir, 'slaves')));
  const ids = { executor_id: { value: 'e' }, agent_id: { value: agent!.id! } };
  await scheduler.call({ type: 'SHUTDOWN', shutdown: ids });
  // The call passes through the master to the agent before time may move.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(2_500);
  expect((await scheduler.event('FAILURE')).failure!.status).toBe(9);
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_FAILED',
    reason: 'REASON_EXECUTOR_TERMINATED',
  });
});

test('a URI that is missing fails the launch', async () => {
  await using cluster = await startMesosCluster({ timings });
  const command = { value: 'true', uris: [{ value: '/no/such/file' }] };
  const scheduler = await launch(cluster, executor('true', { command }));
  expect((await scheduler.event('FAILURE')).failure!.status).toBe(-1);
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_FAILED',
    reason: 'REASON_CONTAINER_LAUNCH_FAILED',
    message: expect.stringMatching(/^Failed to launch container: Failed to fetch all URIs/),
  });
});

test('a task ignoring SIGTERM is killed after its kill policy', async () => {
  const clock = new ManualClock();
  await using cluster = await startMesosCluster({ clock });
  const scheduler = await RawScheduler.subscribe(cluster.master);
  const [offer] = await scheduler.offers();
  const command = { value: 'trap "" TERM; echo ready; while :; do sleep 0.02; done' };
  const kill_policy = { grace_period: { nanoseconds: 4_000_000_000n } };
  await scheduler.launch(offer!, task(offer!, 't', { command, kill_policy }));
  while ((await scheduler.update()).state !== 'TASK_RUNNING');
  const stdout = join(cluster.agents[0]!.sandbox(scheduler.frameworkId, 't'), 'stdout');
  while (!readFileSync(stdout, 'utf8').includes('ready')) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await scheduler.call({ type: 'KILL', kill: { task_id: { value: 't' } } });
  expect((await scheduler.update()).state).toBe('TASK_KILLING');
  clock.advance(4_000);
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_KILLED',
    message: 'Command terminated with signal Killed',
  });
});

test('with a secret executors get tokens and must show them', async () => {
  await using cluster = await startMesosCluster({ agents: [{ jwtSecret: 's' }], timings });
  const scheduler = await launch(cluster, executor('env'));
  const { MESOS_EXECUTOR_AUTHENTICATION_TOKEN: token } = await environment(cluster, scheduler);
  const { address } = cluster.agents[0]!;
  const call = {
    type: 'HEARTBEAT',
    executor_id: { value: 'e' },
    framework_id: { value: scheduler.frameworkId },
  } as const;
  const status = async (headers: Record<string, string>) =>
    (await sendCall(address, '/api/v1/executor', mediaTypes.json, 'executor.Call', call, headers))
      .status;
  expect(await status({ Authorization: `Bearer ${token}` })).toBe(202);
  expect(await status({ Authorization: `Bearer ${token.slice(0, -2)}AA` })).toBe(401);
  expect(await status({})).toBe(401);
});

test('an agent that does not have the user drops what would start an executor', async () => {
  await using cluster = await startMesosCluster({ agents: [{ users: ['nobody'] }], timings });
  const scheduler = await launch(
    cluster,
    executor('true', { command: { value: 'true', user: 'somebody' } }),
  );
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_DROPPED',
    reason: 'REASON_EXECUTOR_TERMINATED',
    message: expect.stringContaining("Failed to chown directory to 'somebody'"),
  });
  expect((await scheduler.event('FAILURE')).failure!.executor_id).toEqual({ value: 'e' });
});
