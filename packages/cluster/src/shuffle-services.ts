import type { TlsOptions } from '@firesteel/rpc';
import {
  type ServiceCommand,
  type ServiceIdentity,
  ShuffleServiceClient,
} from '@firesteel/shuffle/transfer';

/** The shuffle services on the hosts of an application's executors. */
export class ShuffleServices {
  readonly #client: ShuffleServiceClient;
  readonly #services = new Map<string, { readonly host: string; readonly port: number }>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(identity: ServiceIdentity, tls: TlsOptions | undefined, intervalMs: number) {
    this.#client = new ShuffleServiceClient(identity, tls);
    this.#heartbeat = setInterval(() => void this.#tell({ kind: 'heartbeat' }), intervalMs);
    this.#heartbeat.unref();
  }

  /** An executor has given its map outputs to the service there. */
  add(host: string, port: number): void {
    this.#services.set(`${host}:${port}`, { host, port });
  }

  removeShuffle(shuffleId: number): void {
    void this.#tell({ kind: 'removeShuffle', shuffleId });
  }

  /** The application has ended; services that do not hear of it find out by themselves. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#tell({ kind: 'remove' });
  }

  /** A service that cannot be reached is told again with the next heartbeat, or reads its disk. */
  async #tell(command: ServiceCommand): Promise<void> {
    await Promise.allSettled(
      [...this.#services.values()].map(({ host, port }) => this.#client.send(host, port, command)),
    );
  }
}
