import { FiresteelError, isLoopbackHost } from '@firesteel/common';
import type { Command } from 'commander';
import { closeAtSignal } from './close-at-signal.js';
import { serviceConfig, withConfigOptions } from './context-settings.js';
import type { Run } from './installation.js';

const defaultPort = 18_080;

const examples = `
Serves the pages of applications that have ended, that run, or that crashed, from the files that
they wrote with --conf eventLog.enabled=true.

Examples:
  $ firesteel history-server
  $ firesteel history-server --port 8080 /var/log/firesteel
  $ FIRESTEEL_CONF_UI_TOKEN=… firesteel history-server --conf ui.host=0.0.0.0 /var/log/firesteel

The pages are served on 127.0.0.1 unless ui.host says otherwise; beyond the loopback interface,
whoever looks has to know ui.token. Ctrl-C ends it.
`;

/** Adds `firesteel history-server`; `parsed` is told how to run it when it is what was typed. */
export function addHistoryCommand(program: Command, parsed: (run: Run) => void): Command {
  const command = withConfigOptions(program.command('history-server'))
    .description('Serve the pages of applications that wrote event logs.')
    .argument('[directory]', 'where the event logs are (default: that of eventLog.dir)')
    .option('--port <port>', 'where to serve the pages', `${defaultPort}`)
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', examples)
    .action((directory: string | undefined) => {
      const options = command.opts();
      parsed(async (installation) => {
        const config = serviceConfig(options);
        const { defaultLogDirectory, serveHistory } = await installation.loadHistoryServer();
        const logs = directory ?? config.get('eventLog.dir') ?? defaultLogDirectory();
        const server = await serveHistory({
          directory: logs,
          port: portOf(options.port),
          config,
          version: installation.version,
        });
        const isOpen = !isLoopbackHost(config.get('ui.host'));
        process.stdout.write(
          `Serving the event logs of ${logs} at ${server.url}${isOpen ? ' and its other names' : ''}\n`,
        );
        closeAtSignal(server);
      });
    });
  return command;
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new FiresteelError(
    'INVALID_ARGUMENT',
    `--port must be a port, from 0 (any free one) to 65535, but it is ${JSON.stringify(text)}.`,
    { data: { option: '--port', value: text } },
  );
}
