import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JobDirectory } from './cli.js';

const counting = `
  import { FiresteelContext } from 'firesteel';
  const sc = await FiresteelContext.create();
  console.log(await sc.parallelize([1, 2, 3]).count());
`;

describe('a context in a job', () => {
  const reporting = (options: string) => `
    import { FiresteelContext } from 'firesteel';
    const sc = await FiresteelContext.create(${options});
    console.log(JSON.stringify([sc.master, sc.appName, sc.defaultParallelism]));
    await sc.stop();
  `;

  it.each([
    ['defaults', '', [], {}, ['local[*]', 'job', expect.any(Number)]],
    [
      'the command line',
      '',
      ['--master', 'local[2]', '--name', 'n', '--conf', 'spark.default.parallelism=7'],
      {},
      ['local[2]', 'n', 7],
    ],
    [
      'the environment',
      '',
      [],
      { FIRESTEEL_CONF_MASTER: 'local[3]', FIRESTEEL_CONF_APP_NAME: 'e' },
      ['local[3]', 'e', 3],
    ],
    [
      'a properties file over the environment',
      '',
      ['--properties-file', 'my.conf'],
      { FIRESTEEL_CONF_MASTER: 'local[3]' },
      ['local[1]', 'from file', 5],
    ],
    [
      'the command line over a properties file',
      '',
      ['--properties-file', 'my.conf', '--master', 'local', '--conf', 'master=local[2]'],
      {},
      ['local', 'from file', 5],
    ],
    [
      'code over the command line',
      "{ master: 'local[1]', appName: 'c', conf: { 'default.parallelism': 4 } }",
      ['--master', 'local[2]', '--name', 'n', '--conf', 'default.parallelism=9'],
      {},
      ['local[1]', 'c', 4],
    ],
  ])('takes its configuration from %s', async (_, options, args, environment, expected) => {
    using directory = new JobDirectory({
      'job.ts': reporting(options),
      'my.conf': '# mine\nspark.master = local[1]\napp.name: from file\ndefault.parallelism 5\n',
    });
    const { code, stdout, stderr } = await directory.run(
      ['submit', ...args, 'job.ts'],
      environment,
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(expected);
    expect(code).toBe(0);
  });
});

it.each(['local[2]', 'local-cluster[1,1,256]'])('tasks see their context on %s', async (master) => {
  using directory = new JobDirectory({
    'job.ts': `
      import { FiresteelContext, TaskContext } from 'firesteel';
      const sc = await FiresteelContext.create();
      const seen = sc.range(0, 4, 1, 2).map(() => {
        const context = TaskContext.get();
        return [context?.partitionId, context?.numPartitions, TaskContext.getPartitionId()];
      });
      console.log(JSON.stringify([await seen.collect(), TaskContext.get() ?? null]));
      await sc.stop();
    `,
  });
  const { code, stdout, stderr } = await directory.run(['submit', '--master', master, 'job.ts']);
  expect(stderr).toBe('');
  const [first, second] = [0, 1].map((partition) => [partition, 2, partition]);
  expect(JSON.parse(stdout)).toEqual([[first, first, second, second], null]);
  expect(code).toBe(0);
});

describe('the process ends', () => {
  it.each([
    ['stops its context', `${counting} await sc.stop();`],
    ['forgets to stop it', counting],
    [
      'does not wait for its main function',
      `import { FiresteelContext } from 'firesteel';
       async function main() {
         const sc = await FiresteelContext.create();
         await new Promise((resolve) => setTimeout(resolve, 20));
         console.log(await sc.parallelize([1, 2, 3]).count());
       }
       void main();`,
    ],
  ])('when the job %s', async (_, source) => {
    using directory = new JobDirectory({ 'job.ts': source });
    const outcome = await directory.run(['submit', '--master', 'local[2]', 'job.ts']);
    expect(outcome).toEqual({ code: 0, stdout: '3\n', stderr: '' });
  });
});

it('runs a CommonJS job whose functions use require and helpers', async () => {
  using directory = new JobDirectory({
    'job.js': `
      const { FiresteelContext } = require('firesteel');
      const { basename } = require('path');
      const { suffix } = require('./helper');
      async function main() {
        const sc = await FiresteelContext.create({ master: 'local[1]' });
        const names = await sc.parallelize(['/a/b', '/c/d']).map((p) => basename(p) + suffix(p)).collect();
        console.log(JSON.stringify(names));
        await sc.stop();
      }
      if (require.main === module) main();
    `,
    'helper.js': 'module.exports.suffix = (text) => text.length;\n',
  });
  const { stdout, stderr } = await directory.run(['submit', 'job.js']);
  expect(stderr).toBe('');
  expect(stdout).toBe('["b4","d4"]\n');
});

it('lets functions use packages, JSON and helpers of the job on other threads', async () => {
  using directory = new JobDirectory({
    'job.ts': `
      import { FiresteelContext } from 'firesteel';
      import { sep } from 'node:path';
      import { twice } from 'esm';
      import offsets from './offsets.json' with { type: 'json' };
      import { shift } from './lib/shift.ts';
      const sc = await FiresteelContext.create({ master: 'local[2]' });
      const rows = sc.range(3).map((n) => shift(twice(n)) + offsets.by + sep);
      console.log(JSON.stringify(await rows.collect()));
      await sc.stop();
    `,
    'offsets.json': '{"by":"!"}',
    'lib/shift.ts': 'const by = 100;\nexport const shift = (n: number): number => n + by;\n',
    'node_modules/esm/package.json': '{"name":"esm","type":"module","exports":"./main.js"}',
    'node_modules/esm/main.js': 'export function twice(n) { return n * 2; }\n',
  });
  const { stdout, stderr } = await directory.run(['submit', 'job.ts']);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(['100!/', '102!/', '104!/']);
});

describe('an error in a function on another thread', () => {
  it('is shown with its TypeScript line, and the exit code is 1', async () => {
    using directory = new JobDirectory({
      'job.ts': [
        "import { FiresteelContext } from 'firesteel';",
        'const sc = await FiresteelContext.create();',
        'interface Row { n: number }',
        'function check(n: number): Row {',
        "  if (n === 2) throw new RangeError('two is too many');",
        '  return { n };',
        '}',
        'await sc.parallelize([1, 2, 3]).map((n) => check(n)).collect();',
      ].join('\n'),
    });
    const { code, stderr } = await directory.run(['submit', '--master', 'local[2]', 'job.ts']);
    expect(stderr).toContain('RangeError: two is too many');
    expect(stderr).toContain('job.ts:5:');
    expect(stderr).not.toContain('/packages/');
    expect(stderr).not.toContain('.mjs');
    expect(code).toBe(1);
  });

  it('is refused before the job starts if the function cannot travel', async () => {
    using directory = new JobDirectory({
      'job.ts': `
        import { FiresteelContext } from 'firesteel';
        import { Socket } from 'node:net';
        const sc = await FiresteelContext.create();
        const options = { socket: new Socket() };
        await sc.range(3).map((n) => n + (options.socket.destroyed ? 1 : 0)).collect();
      `,
    });
    const { code, stderr } = await directory.run(['submit', 'job.ts']);
    expect(stderr).toContain('error[CLOSURE_NOT_SERIALIZABLE]: ');
    expect(stderr).toContain('options → socket');
    expect(stderr).toContain('job.ts:6');
    expect(code).toBe(1);
  });
});

describe('Ctrl-C during a job', () => {
  it('cancels it, leaves no output and exits with 130', async () => {
    using directory = new JobDirectory({
      'job.ts': `
        import { FiresteelContext } from 'firesteel';
        const sc = await FiresteelContext.create({ master: 'local[2]' });
        sc.events.on('taskStart', () => console.log('started'));
        // The first partitions end; the others would run for ever.
        await sc.range(0, 1e15, 1, 2).filter((n) => n % 5 !== 0).map(String).saveAsTextFile('out');
        console.log('unreachable');
      `,
    });
    const cli = directory.start(['submit', 'job.ts']);
    await cli.printed('started');
    cli.process.kill('SIGINT');
    const { code, stdout, stderr } = await cli.outcome;
    expect(code).toBe(130);
    expect(stdout).not.toContain('unreachable');
    expect(stderr).toBe('');
    expect(existsSync(join(directory.path, 'out'))).toBe(false);
    expect(readdirSync(directory.path)).toEqual(['job.ts']);
  });
});

it('prints one summary line when asked, and no progress without a terminal', async () => {
  using directory = new JobDirectory({
    'job.ts': `
      import { FiresteelContext } from 'firesteel';
      await using sc = await FiresteelContext.create({ master: 'local[2]' });
      const pairs = sc.textFile('in.txt', 2).map((line): [string, number] => [line, 1]);
      console.log((await pairs.reduceByKey((a, b) => a + b).collect()).length);
    `,
    'in.txt': 'a\nb\na\n',
  });
  const { stdout, stderr } = await directory.run(['submit', '--summary', 'job.ts']);
  expect(stdout).toBe('2\n');
  expect(stderr).toMatch(/^3 rows, 6 B in 2 stages, \d+ tasks, \d+\.\d\d s\n$/);
});

describe('npm run wordcount', () => {
  const script = new URL('../../scripts/wordcount.mjs', import.meta.url).pathname;

  it('counts the words of the files given', async () => {
    using directory = new JobDirectory({ 'a.txt': 'to be or not\n', 'b/c.txt': 'to be' });
    const { spawnSync } = await import('node:child_process');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'a.txt', 'b'], {
      cwd: directory.path,
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      encoding: 'utf8',
    });
    // A set-up line may come first while the packages are being worked on.
    expect(stderr).toMatch(/(^|\n)2 rows, 18 B in 2 stages, \d+ tasks, \d+\.\d\d s\n$/);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 2).sort()).toEqual(['2  be', '2  to']);
    expect(lines.slice(2).sort()).toEqual(['1  not', '1  or']);
    expect(status).toBe(0);
  });

  it('counts a text of the repository without arguments', async () => {
    const { spawnSync } = await import('node:child_process');
    const { stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    const text = readFileSync(
      new URL('../../examples/data/apache-license-2.0.txt', import.meta.url),
      'utf8',
    );
    const words = text.split(/\s+/).filter((word) => word === 'the').length;
    expect(stdout.split('\n')).toContain(`${words}  the`);
  });
});
