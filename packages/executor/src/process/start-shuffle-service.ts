import type { Config } from '@firesteel/common';
import { readTls } from '@firesteel/rpc';
import { defaultServiceDirectory, ShuffleService } from '@firesteel/shuffle/transfer';

/**
 * Starts the shuffle service of this host as the configuration describes it.
 *
 * @throws FiresteelError PORT_NOT_AVAILABLE, INVALID_CONFIG_VALUE, PATH_NOT_READABLE
 */
export async function startShuffleService(
  config: Config,
  { bindAddress }: { readonly bindAddress: string },
): Promise<{ readonly port: number; readonly directory: string; close(): Promise<void> }> {
  const directory = config.get('shuffle.service.dir') ?? defaultServiceDirectory();
  const port = config.get('shuffle.service.port');
  const tls = readTls(config);
  const service = await ShuffleService.start({
    directory,
    bindAddress,
    ports: { from: port, to: port },
    timeoutMs: config.get('network.timeout'),
    cleanerIntervalMs: config.get('shuffle.cleaner.interval'),
    ...(tls && { tls }),
  });
  return { port: service.port, directory, close: () => service.close() };
}
