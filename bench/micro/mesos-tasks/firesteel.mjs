// Arguments: tasks, mode (fine, coarse or local-cluster). Four slots on two agents of the test kit.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FiresteelContext } from 'firesteel';
import { steady } from '../../lib/steady.mjs';

const [tasks, mode] = process.argv.slice(2);
const slots = 4;

/** The rounds of a real master: what comes between them is the framework's doing. */
const cluster = mode === 'local-cluster' ? undefined : await startCluster();
const sc = await FiresteelContext.create({
  master: cluster === undefined ? `local-cluster[2,${slots / 2},512]` : `mesos://${cluster.master}`,
  appName: 'mesos-tasks',
  conf: {
    'executor.cores': slots / 2,
    ...(cluster && {
      'executor.memory': '512m',
      'executor.minMemoryOverhead': '64m',
      'mesos.coarse': mode === 'coarse',
      'mesos.mesosExecutor.cores': 0.5,
      'cores.max': mode === 'coarse' ? slots : slots + 1,
    }),
  },
});

const one = await steady(async () => {
  await sc.parallelize([], 1).count();
});
let rows = 0;
const many = await steady(async () => {
  rows = await sc.parallelize([], Number(tasks)).count();
});
// Long enough for offers to have gone back.
await pause(500);
const idleCpus = cluster === undefined ? slots : await cluster.allocatedCpus();
await sc.stop();
cluster?.stop();
console.log(
  JSON.stringify({
    rows,
    metrics: {
      firstTaskMs: one.firstWallMs,
      stageMs: one.wallMs,
      taskMs: many.wallMs / Number(tasks),
      tasksPerSecond: (Number(tasks) / many.wallMs) * 1_000,
      driverCpuMsPerTask: many.cpuMs / Number(tasks),
      idleCpus,
    },
  }),
);

/** In a process of its own, so that its work is not counted as the driver's. */
async function startCluster() {
  const bin = fileURLToPath(
    new URL('../../../packages/mesos-testkit/bin/mesos-testkit.js', import.meta.url),
  );
  const options = ['--agents', '2', '--port', '0', '--hostname', 'localhost'];
  const child = spawn(process.execPath, [bin, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  while (!text.includes('Ctrl-C')) text += (await once(child.stdout, 'data'))[0];
  const master = /master 1 +http:\/\/(\S+)/.exec(text)?.[1];
  return {
    master,
    stop: () => child.kill('SIGTERM'),
    async allocatedCpus() {
      const answer = await fetch(`http://${master}/api/v1`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ type: 'GET_AGENTS' }),
      });
      /** @type {{ get_agents: { agents: readonly { allocated_resources?: readonly { name: string, scalar: { value: number } }[] }[] } }} */
      const { get_agents } = JSON.parse(await answer.text());
      return get_agents.agents
        .flatMap(({ allocated_resources = [] }) => allocated_resources)
        .filter(({ name }) => name === 'cpus')
        .reduce((sum, { scalar }) => sum + scalar.value, 0);
    },
  };
}
