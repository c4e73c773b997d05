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
