import { mediaTypes } from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { startMesosCluster } from './index.js';
import { send, sendCall } from './testing/raw-http.js';
import { RawScheduler, task } from './testing/raw-scheduler.js';

const timings = { allocationIntervalMs: 20 };
const credentials = [{ principal: 'me', secret: 'sesame' }];
const authorization = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test('standby masters redirect everything but /health to the leader', async () => {
  await using cluster = await startMesosCluster({ masters: 3, agents: 0 });
  const [leader, standby] = cluster.masters;
  const location = async (path: string, method = 'GET') => {
    const { status, headers } = await send(standby!, path, { method });
    return [status, headers.location];
  };
  expect(await location('/api/v1/scheduler', 'POST')).toEqual([
    307,
    `//${leader}/master/api/v1/scheduler`,
  ]);
  expect(await location('/master/api/v1', 'POST')).toEqual([307, `//${leader}/master/api/v1`]);
  expect(await location('/state?x=1')).toEqual([307, `//${leader}/master/state?x=1`]);
  expect(await location('/redirect')).toEqual([307, `//${leader}`]);
  expect(await location('/health')).toEqual([200, undefined]);
  expect((await send(leader!, '/redirect', { method: 'GET' })).headers.location).toBe(
    `//${leader}`,
  );
});

test('while nobody leads, masters say so', async () => {
  await using cluster = await startMesosCluster({ masters: 2, agents: 0 });
  cluster.faults.loseLeader();
  for (const address of cluster.masters) {
    const { status, body } = await send(address, '/api/v1/scheduler');
    expect([status, String(body)]).toEqual([503, 'No leader elected']);
  }
});

test('a framework moves to a new leader, and its tasks are known there', async () => {
  await using cluster = await startMesosCluster({ masters: 2, timings });
  const info = { failover_timeout: 60, checkpoint: true };
  const before = await RawScheduler.subscribe(cluster.master, { info });
  const [offer] = await before.offers();
  await before.launch(offer!, task(offer!, 't', { command: { value: 'sleep 100' } }));
  while ((await before.update()).state !== 'TASK_RUNNING');
  cluster.faults.electLeader(1);
  expect(await before.stream.ended()).toBe('broken');
  await cluster.waitUntil(() => cluster.tasks().length === 1);
  expect(cluster.master).toBe(cluster.masters[1]);
  const after = await RawScheduler.subscribe(cluster.master, {
    info: { ...info, id: { value: before.frameworkId } },
  });
  expect(after.frameworkId).toBe(before.frameworkId);
  await after.call({ type: 'RECONCILE', reconcile: {} });
  expect(await after.update('t')).toMatchObject({
    state: 'TASK_RUNNING',
    reason: 'REASON_RECONCILIATION',
  });
});

test('frameworks and operators authenticate', async () => {
  await using cluster = await startMesosCluster({
    agents: 0,
    credentials,
    authenticateOperators: true,
  });
  const health = { type: 'GET_HEALTH' } as const;
  const call = (headers: Record<string, string>) =>
    sendCall(cluster.master, '/api/v1', mediaTypes.json, 'master.Call', health, headers);
  const refused = await call({});
  expect(refused.status).toBe(401);
  expect(refused.headers['www-authenticate']).toBe('Basic realm="mesos-master-readwrite"');
  expect((await call({ Authorization: authorization('me:wrong') })).status).toBe(401);
  expect((await call({ Authorization: authorization('me:sesame') })).status).toBe(200);
  const headers = { Authorization: authorization('me:sesame') };
  const scheduler = await RawScheduler.subscribe(cluster.master, { headers });
  expect(cluster.frameworks()[0]!.info.principal).toBe('me');
  scheduler.close();
  await expect(RawScheduler.subscribe(cluster.master)).rejects.toThrow('401');
});
