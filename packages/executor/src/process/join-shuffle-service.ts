import { rmSync } from 'node:fs';
import { type Config, FiresteelError } from '@firesteel/common';
import type { RpcOptions } from '@firesteel/rpc';
import {
  defaultServiceDirectory,
  prepareExecutorDirectory,
  type ServiceIdentity,
  ShuffleServiceClient,
  serviceIdentity,
} from '@firesteel/shuffle/transfer';

/** The shuffle service that keeps the map outputs of this executor. */
export interface JoinedService {
  readonly identity: ServiceIdentity;
  readonly port: number;
  /** Where the map outputs go. */
  readonly directory: string;
}

const ATTEMPTS = 3;

/**
 * Registers with the shuffle service of this host, if the configuration asks for one.
 *
 * @param host by which others reach this host, and the service on it
 * @throws FiresteelError SHUFFLE_SERVICE_UNAVAILABLE, LOCAL_DISK_FAILED, INVALID_ARGUMENT
 */
export async function joinShuffleService(
  config: Config,
  { secret, tls }: RpcOptions,
  host: string,
  executorId: string,
): Promise<JoinedService | undefined> {
  if (!config.get('shuffle.service.enabled')) return undefined;
  const identity = serviceIdentity(secret, config.get('app.id') ?? '');
  const root = config.get('shuffle.service.dir') ?? defaultServiceDirectory();
  const port = config.get('shuffle.service.port');
  const directory = prepareExecutorDirectory(root, identity, executorId);
  const client = new ShuffleServiceClient(identity, tls);
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(host, port, { kind: 'register', executorId });
      return { identity, port, directory };
    } catch (cause) {
      if (attempt < ATTEMPTS) {
        await new Promise((resolve) => setTimeout(resolve, config.get('shuffle.io.retryWait')));
        continue;
      }
      rmSync(directory, { recursive: true, force: true });
      throw new FiresteelError(
        'SHUFFLE_SERVICE_UNAVAILABLE',
        `The shuffle service at ${host}:${port} does not take executor ${executorId}: ${(cause as Error).message}. Start "firesteel shuffle-service" there with the same shuffle.service.dir (${root}) as the same user, or turn shuffle.service.enabled off.`,
        { cause, data: { host, port, root } },
      );
    }
  }
}
