import { userInfo } from 'node:os';
import type { AgentOptions } from 'mesos-testkit';
import { expect, it } from 'vitest';
import { contextOn, startCluster, sums } from './mesos-context.js';

it('no master answers', async () => {
  await using sc = await contextOn(
    { masters: ['127.0.0.1:1'] },
    { 'mesos.driver.registrationTimeout': '2s' },
  );
  await expect(sums(sc)).rejects.toMatchObject({
    code: 'MESOS_MASTER_UNREACHABLE',
    message: expect.stringMatching(/127\.0\.0\.1:1 .*ECONNREFUSED.*Check the addresses/),
  });
});

it.each(['mesos://', 'mesos://host:port', 'mesos://zk://host:0/mesos'])(
  'the master is %s',
  async (master) => {
    await expect(contextOn({ masters: [master.replace('mesos://', '')] })).rejects.toMatchObject({
      code: 'INVALID_MASTER',
    });
  },
);

it.each([
  [{ 'mesos.secret': 'x' }, 'mesos.principal is not'],
  [{ 'mesos.constraints': 'rack:~(' }, 'mesos.constraints'],
  [{ 'executor.cores': 4, 'executor.memory': '1g' }, 'cores.max is 2'],
  [{ 'mesos.coarse': false, 'cores.max': 1 }, 'cores.max, which is 1'],
  [{ 'mesos.executor.minMemory': '1g' }, 'the least memory'],
  [{ 'mesos.executor.secret.values': 'a,b', 'mesos.executor.secret.envkeys': 'A' }, '2 secrets'],
  [{ 'mesos.executor.docker.parameters': 'a=b' }, 'mesos.containerizer=docker'],
])('the configuration contradicts itself: %j', async (conf, message) => {
  await expect(contextOn({ masters: ['127.0.0.1'] }, conf)).rejects.toMatchObject({
    code: 'INVALID_CONFIG_VALUE',
    message: expect.stringContaining(message),
  });
});

it('the principal is unknown', async () => {
  await using cluster = await startCluster({
    agents: 0,
    credentials: [{ principal: 'me', secret: 'right' }],
  });
  await using sc = await contextOn(cluster, {
    'mesos.principal': 'me',
    'mesos.secret': 'hunter2',
  });
  const error = await sums(sc).catch((error: Error) => error);
  expect(error).toMatchObject({ code: 'MESOS_UNAUTHORIZED' });
  expect(String(error)).toContain('Set mesos.principal and mesos.secret');
  expect(String(error)).not.toContain('hunter2');
});

it('the role is not allowed', async () => {
  await using cluster = await startCluster({ agents: 0, roles: ['web'] });
  await using sc = await contextOn(cluster, { 'mesos.role': 'batch' });
  await expect(sums(sc)).rejects.toMatchObject({
    code: 'MESOS_SUBSCRIPTION_REFUSED',
    message: expect.stringContaining('batch'),
  });
});

const agent: AgentOptions = { users: [userInfo().username] };

it.each([
  [
    'nothing is installed there',
    { 'mesos.executor.home': '/nowhere' },
    /exited with status .*'\/nowhere\/bin\/firesteel' of mesos\.executor\.home/,
  ],
  ['agents do not have the user', { 'mesos.user': 'somebody' }, /Failed to chown directory/],
  ['the archive is missing', { 'executor.uri': '/nowhere.tgz' }, /Failed to fetch/],
  ['agents have no Docker', { 'mesos.executor.docker.image': 'none' }, /unknown container/],
  [
    'agents have no images',
    { 'mesos.executor.docker.image': 'none', 'mesos.containerizer': 'mesos' },
    /Unsupported container image type/,
  ],
])('executors do not start: %s', async (_, conf, message) => {
  await using cluster = await startCluster({ agents: [agent, agent] });
  await using sc = await contextOn(cluster, conf);
  const error = await sums(sc).catch((error: Error) => error);
  expect(error).toMatchObject({ code: 'EXECUTOR_LOST' });
  expect(String(error)).toMatch(message);
  expect(sc.statusTracker.getWaitingReason()).toBeUndefined();
  await sc.stop();
  expect(cluster.tasks()).toEqual([]);
});

it.each([
  ['nothing is installed there', { 'mesos.executor.home': '/nowhere' }, / exit code 233/],
  ['the archive is missing', { 'executor.uri': '/nowhere.tgz' }, /Failed to fetch/],
  ['agents do not have the user', { 'mesos.user': 'somebody' }, /Failed to chown directory/],
])('executors of single tasks do not start: %s', async (_, conf, cause) => {
  await using cluster = await startCluster({ agents: [agent, agent] });
  await using sc = await contextOn(cluster, { ...conf, 'mesos.coarse': false });
  // Two are tried on each agent.
  await expect(sums(sc)).rejects.toMatchObject({
    code: 'EXECUTOR_LOST',
    message: expect.stringMatching(cause),
    data: { failures: 4 },
  });
});

it('executors do not start on the only agent that constraints allow', async () => {
  const agents = [{ ...agent, attributes: 'rack:r1' }, agent];
  await using cluster = await startCluster({ agents });
  await using sc = await contextOn(cluster, {
    'mesos.constraints': 'rack:r1',
    'mesos.executor.home': '/nowhere',
  });
  await expect(sums(sc)).rejects.toMatchObject({ code: 'EXECUTOR_LOST' });
});
