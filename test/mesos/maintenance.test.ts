import { expect, it } from 'vitest';
import { nextEvent } from '../behaviour/events.js';
import { byKey, contextOn, expectedSums, startCluster, sums } from './mesos-context.js';

it.each([
  ['coarse', {}],
  ['fine', { 'mesos.coarse': false, 'mesos.mesosExecutor.cores': 0.5, 'cores.max': 3 }],
])('executors leave a machine before it goes down (%s)', async (_, conf) => {
  await using cluster = await startCluster({ agents: 1 });
  await using sc = await contextOn(cluster, { ...conf, 'cores.max': 2, 'executor.cores': 1 });
  const rows = sc
    .range(0, 1000, 1, 4)
    .map((x): [number, number] => [x % 10, x])
    .reduceByKey((a, b) => a + b, 2)
    .cache();
  expect(byKey(await rows.collect())).toEqual(expectedSums);
  const { hostname, address } = cluster.agents[0]!;
  const machine_ids = [{ hostname, ip: address.split(':')[0] }];
  const schedule = (startMs: number) =>
    operate(cluster.master, 'update_maintenance_schedule', {
      schedule: {
        windows: [{ machine_ids, unavailability: { start: { nanoseconds: startMs * 1e6 } } }],
      },
    });
  // As long as there is time they stay.
  await schedule(Date.now() + 3_600_000);
  expect(byKey(await sums(sc))).toEqual(expectedSums);
  const second = await cluster.addAgent();
  const left = nextEvent(sc, 'executorRemoved');
  await schedule(Date.now() + 60_000);
  expect((await left).reason).toBe('it was decommissioned');
  await cluster.waitUntil(() => cluster.agents[0]!.executors().length === 0);
  // Others take over where there is no maintenance.
  expect(byKey(await rows.collect())).toEqual(expectedSums);
  expect(cluster.agents[0]!.executors()).toEqual([]);
  expect(second.executors()).not.toEqual([]);
});

async function operate(master: string, name: string, member: unknown): Promise<void> {
  const { status } = await fetch(`http://${master}/api/v1`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ type: name.toUpperCase(), [name]: member }),
  });
  expect(status).toBe(200);
}
