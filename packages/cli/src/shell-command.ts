import type { Command } from 'commander';
import { collect, contextSettings, withContextOptions } from './context-settings.js';
import type { Run } from './installation.js';
import type { ShellCommand } from './shell.js';

const shellExamples = `
Piped in, a script runs to its end or to its first error, which makes the exit code 1.

Examples:
  $ firesteel shell
  $ firesteel shell --master 'local[2]' -i helpers.ts
  $ firesteel shell -e "sc.textFile('logs/*.gz').count()"
  $ firesteel shell < script.ts
`;

/** Adds `firesteel shell`; `parsed` is told how to run it when it is what the user typed. */
export function addShellCommand(program: Command, parsed: (run: Run) => void): Command {
  const command = withContextOptions(program.command('shell'), 'shell')
    .description('Explore data interactively; the context is sc.')
    .usage('[options] [< script.ts]')
    .option('-e, --eval <expression>', 'print the value of an expression, and end')
    .option('-i, --include <file>', 'a file to evaluate first; may be repeated', collect)
    .option('--quiet', 'no welcome, no progress, no summaries')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', shellExamples)
    .action(() => {
      const options = command.opts();
      const shellCommand: ShellCommand = {
        ...contextSettings(options),
        include: options.include ?? [],
        expression: options.eval,
      };
      parsed(async (installation) => {
        const { shell } = await import('./shell.js');
        await shell(shellCommand, installation);
      });
    });
  return command;
}
