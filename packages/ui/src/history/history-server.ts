import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertUiIsGuarded, type Config } from '@firesteel/common';
import { retentionOf } from '../retention.js';
import { UiServer } from '../server/ui-server.js';
import { LogDirectory } from './log-directory.js';

/** Where event logs are, unless `eventLog.dir` says otherwise. */
export function defaultLogDirectory(): string {
  return join(tmpdir(), 'firesteel-events');
}

/**
 * Serves the event logs of a directory until the process ends.
 *
 * @param config of the pages: its `ui.host`, `ui.token` and how much to remember
 * @throws FiresteelError PATH_NOT_READABLE for the directory, PORT_NOT_AVAILABLE,
 *   INVALID_CONFIG_VALUE for a host beyond the loopback interface without a token
 */
export async function serveHistory(options: {
  readonly directory: string;
  readonly port: number;
  readonly config: Config;
  readonly version: string;
}): Promise<UiServer> {
  const { directory, port, config, version } = options;
  const source = new LogDirectory(directory, retentionOf(config));
  assertUiIsGuarded(config);
  await source.list();
  return UiServer.listen({
    source,
    host: config.get('ui.host'),
    port,
    token: config.get('ui.token'),
    version,
    keepsProcess: true,
  });
}
