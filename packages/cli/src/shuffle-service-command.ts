import { Config } from '@firesteel/common';
import type { Command } from 'commander';
import { collect, configLayers } from './context-settings.js';
import type { Installation } from './installation.js';

const examples = `
One service serves the map outputs of all applications on a host, also when their executors have
ended. Applications use it with --conf shuffle.service.enabled=true. It runs as the user of the
executors, and shares shuffle.service.dir with them.

Examples:
  $ firesteel shuffle-service
  $ firesteel shuffle-service --bind-address 0.0.0.0 --conf shuffle.service.dir=/var/firesteel

Counts are at /metrics. Ctrl-C ends it; applications go on when it is started again.
`;

/** Adds `firesteel shuffle-service`; `parsed` is told how to run it when it is what was typed. */
export function addShuffleServiceCommand(
  program: Command,
  parsed: (run: (installation: Installation) => Promise<void>) => void,
): Command {
  const command = program
    .command('shuffle-service')
    .description('Serve the map outputs of all applications on this host.')
    .option('--bind-address <address>', 'where to listen', '127.0.0.1')
    .option('--conf <key=value>', 'a configuration key; may be repeated', collect)
    .option('--properties-file <file>', 'a file of lines key=value')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', examples)
    .action(() => {
      const { bindAddress, conf = [], propertiesFile: path } = command.opts();
      parsed(async (installation) => {
        const layers = configLayers(conf, path);
        const config = Config.fromLayers({ ...layers, environment: process.env });
        const { startShuffleService } = await installation.loadShuffleService();
        const service = await startShuffleService(config, { bindAddress });
        process.stdout.write(
          `Serving the map outputs in ${service.directory} at ${bindAddress}:${service.port}\n`,
        );
        for (const signal of ['SIGINT', 'SIGTERM'] as const)
          process.once(signal, () => void service.close());
      });
    });
  return command;
}
