import { describe, expect, it } from 'vitest';
import { JobDirectory } from './cli.js';

describe('the exit code', () => {
  it.each([
    ['0 at the end', 'console.log(1);', 0],
    ['that the job sets', 'process.exitCode = 7;', 7],
    ['that the job exits with', 'process.exit(9);', 9],
    ['set after a wait', 'setTimeout(() => { process.exitCode = 3; }, 5);', 3],
    ['1 for an error', "throw new Error('x');", 1],
    ['1 for an error later', "setTimeout(() => { throw new Error('x'); }, 5);", 1],
    ['1 for a rejection', "void Promise.reject(new Error('x'));", 1],
    ['13 for a wait that cannot end', 'await new Promise(() => {});', 13],
    [
      'of a job that handles errors itself',
      "process.on('uncaughtException', () => process.exit(5)); setTimeout(() => { throw 1; }, 1);",
      5,
    ],
  ])('is %s', async (_, source, expected) => {
    using directory = new JobDirectory({ 'job.ts': source });
    const { code } = await directory.run(['submit', 'job.ts']);
    expect(code).toBe(expected);
  });
});

describe('an error that the job does not catch', () => {
  it('is shown with the lines of the TypeScript files only', async () => {
    using directory = new JobDirectory({
      'job.ts': [
        "import { check } from './helper.js';",
        'interface Unused { a: string }',
        'function main(value: number): void {',
        '  check(value);',
        '}',
        'main(1);',
      ].join('\n'),
      'helper.ts':
        "type T = number;\nexport function check(x: T): void {\n  if (x > 0) throw new RangeError('too much');\n}\n",
    });
    const { code, stderr } = await directory.run(['submit', 'job.ts']);
    expect(stderr.replaceAll(directory.path, '<dir>')).toBe(
      [
        'RangeError: too much',
        '    at check (<dir>/helper.ts:3:20)',
        '    at main (<dir>/job.ts:4:3)',
        '    at <anonymous> (<dir>/job.ts:6:1)',
        '',
      ].join('\n'),
    );
    expect(code).toBe(1);
  });

  it('shows code and message of a FiresteelError and its cause', async () => {
    using directory = new JobDirectory({
      'job.ts': [
        "import { FiresteelError } from '@firesteel/common';",
        "throw new FiresteelError('OUTPUT_EXISTS', 'It is there.', { cause: new Error('why') });",
      ].join('\n'),
    });
    const { stderr } = await directory.run(['submit', 'job.ts']);
    expect(stderr.replaceAll(directory.path, '<dir>')).toBe(
      [
        'error[OUTPUT_EXISTS]: It is there.',
        '    at <anonymous> (<dir>/job.ts:2:7)',
        'caused by Error: why',
        '    at <anonymous> (<dir>/job.ts:2:68)',
        '',
      ].join('\n'),
    );
  });

  it('keeps columns right in a file that asks for its own place', async () => {
    using directory = new JobDirectory({
      'job.ts': "const url: string = import.meta.url; if (url) throw new Error('x');\n",
    });
    const { stderr } = await directory.run(['submit', 'job.ts']);
    expect(stderr).toContain('job.ts:1:53)');
  });
});

describe('Ctrl-C', () => {
  const waiting = "console.log('waiting');\nsetInterval(() => {}, 1000);\n";

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the process with %d', async (signal, expected) => {
    using directory = new JobDirectory({ 'job.ts': waiting });
    const cli = directory.start(['submit', 'job.ts']);
    await cli.printed('waiting');
    cli.process.kill(signal);
    expect(await cli.outcome).toMatchObject({ code: expected, stderr: '' });
  });

  it('cancels what runs first, and a second one does not wait for that', async () => {
    using directory = new JobDirectory({
      'job.ts': `
        import { registerLiveContext } from '@firesteel/common';
        registerLiveContext({
          events: { on() {} },
          cancelAllJobs: (reason) => console.log(reason),
          stop: () => new Promise(() => console.log('stopping')),
        });
        ${waiting}
      `,
    });
    const cli = directory.start(['submit', 'job.ts']);
    await cli.printed('waiting');
    cli.process.kill('SIGINT');
    await cli.printed('interrupted by SIGINT\nstopping');
    cli.process.kill('SIGINT');
    expect((await cli.outcome).code).toBe(130);
  });

  it('is left to a job that listens itself', async () => {
    using directory = new JobDirectory({
      'job.ts': `process.on('SIGINT', () => process.exit(4));\n${waiting}`,
    });
    const cli = directory.start(['submit', 'job.ts']);
    await cli.printed('waiting');
    cli.process.kill('SIGINT');
    expect((await cli.outcome).code).toBe(4);
  });
});

describe('a reader that has left', () => {
  it('ends a command quietly', async () => {
    using directory = new JobDirectory();
    const { process, outcome } = directory.start(['--help']);
    process.stdout?.destroy();
    expect(await outcome).toMatchObject({ code: 141, stderr: '' });
  });

  it('ends a job quietly, with what it runs', async () => {
    using directory = new JobDirectory({
      'job.ts': `
        import { FiresteelContext } from 'firesteel';
        const sc = await FiresteelContext.create({ master: 'local[1]' });
        sc.events.on('taskStart', () => setInterval(() => console.log('more'), 1));
        await sc.range(0, 1e15).count().catch(() => {});
      `,
    });
    const { process, outcome, printed } = directory.start(['submit', '--quiet', 'job.ts']);
    await printed('more');
    process.stdout?.destroy();
    expect(await outcome).toMatchObject({ code: 143, stderr: '' });
  });
});
