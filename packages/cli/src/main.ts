import { createRequire } from 'node:module';
import {
  configEntries,
  configKeys,
  didYouMean,
  type ErrorCode,
  FiresteelError,
} from '@firesteel/common';
import type { Command, CommanderError } from 'commander';
import { endWithClosedPipe } from './closed-pipe.js';
import { contextSettings, withContextOptions } from './context-settings.js';
import { addExecutorCommand } from './executor-command.js';
import { addHistoryCommand } from './history-command.js';
import type { Installation, Run } from './installation.js';
import { addPackCommand } from './pack-command.js';
import { errorReport } from './report-error.js';
import { addShellCommand } from './shell-command.js';
import { addShuffleServiceCommand } from './shuffle-service-command.js';
import type { SubmitCommand } from './submit.js';

const require = createRequire(import.meta.url);

const exitFailed = 1;
const exitUsage = 2;
/** What is wrong with a command line, a configuration, or the files that they name. */
const usageCodes: ReadonlySet<ErrorCode> = new Set([
  'INVALID_ARGUMENT',
  'UNKNOWN_OPTION',
  'UNKNOWN_CONFIG_KEY',
  'INVALID_CONFIG_VALUE',
  'INVALID_MASTER',
  'PATH_NOT_FOUND',
  'PATH_NOT_READABLE',
]);

const overview = `
Examples:
  $ firesteel submit job.ts                        run a TypeScript job on all cores
  $ firesteel submit --master 'local[2]' job.ts a  two threads; "a" is the job's argument
  $ firesteel submit --help                        all options of submit
  $ firesteel shell                                explore data interactively

A job is an ordinary module:

  import { FiresteelContext } from 'firesteel';
  const sc = await FiresteelContext.create();
  console.log(await sc.parallelize([1, 2, 3]).map((x) => x * x).sum());
  await sc.stop();
`;

const submitExamples = (): string => `
Everything after the job file belongs to the job; it is in process.argv.

Examples:
  $ firesteel submit wordcount.ts 'logs/*.gz'
  $ firesteel submit --master 'local[4]' --name nightly report.ts --date 2026-11-23
  $ firesteel submit --conf default.parallelism=16 job.ts
  $ firesteel submit --properties-file cluster.conf job.ts

Masters:
  local        one thread           local[N]     N threads
  local[*]     one thread per core  local[N,F]   a task may fail F times before its job fails
  local-cluster[E,C,M]              E executor processes on this host: C cores, M MiB each
  mesos://host:5050                 an Apache Mesos cluster (docs/running-on-mesos.md)
  mesos://zk://h1:2181,h2:2181/mesos   the same, its leading master found through ZooKeeper

Configuration: code > command line > properties file > environment (FIRESTEEL_CONF_…) > default.
Keys are those of Spark without "spark.":
${configurationKeys()}

Exit code: the job's; 1 for an error that the job does not catch; 2 for a wrong command line or
configuration; 130 after Ctrl-C.
`;

/**
 * The `firesteel` command. Sets the exit code of the process; the process ends by itself.
 * @param argv the arguments after the program's name
 */
export async function main(argv: readonly string[], installation: Installation): Promise<void> {
  endWithClosedPipe();
  try {
    const run = parseCommandLine(argv, installation.version);
    await run?.(installation);
  } catch (error) {
    // A wrong command needs no stack, a fault of ours does.
    const hidden = FiresteelError.is(error) ? [''] : [];
    process.stderr.write(`${errorReport(error, hidden)}\n`);
    process.exitCode = isUsage(error) ? exitUsage : exitFailed;
  }
}

function isUsage(error: unknown): boolean {
  return FiresteelError.is(error) && usageCodes.has(error.code);
}

/** Undefined if the command line only asked for help or the version, which was printed. */
function parseCommandLine(argv: readonly string[], version: string): Run | undefined {
  // Required, because import() would first parse all of its CommonJS text for names of exports.
  const commander = require('commander') as typeof import('commander');
  let parsed: Run | undefined;
  const take = (run: Run): void => {
    parsed = run;
  };
  const program = new commander.Command('firesteel')
    .description('In-memory DAG data processing for Node.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .addHelpText('after', overview);
  const submit = withContextOptions(program.command('submit'), 'name of the job file')
    .description('Run a TypeScript or JavaScript job file.')
    .usage('[options] <job.ts> [arguments...]')
    .argument('<job.ts>', 'the job file; it needs no build step')
    .argument('[arguments...]', 'what the job finds in process.argv')
    .option('--summary', 'print rows, bytes, stages and time at the end')
    .option('--quiet', 'no progress')
    .helpOption('-h, --help', 'print this help')
    .passThroughOptions()
    .addHelpText('after', submitExamples())
    .action((jobFile: string, jobArguments: string[]) => {
      const options = submit.opts();
      const parsedCommand: SubmitCommand = {
        jobFile,
        jobArguments,
        ...contextSettings(options),
        summary: options.summary === true,
      };
      take(async (installation) => {
        const { submit: run } = await import('./submit.js');
        await run(parsedCommand, installation);
      });
    });
  const executor = addExecutorCommand(program, take);
  const shell = addShellCommand(program, take);
  const history = addHistoryCommand(program, take);
  const pack = addPackCommand(program, take);
  const service = addShuffleServiceCommand(program, take);
  const commands = [program, submit, shell, history, pack, executor, service];
  for (const command of commands) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  if (argv.length === 0) {
    process.stdout.write(program.helpInformation() + overview);
    return undefined;
  }
  try {
    program.parse([...argv], { from: 'user' });
    return parsed;
  } catch (error) {
    if (!(error instanceof commander.CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw usageError(error, argv, commands);
  }
}

/** The table of keys with their defaults and the first sentence of what they do. */
function configurationKeys(): string {
  return configKeys
    .map((key) => {
      const { doc, defaultText = '' } = configEntries[key];
      return `  ${key.padEnd(32)}${defaultText.padEnd(10)} ${doc.split(/(?<=\.) /)[0]}`;
    })
    .join('\n');
}

/** Commander's error as one of ours, with the nearest name that exists. */
function usageError(
  error: CommanderError,
  argv: readonly string[],
  commands: readonly Command[],
): FiresteelError {
  const [program, ...others] = commands as [Command, ...Command[]];
  const command = others.find((candidate) => candidate.name() === argv[0]) ?? program;
  const help = `See firesteel${command === program ? '' : ` ${command.name()}`} --help.`;
  const subject = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  let code: ErrorCode = 'UNKNOWN_OPTION';
  let what: string;
  if (error.code === 'commander.unknownOption') {
    const flags = [...command.options.flatMap(({ long }) => long ?? []), '--help'];
    what = `The option ${subject} does not exist.${didYouMean(subject.split('=')[0] ?? '', flags)}`;
  } else if (
    error.code === 'commander.unknownCommand' ||
    error.code === 'commander.excessArguments'
  ) {
    const word = argv.find((argument) => !argument.startsWith('-')) ?? subject;
    what = /\.[cm]?[jt]sx?$/.test(word)
      ? `${word} is no command. Did you mean "firesteel submit ${word}"?`
      : `The command ${word} does not exist.${didYouMean(
          word,
          others.map((other) => other.name()),
        )}`;
  } else {
    const text = error.message.replace(/^error: /, '');
    what = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
    code = 'INVALID_ARGUMENT';
  }
  return new FiresteelError(code, `${what} ${help}`, { data: { argument: subject } });
}
