import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { HealthCheck } from '@firesteel/mesos-protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MesosCluster, startMesosCluster } from './index.js';
import { RawScheduler, task } from './testing/raw-scheduler.js';

/** Answers 500 to /bad, 200 to all else. */
let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer(({ url }, answer) => {
    answer.statusCode = url === '/bad' ? 500 : 200;
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

async function run(cluster: MesosCluster, check: HealthCheck): Promise<RawScheduler> {
  const scheduler = await RawScheduler.subscribe(cluster.master);
  const [offer] = await scheduler.offers();
  const health_check: HealthCheck = {
    delay_seconds: 0,
    interval_seconds: 0.02,
    grace_period_seconds: 0,
    consecutive_failures: 2,
    ...check,
  };
  const command = { value: 'sleep 100' };
  await scheduler.launch(offer!, task(offer!, 't', { command, health_check }));
  return scheduler;
}

/** The next so many updates in short. */
async function updates(scheduler: RawScheduler, count: number): Promise<string[]> {
  const seen: string[] = [];
  while (seen.length < count) {
    const { state, healthy, reason } = await scheduler.update();
    seen.push([state, healthy, reason].filter((part) => part !== undefined).join(' '));
  }
  return seen;
}

const changed = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';
const healthy = ['TASK_STARTING', 'TASK_RUNNING', `TASK_RUNNING true ${changed}`];
const killed = [
  `TASK_RUNNING false ${changed}`,
  `TASK_RUNNING false ${changed}`,
  'TASK_KILLING',
  'TASK_KILLED false',
];

test('a task is said to be healthy once, and killed when it stays unhealthy', async () => {
  await using cluster = await startMesosCluster();
  const scheduler = await run(cluster, {
    type: 'COMMAND',
    command: { value: 'test ! -f ill' },
  });
  expect(await updates(scheduler, 3)).toEqual(healthy);
  writeFileSync(join(cluster.agents[0]!.sandbox(scheduler.frameworkId, 't')!, 'ill'), '');
  expect(await updates(scheduler, 4)).toEqual(killed);
});

test.each([
  ['HTTP', '/good', true],
  ['HTTP', '/bad', false],
  ['TCP', '', true],
] as const)('%s%s', async (type, path, isWell) => {
  await using cluster = await startMesosCluster();
  const how = type === 'HTTP' ? { http: { port, path } } : { tcp: { port } };
  const scheduler = await run(cluster, { type, ...how });
  const [starting, running] = healthy as [string, string];
  const expected = isWell ? healthy : [starting, running, ...killed];
  expect(await updates(scheduler, expected.length)).toEqual(expected);
});

test('failures of a young task do not count', async () => {
  await using cluster = await startMesosCluster();
  const scheduler = await run(cluster, {
    type: 'COMMAND',
    // Its third run succeeds.
    command: { value: 'echo >> runs; test $(wc -l < runs) -gt 2' },
    grace_period_seconds: 100,
    consecutive_failures: 1,
  });
  expect(await updates(scheduler, 3)).toEqual(healthy);
});
