import { describe, expect, it } from 'vitest';
import { JobDirectory } from './cli.js';

const job = { 'job.ts': 'console.log("the job ran");\n' };

describe('help', () => {
  it.each([[[]], [['--help']], [['-h']]])('teaches the command: firesteel %j', async (args) => {
    using directory = new JobDirectory();
    const { code, stdout } = await directory.run(args);
    expect(code).toBe(0);
    expect(stdout).toContain('firesteel submit job.ts');
    expect(stdout).toContain('FiresteelContext.create()');
  });

  it('teaches submit with examples, masters, keys and exit codes', async () => {
    using directory = new JobDirectory();
    const { code, stdout } = await directory.run(['submit', '--help']);
    expect(code).toBe(0);
    for (const word of ['--conf <key=value>', 'local[N,F]', 'default.parallelism', 'Exit code'])
      expect(stdout).toContain(word);
  });

  it('prints the version', async () => {
    using directory = new JobDirectory();
    expect(await directory.run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe('a wrong command line', () => {
  it.each([
    [
      ['submti', 'job.ts'],
      'error[UNKNOWN_OPTION]: The command submti does not exist. Did you mean "submit"?',
    ],
    [['job.ts'], 'Did you mean "firesteel submit job.ts"?'],
    [['--versoin'], 'The option --versoin does not exist. Did you mean "--version"?'],
    [
      ['submit', '--mastr', 'local', 'job.ts'],
      'The option --mastr does not exist. Did you mean "--master"?',
    ],
    [['submit', '--mastr=local', 'job.ts'], 'Did you mean "--master"?'],
    [
      ['submit', '--frobnicate', 'job.ts'],
      'The option --frobnicate does not exist. See firesteel submit --help.',
    ],
    [['submit'], "error[INVALID_ARGUMENT]: Missing required argument 'job.ts'."],
    [['submit', '--master'], "Option '--master <master>' argument missing."],
    [
      ['submit', '--conf', 'novalue', 'job.ts'],
      'error[INVALID_CONFIG_VALUE]: --conf needs key=value, but it is "novalue".',
    ],
    [['submit', '--conf', '=x', 'job.ts'], '--conf needs key=value'],
    [
      ['submit', '--conf', 'default.paralelism=3', 'job.ts'],
      'error[UNKNOWN_CONFIG_KEY]: The configuration key "default.paralelism" (the command line) does not exist. Did you mean "default.parallelism"?',
    ],
    [
      ['submit', '--conf', 'default.parallelism=few', 'job.ts'],
      'error[INVALID_CONFIG_VALUE]: default.parallelism must be a whole number of 1 or more, but the command line says "few".',
    ],
    [
      ['submit', '--master', 'locl', 'job.ts'],
      'error[INVALID_MASTER]: The master "locl" is not understood. Did you mean "local"?',
    ],
    [['submit', '--master', 'yarn', 'job.ts'], 'This release has no support for YARN'],
    [
      ['submit', '--properties-file', 'none.conf', 'job.ts'],
      'error[PATH_NOT_FOUND]: The properties file none.conf does not exist.',
    ],
    [
      ['submit', '--properties-file', 'bad.conf', 'job.ts'],
      'error[INVALID_CONFIG_VALUE]: bad.conf:3: "oops" has no value.',
    ],
    [
      ['submit', '--properties-file', 'key.conf', 'job.ts'],
      '"spark.masterr" (key.conf:1) does not exist. Did you mean "master"?',
    ],
  ])('firesteel %j is refused before the job starts', async (args, message) => {
    using directory = new JobDirectory({
      ...job,
      'bad.conf': '# comment\nmaster local\noops\n',
      'key.conf': 'spark.masterr local\n',
    });
    const { code, stdout, stderr } = await directory.run(args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('names the nearest environment variable', async () => {
    using directory = new JobDirectory(job);
    const { code, stderr } = await directory.run(['submit', 'job.ts'], {
      FIRESTEEL_CONF_MASTR: 'local',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "FIRESTEEL_CONF_MASTER"?');
  });
});
