import { FiresteelError, parseSizeBytes } from '@firesteel/common';
import type { Command } from 'commander';
import type { Run } from './installation.js';

const examples = `
An executor runs tasks for one application. Cluster managers start it; by hand, on another host:

  $ FIRESTEEL_SECRET=… firesteel executor --driver 10.0.0.5:7000 --id by-hand-1 --cores 4 \\
      --memory 8g --bind-address 0.0.0.0 --host 10.0.0.7

FIRESTEEL_SECRET must be that of the driver's environment. Configuration comes from variables
FIRESTEEL_CONF_…, such as FIRESTEEL_CONF_BLOCK_MANAGER_PORT=7100-7120.

Exit code: 0 if the driver ended it, 1 if the driver is gone, 2 for a wrong command line.
`;

/** Adds `firesteel executor`; what it has to do is handed to `parsed`. */
export function addExecutorCommand(program: Command, parsed: (run: Run) => void): Command {
  const command = program
    .command('executor')
    .description('Run tasks for the driver of an application.')
    .requiredOption('--driver <host:port>', 'where the driver listens')
    .requiredOption('--id <id>', 'the name of this executor, never used before in the application')
    .requiredOption('--cores <number>', 'tasks that run at the same time')
    .option(
      '--memory <size>',
      'memory of the process, such as 4g (default: half of what the machine has)',
    )
    .option('--bind-address <address>', 'where to serve blocks', '127.0.0.1')
    .option(
      '--host <name>',
      'how other executors reach it (default: --bind-address, or an address of this host)',
    )
    .option('--work-dir <directory>', 'the executor ends when this directory vanishes')
    .option(
      '--shared-files',
      'it sees the files of the driver at the same paths, so packages are not sent to it',
    )
    .option('--mesos', 'tasks begin when the Mesos agent that has started this executor says so')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', examples)
    .action(() => {
      const options = command.opts();
      const commandLine = {
        driver: options.driver as string,
        id: options.id as string,
        cores: coresOf(options.cores),
        bindAddress: options.bindAddress as string,
        ...(options.host === undefined ? {} : { host: options.host as string }),
        sharesFiles: options.sharedFiles === true,
        ...(options.memory === undefined ? {} : { memoryMib: memoryMibOf(options.memory) }),
        ...(options.workDir === undefined ? {} : { workDir: options.workDir as string }),
      };
      parsed(async (installation) => {
        const gate = options.mesos
          ? await (await installation.loadMesosExecutor()).joinAgent(commandLine.cores)
          : undefined;
        const { runExecutor } = await installation.loadExecutor();
        const gated = gate && { gate, cores: gate.maxTasks };
        process.exit(await runExecutor({ ...commandLine, ...gated }));
      });
    });
  return command;
}

function coresOf(text: string): number {
  const cores = Number(text);
  if (Number.isInteger(cores) && cores >= 1 && cores <= 1024) return cores;
  throw invalid('--cores', 'a whole number from 1 to 1024', text);
}

function memoryMibOf(text: string): number {
  const bytes = parseSizeBytes(text);
  if (bytes !== undefined && bytes >= 64 * 1024 ** 2) return Math.floor(bytes / 1024 ** 2);
  throw invalid('--memory', 'a size of at least 64m', text);
}

function invalid(option: string, rule: string, text: string): FiresteelError {
  return new FiresteelError(
    'INVALID_ARGUMENT',
    `${option} must be ${rule}, but it is ${JSON.stringify(text)}.`,
    { data: { option, value: text } },
  );
}
