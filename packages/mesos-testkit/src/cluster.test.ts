import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mediaTypes } from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { startMesosCluster } from './index.js';
import { RawScheduler, task } from './testing/raw-scheduler.js';

const timings = { allocationIntervalMs: 20 };

test.each(Object.values(mediaTypes))(
  'a command task from offer to end, over %s',
  async (mediaType) => {
    await using cluster = await startMesosCluster({ timings });
    const scheduler = await RawScheduler.subscribe(cluster.master, { mediaType });
    const [offer] = await scheduler.offers();
    await scheduler.launch(
      offer!,
      task(offer!, 't1', { command: { value: 'echo hello; exit 3' } }),
    );
    const states = [];
    for (let i = 0; i < 3; i++) states.push(await scheduler.update());
    expect(states.map(({ state }) => state)).toEqual([
      'TASK_STARTING',
      'TASK_RUNNING',
      'TASK_FAILED',
    ]);
    expect(states[2]!.message).toBe('Command exited with status 3');
    const sandbox = cluster.agents[0]!.sandbox(scheduler.frameworkId, 't1');
    expect(readFileSync(join(sandbox, 'stdout'), 'utf8')).toBe('hello\n');
    await scheduler.call({ type: 'TEARDOWN' });
    expect(await scheduler.stream.ended()).toBe('terminated');
  },
);

test('frameworks whose roles weigh 1 and 2 get shares of 1 to 2', async () => {
  await using cluster = await startMesosCluster({ agents: 0, weights: { light: 1, heavy: 2 } });
  const [light, heavy] = await Promise.all(
    ['light', 'heavy'].map((role) =>
      RawScheduler.subscribe(cluster.master, { info: { roles: [role] } }),
    ),
  );
  const resources = 'cpus:1;mem:1024';
  for (let i = 0; i < 9; i++) await cluster.addAgent({ resources });
  await cluster.waitUntil(() => cluster.offers().length === 9);
  const offersTo = ({ frameworkId }: RawScheduler): number =>
    cluster.offers().filter(({ framework_id }) => framework_id.value === frameworkId).length;
  expect([offersTo(light!), offersTo(heavy!)]).toEqual([3, 6]);
});
