import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { JobDirectory } from '../cli/cli.js';
import { contextOn, startCluster } from './mesos-context.js';

const directory = new JobDirectory({ 'other.txt': 'nothing to run' });
const archive = join(directory.path, 'engine.tar.gz');
beforeAll(async () => {
  const { code, stderr } = await directory.run(['pack', '--output', archive]);
  expect([code, stderr]).toEqual([0, '']);
});
afterAll(() => directory[Symbol.dispose]());

it('an archive of firesteel pack is all that an agent needs', async () => {
  await using cluster = await startCluster({ agents: 1 });
  await using sc = await contextOn(cluster, { 'executor.uri': archive, 'executor.instances': 1 });
  const [program] = await sc
    .range(0, 1, 1, 1)
    .map(() => process.argv[1])
    .collect();
  const [task] = cluster.tasks();
  const sandbox = cluster.agents[0]?.sandbox(
    String(task?.framework_id.value),
    String(task?.task_id.value),
  );
  expect(program).toContain(`${realpathSync(String(sandbox))}/firesteel/node_modules/`);
});

it('an archive of something else is told from it', async () => {
  const wrong = join(directory.path, 'other.tgz');
  execFileSync('tar', ['czf', wrong, '-C', directory.path, 'other.txt']);
  await using cluster = await startCluster({ agents: 1 });
  await using sc = await contextOn(cluster, { 'executor.uri': wrong });
  await expect(sc.range(3).count()).rejects.toMatchObject({
    code: 'EXECUTOR_LOST',
    message: expect.stringContaining('exited with status'),
  });
});

it('firesteel pack leaves no half of a file', async () => {
  const output = join(directory.path, 'missing', 'engine.tgz');
  const { code, stderr } = await directory.run(['pack', '--output', output]);
  expect(code).toBe(1);
  expect(stderr).toContain('error[OUTPUT_FAILED]');
  expect(existsSync(output)).toBe(false);
});

it('firesteel pack wants a name that agents know how to unpack', async () => {
  const { code, stderr } = await directory.run(['pack', '--output', 'engine.xyz']);
  expect(code).toBe(2);
  expect(stderr).toContain('--output must end in .tar.gz or .tgz');
});
