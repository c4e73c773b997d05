import { readFileSync } from 'node:fs';
import type { TestAgent } from 'mesos-testkit';
import { expect, it } from 'vitest';
import { JobDirectory } from '../cli/cli.js';
import { startCluster } from './mesos-context.js';

const memory = ['executor.memory=256m', 'executor.minMemoryOverhead=64m'];
const coarseConf = ['cores.max=1', ...memory];
const fineConf = ['mesos.coarse=false', 'mesos.mesosExecutor.cores=0.5', 'cores.max=2', ...memory];

it.each([true, false])('executors end with their driver (coarse: %s)', async (coarse) => {
  await using cluster = await startCluster({ agents: 1 });
  using directory = new JobDirectory({
    'job.mjs': `
      import { FiresteelContext } from 'firesteel';
      const sc = await FiresteelContext.create();
      await sc.range(0, 2, 1, 2).count();
      console.log('ready');
      await sc.range(0, 2, 1, 2).map(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)).count();
    `,
  });
  const driver = directory.start([
    'submit',
    ...['--master', `mesos://${cluster.master}`],
    ...(coarse ? coarseConf : fineConf).flatMap((assignment) => ['--conf', assignment]),
    'job.mjs',
  ]);
  await driver.printed('ready');
  const [agent] = cluster.agents as [TestAgent];
  const [executor] = agent.executors() as [{ frameworkId: string; executorId: string }];
  const sandbox = agent.sandbox(executor.frameworkId, executor.executorId);
  driver.process.kill('SIGKILL');
  await driver.outcome;
  const printed = (): string => readFileSync(`${sandbox}/stderr`, 'utf8');
  await cluster.waitUntil(() => printed().includes('executor 0 ends: the connection'));
  // Its framework may come back, but others get the cpus of its tasks.
  const ended = /^TASK_(FINISHED|FAILED|KILLED)$/;
  await cluster.waitUntil(() => cluster.tasks().every(({ state }) => ended.test(state)));
  expect(cluster.frameworks()).toMatchObject([{ connected: false }]);
});

const jobUntilTold = `
  import { existsSync } from 'node:fs';
  import { FiresteelContext } from 'firesteel';
  const sc = await FiresteelContext.create();
  do {
    await sc.range(0, 2, 1, 2).count();
    console.log('worked');
  } while (!existsSync('stop'));
  await sc.stop();
`;

it('a driver whose tasks wait outlives its master', async () => {
  await using cluster = await startCluster({ agents: 1 });
  using directory = new JobDirectory({ 'job.mjs': jobUntilTold });
  const driver = directory.start([
    'submit',
    ...['--master', `mesos://${cluster.master}`],
    ...fineConf.flatMap((assignment) => ['--conf', assignment]),
    'job.mjs',
  ]);
  await driver.printed('worked');
  await cluster.faults.killLeader();
  await cluster.faults.restartMaster(0);
  cluster.faults.electLeader(0);
  await cluster.waitUntil(() => cluster.frameworks().some(({ connected }) => connected));
  directory.write('stop', '');
  expect(await driver.outcome).toMatchObject({ code: 0 });
});

it('a driver that stops without a master ends all the same', async () => {
  await using cluster = await startCluster({ agents: 1 });
  using directory = new JobDirectory({ 'job.mjs': jobUntilTold });
  const driver = directory.start([
    'submit',
    ...['--master', `mesos://${cluster.master}`],
    ...[...coarseConf, 'mesos.coarse.shutdownTimeout=100ms'].flatMap((one) => ['--conf', one]),
    'job.mjs',
  ]);
  await driver.printed('worked');
  await cluster.faults.killLeader();
  directory.write('stop', '');
  expect(await driver.outcome).toMatchObject({ code: 0, stderr: '' });
});
