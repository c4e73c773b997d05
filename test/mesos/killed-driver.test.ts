import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { JobDirectory } from '../cli/cli.js';
import { startCluster } from './mesos-context.js';

it('executors end with their driver', async () => {
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
  const conf = ['cores.max=1', 'executor.memory=256m', 'executor.minMemoryOverhead=64m'];
  const driver = directory.start([
    'submit',
    ...['--master', `mesos://${cluster.master}`],
    ...conf.flatMap((assignment) => ['--conf', assignment]),
    'job.mjs',
  ]);
  await driver.printed('ready');
  const [task] = cluster.tasks();
  const sandbox = cluster.agents[0]?.sandbox(
    String(task?.framework_id.value),
    String(task?.task_id.value),
  );
  driver.process.kill('SIGKILL');
  await driver.outcome;
  const printed = (): string => readFileSync(`${sandbox}/stderr`, 'utf8');
  await cluster.waitUntil(() => printed().includes('executor 0 ends: the connection'));
});
