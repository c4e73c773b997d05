import { type MesosClusterOptions, startMesosCluster } from 'mesos-testkit';
import { expect, test } from 'vitest';
import { TestFramework } from '../testing/test-framework.js';

const timings = { allocationIntervalMs: 20, registrationBackoffMs: 10 };
const start = (options: MesosClusterOptions = {}) => startMesosCluster({ timings, ...options });

test('finds the leader through a standby and runs a task to its end', async () => {
  await using cluster = await start({ masters: 2 });
  cluster.faults.splitRecords(1);
  using framework = new TestFramework({ masters: [cluster.masters[1]!] });
  await framework.subscribed();
  expect(framework.client.master).toBe(cluster.masters[0]);
  await framework.launch(await framework.offer(), 't1', 'exit 0');
  // The next update of a task comes when the one before is acknowledged.
  const states = [];
  for (let i = 0; i < 3; i++) states.push((await framework.update()).state);
  expect(states).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
  await cluster.waitUntil(() => cluster.tasks().length === 0);
});

test('acknowledges an update as often as it comes', async () => {
  await using cluster = await start();
  cluster.faults.repeatUpdates(2);
  using framework = new TestFramework({ masters: [cluster.master] });
  await framework.launch(await framework.offer(), 't1', 'exit 0');
  await cluster.waitUntil(() => cluster.tasks().length === 0);
  const states = [];
  for (let i = 0; i < 6; i++) states.push((await framework.update()).state);
  expect(new Set(states)).toEqual(new Set(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']));
});

test('comes back with the same id after its connection broke, and reconciles its tasks', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: [cluster.master] });
  const id = await framework.subscribed();
  await framework.launch(await framework.offer(), 't1', 'sleep 60');
  while ((await framework.update()).state !== 'TASK_RUNNING');
  cluster.faults.disconnect();
  expect(await framework.disconnected()).toContain(cluster.master);
  expect(await framework.subscribed()).toBe(id);
  // Updates that were not acknowledged come again, too.
  for (;;) {
    const { state, reason } = await framework.update();
    expect(state).toBe('TASK_RUNNING');
    if (reason === 'REASON_RECONCILIATION') break;
  }
});

test('follows the leader', async () => {
  await using cluster = await start({ masters: 3 });
  using framework = new TestFramework({ masters: cluster.masters });
  const id = await framework.subscribed();
  cluster.faults.electLeader(2);
  expect(await framework.subscribed()).toBe(id);
  expect(framework.client.master).toBe(cluster.masters[2]);
});

test('waits while nobody leads and while the leader recovers', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: cluster.masters });
  const id = await framework.subscribed();
  cluster.faults.loseLeader();
  while (!(await framework.disconnected()).includes('No leader elected'));
  await expect(framework.client.call({ type: 'REVIVE' })).rejects.toMatchObject({
    code: 'MESOS_DISCONNECTED',
  });
  cluster.faults.electLeader(0);
  const recover = cluster.faults.holdRecovery();
  while (!(await framework.disconnected()).includes('has not finished recovery'));
  recover();
  expect(await framework.subscribed()).toBe(id);
});

test('takes a master that misses five heartbeats to be gone', async () => {
  await using cluster = await start({ agents: 0, timings: { heartbeatIntervalMs: 20 } });
  using framework = new TestFramework({ masters: cluster.masters });
  await framework.subscribed();
  const speak = cluster.faults.silenceHeartbeats();
  expect(await framework.disconnected()).toMatch(/has been silent for \d+/);
  speak();
  await framework.subscribed();
});

test('without a failover timeout a lost connection is final', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: cluster.masters }, { failover_timeout: 0 });
  await framework.subscribed();
  cluster.faults.disconnect();
  expect(await framework.failed()).toMatchObject({
    code: 'MESOS_DISCONNECTED',
    message: expect.stringContaining('mesos.driver.failoverTimeout'),
  });
});

test('gives up when the failover timeout is over', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: cluster.masters }, { failover_timeout: 0.05 });
  await framework.subscribed();
  cluster.faults.loseLeader();
  expect(await framework.failed()).toMatchObject({ code: 'MESOS_DISCONNECTED' });
});

test('gives up when no master answers', async () => {
  using framework = new TestFramework({ masters: ['127.0.0.1:1'], registrationTimeoutMs: 50 });
  expect(await framework.failed()).toMatchObject({
    code: 'MESOS_MASTER_UNREACHABLE',
    message: expect.stringMatching(/127\.0\.0\.1:1 .*ECONNREFUSED/),
  });
});

test('shows its credential, and ends if the master does not know it', async () => {
  const credential = { principal: 'me', secret: 's3cret' };
  await using cluster = await start({ credentials: [credential] });
  using right = new TestFramework({ masters: cluster.masters, credential });
  await right.subscribed();
  using wrong = new TestFramework({
    masters: cluster.masters,
    credential: { ...credential, secret: 'guess' },
  });
  const error = await wrong.failed();
  expect(error.code).toBe('MESOS_UNAUTHORIZED');
  expect(error.message).not.toContain('guess');
});

test('refuses credentials that masters cannot read', () => {
  const credential = { principal: 'a:b', secret: 'c' };
  expect(() => new TestFramework({ masters: ['m:1'], credential })).toThrow(/colon/);
});

test('ends if the role is not allowed', async () => {
  await using cluster = await start({ roles: ['web'] });
  using framework = new TestFramework({ masters: cluster.masters }, { roles: ['batch'] });
  expect(await framework.failed()).toMatchObject({ code: 'MESOS_SUBSCRIPTION_REFUSED' });
});

test('ends if another scheduler takes the framework over', async () => {
  await using cluster = await start();
  using first = new TestFramework({ masters: cluster.masters });
  const id = await first.subscribed();
  using second = new TestFramework({ masters: cluster.masters }, { id: { value: id } });
  expect(await second.subscribed()).toBe(id);
  expect(await first.failed()).toMatchObject({ code: 'MESOS_FRAMEWORK_LOST' });
});

test('a refused call rejects and changes nothing else', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: cluster.masters });
  const offer = await framework.offer();
  const { agent_id } = offer;
  const acknowledge = { agent_id, task_id: { value: 't' }, uuid: new Uint8Array(3) };
  await expect(framework.client.call({ type: 'ACKNOWLEDGE', acknowledge })).rejects.toMatchObject({
    code: 'MESOS_CALL_REFUSED',
    data: { status: 400 },
  });
  await framework.launch(offer, 't1', 'exit 0');
  expect((await framework.update()).state).toBe('TASK_STARTING');
});

test('stays suppressed over subscriptions until it is revived', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: cluster.masters, suppressedRoles: ['*'] });
  await framework.subscribed();
  await framework.client.call({ type: 'REVIVE' });
  await framework.offer();
  await framework.client.call({ type: 'SUPPRESS' });
  cluster.faults.disconnect();
  await framework.subscribed();
  await cluster.addAgent();
  expect(cluster.offers()).toEqual([]);
  await framework.client.call({ type: 'REVIVE', revive: { roles: ['*'] } });
  await framework.offer();
});

test('teardown ends the framework', async () => {
  await using cluster = await start();
  using framework = new TestFramework({ masters: cluster.masters });
  await framework.subscribed();
  await framework.client.teardown();
  await cluster.waitUntil(() => cluster.frameworks().length === 0);
  expect(framework.client.master).toBeUndefined();
});

test('what a handler throws ends the client with it', async () => {
  await using cluster = await start();
  const error = await new Promise<Error>((resolve) => {
    new TestFramework({
      masters: cluster.masters,
      listener: {
        onSubscribed: () => {
          throw new Error('no');
        },
        onEvent: () => {},
        onDisconnected: () => {},
        onFailed: resolve,
      },
    });
  });
  expect(error).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('no') });
});
