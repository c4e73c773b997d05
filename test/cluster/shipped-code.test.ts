import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { JobDirectory } from '../cli/cli.js';
import { freePort, RemoteExecutor, SECRET } from './remote-executor.js';

/** Packages of every kind that installers make. */
const packages = {
  'node_modules/es/package.json':
    '{"name":"es","type":"module","main":"main.js","dependencies":{"deep":"1"}}',
  'node_modules/es/main.js':
    "import { deep } from 'deep'; export const es = () => ['es', import.meta.url, ...deep()];",
  'node_modules/es/node_modules/deep/package.json': '{"name":"deep","main":"deep.js"}',
  'node_modules/es/node_modules/deep/deep.js': "exports.deep = () => ['deep', __filename];",
  'node_modules/cjs/package.json': '{"name":"cjs","main":"index.js"}',
  'node_modules/cjs/index.js': "module.exports = () => ['cjs', __filename];",
  'node_modules/late/package.json': '{"name":"late","type":"module","exports":"./late.js"}',
  'node_modules/late/late.js': "export const late = () => ['late', import.meta.url];",
  'node_modules/.store/linked/package.json': '{"name":"linked","main":"l.js"}',
  'node_modules/.store/linked/l.js': "exports.linked = () => ['linked', __filename];",
};

const job = `
import { FiresteelContext } from 'firesteel';
import { es } from 'es';
import { linked } from 'linked';
import { twice } from './helper.js';
const cjs = require('cjs');

const sc = await FiresteelContext.create();
const waiting = setInterval(() => {}, 60_000); // an idle context keeps no process alive
const both = new Promise<void>((resolve) => {
  const seen = new Set();
  sc.events.on('executorAdded', ({ executorId }) => {
    if (seen.add(executorId).size === 2) resolve();
  });
});
console.log('waiting');
await both;
clearInterval(waiting);
const rows = await sc
  .parallelize([1, 2], 2)
  .barrier()
  .mapPartitions(async (rows) => {
    const { late } = await import('late');
    return [...rows].map((x) => ({
      row: twice(x), cwd: process.cwd(), places: [es(), cjs(), linked(), late()],
    }));
  })
  .collect();
console.log('RESULT ' + JSON.stringify(rows));
await sc.stop();
`;

it('sends the packages of a job to executors that have neither the job nor its packages', async () => {
  using directory = new JobDirectory({
    ...packages,
    'job.ts': job,
    'helper.ts': 'const factor = 2; export const twice = (x: number): number => factor * x;',
  });
  symlinkSync('.store/linked', join(directory.path, 'node_modules/linked'));
  const port = await freePort();
  const driver = directory.start(
    [
      'submit',
      '--quiet',
      '--master',
      'local-cluster[1,1,256]',
      '--conf',
      `driver.port=${port}`,
      'job.ts',
    ],
    { FIRESTEEL_SECRET: SECRET },
  );
  await driver.printed('waiting');
  await using remote = new RemoteExecutor(port, 'remote');
  const { stdout, stderr, code } = await driver.outcome;
  expect({ code, stderr, remote: remote.stderr }).toEqual({ code: 0, stderr: '', remote: '' });
  const rows = JSON.parse(/RESULT (.*)/.exec(stdout)?.[1] as string) as {
    row: number;
    cwd: string;
    places: string[][];
  }[];
  expect(rows.map(({ row }) => row)).toEqual([2, 4]);
  const there = rows.filter(({ cwd }) => cwd === remote.directory);
  expect(there).toHaveLength(1);
  const places = there[0]?.places as string[][];
  expect(places.map(([name]) => name)).toEqual(['es', 'cjs', 'linked', 'late']);
  // Every package was loaded from below the directory of the executor.
  for (const place of places.flat().filter((text) => text.includes('/')))
    expect(place.replace('file://', '')).toMatch(new RegExp(`^${remote.directory}/`));
  // It ended with its driver, and tidied up.
  expect(await remote.ended).toBe(0);
  expect(existsSync(remote.directory)).toBe(false);
}, 60_000);
