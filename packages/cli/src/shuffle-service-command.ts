import type { Command } from 'commander';
import { closeAtSignal } from './close-at-signal.js';
import { serviceConfig, withConfigOptions } from './context-settings.js';
import type { Run } from './installation.js';

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
export function addShuffleServiceCommand(program: Command, parsed: (run: Run) => void): Command {
  const command = withConfigOptions(program.command('shuffle-service'))
    .description('Serve the map outputs of all applications on this host.')
    .option('--bind-address <address>', 'where to listen', '127.0.0.1')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', examples)
    .action(() => {
      const options = command.opts();
      const { bindAddress } = options;
      parsed(async (installation) => {
        const config = serviceConfig(options);
        const { startShuffleService } = await installation.loadShuffleService();
        const service = await startShuffleService(config, { bindAddress });
        process.stdout.write(
          `Serving the map outputs in ${service.directory} at ${bindAddress}:${service.port}\n`,
        );
        closeAtSignal(service);
      });
    });
  return command;
}
