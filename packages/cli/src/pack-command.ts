import { FiresteelError } from '@firesteel/common';
import type { Command } from 'commander';
import type { Run } from './installation.js';

const examples = `
Writes an archive with Firesteel and all packages that it needs, for hosts where it is not
installed. Agents of Mesos fetch and unpack it for each executor:

  $ firesteel pack --with-node --output firesteel.tar.gz
  $ hdfs dfs -put firesteel.tar.gz /apps/
  $ firesteel submit --master mesos://host:5050 --conf executor.uri=hdfs:///apps/firesteel.tar.gz job.ts

Unpacked on the agents, it is what mesos.executor.home names. Jobs and their packages are not in
it: the driver sends them. It fits hosts with the operating system and processor of this one, and
needs Node 20 or later there, unless Node is packed too.
`;

/** Adds `firesteel pack`; `parsed` is told how to run it when it is what was typed. */
export function addPackCommand(program: Command, parsed: (run: Run) => void): Command {
  const command = program
    .command('pack')
    .description('Write an archive of Firesteel for other hosts.')
    .option('--output <file>', 'where to write it: .tar.gz or .tgz', 'firesteel.tar.gz')
    .option('--with-node', 'pack the Node binary that runs this, too')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', examples)
    .action(() => {
      const { output, withNode = false } = command.opts();
      if (!/\.(tar\.gz|tgz)$/.test(output)) {
        // Agents tell by the name how to unpack a file.
        throw new FiresteelError(
          'INVALID_ARGUMENT',
          `--output must end in .tar.gz or .tgz, but it is ${JSON.stringify(output)}.`,
          { data: { option: '--output', value: output } },
        );
      }
      parsed(async (installation) => {
        const { pack } = await import('./pack/pack.js');
        const { packages, sizeBytes } = await pack(installation, { output, withNode });
        const megabytes = (sizeBytes / 1024 ** 2).toFixed(1);
        process.stdout.write(`${output}: ${packages} packages, ${megabytes} MiB\n`);
      });
    });
  return command;
}
