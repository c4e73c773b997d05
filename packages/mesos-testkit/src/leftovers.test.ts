import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startMesosCluster } from './index.js';
import { RawScheduler, task } from './testing/raw-scheduler.js';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
};

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test('closing a cluster kills what runs on it, background processes too', async () => {
  const cluster = await startMesosCluster({ timings: { allocationIntervalMs: 20 } });
  const scheduler = await RawScheduler.subscribe(cluster.master);
  const [offer] = await scheduler.offers();
  const value = 'sleep 1000 & echo $! $$ > pids; trap "" TERM; wait';
  await scheduler.launch(offer!, task(offer!, 't', { command: { value } }));
  while ((await scheduler.update()).state !== 'TASK_RUNNING');
  const file = join(cluster.agents[0]!.sandbox(scheduler.frameworkId, 't'), 'pids');
  let pids: number[] = [];
  await until(() => {
    try {
      pids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    } catch {
      return false;
    }
    return pids.length === 2 && pids.every((pid) => pid > 0);
  });
  expect(pids.map(isAlive)).toEqual([true, true]);
  await cluster.close();
  await until(() => !pids.some(isAlive));
});

test('a cluster whose own process is killed leaves nothing behind', async () => {
  const script = fileURLToPath(new URL('./testing/crashing-cluster.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const pid = Number(String(line));
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await until(() => !isAlive(pid));
});
