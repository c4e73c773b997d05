import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** A task of two processes, which do not end by themselves; their ids. */
async function launch(master: string): Promise<readonly number[]> {
  const directory = mkdtempSync(join(tmpdir(), 'leftovers-'));
  const file = join(directory, 'pids');
  const scheduler = await RawScheduler.subscribe(master);
  const [offer] = await scheduler.offers();
  const value = `sleep 1000 & echo $! $$ > ${file}; trap "" TERM; wait`;
  await scheduler.launch(offer!, task(offer!, 't', { command: { value } }));
  // A process may run before anybody knows of it.
  while ((await scheduler.update()).state !== 'TASK_RUNNING');
  let pids: number[] = [];
  await until(() => {
    try {
      pids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    } catch {
      return false;
    }
    return pids.length === 2 && pids.every((pid) => pid > 0);
  });
  rmSync(directory, { recursive: true });
  expect(pids.map(isAlive)).toEqual([true, true]);
  return pids;
}

test('closing a cluster kills what runs on it, background processes too', async () => {
  const cluster = await startMesosCluster({ timings: { allocationIntervalMs: 20 } });
  const pids = await launch(cluster.master);
  const { workDir } = cluster.agents[0]!;
  expect(existsSync(workDir)).toBe(true);
  await cluster.close();
  expect(existsSync(dirname(workDir))).toBe(false);
  await until(() => !pids.some(isAlive));
});

test('a cluster whose own process is killed leaves nothing behind', async () => {
  const program = fileURLToPath(new URL('../bin/mesos-testkit.js', import.meta.url));
  const child = spawn(process.execPath, [program, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  while (!printed.includes('Ctrl-C')) printed += (await once(child.stdout, 'data'))[0];
  const [, master] = /^master 1 +http:\/\/(\S+)/.exec(printed) as unknown as [string, string];
  const [, workDir] = /^agent1 .* (\/\S+)$/m.exec(printed) as unknown as [string, string];
  const pids = await launch(master);
  expect(existsSync(workDir)).toBe(true);
  child.kill('SIGKILL');
  await until(() => !pids.some(isAlive) && !existsSync(dirname(workDir)));
});
