import type { AddressInfo, Server } from 'node:net';
import { FiresteelError } from '@firesteel/common';

/** Ports to choose from, both ends included; `{ from: 0, to: 0 }` leaves it to the system. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export const ANY_PORT: PortRange = { from: 0, to: 0 };

/**
 * Binds a server to the first free port of a range.
 * @returns the port
 * @throws FiresteelError PORT_NOT_AVAILABLE
 */
export async function listenInRange(
  server: Server,
  bindAddress: string,
  { from, to }: PortRange,
): Promise<number> {
  for (let port = from; ; port++) {
    try {
      await listen(server, bindAddress, port);
      return (server.address() as AddressInfo).port;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && port < to) continue;
      const ports = from === to ? `port ${from}` : `a port of ${from} to ${to}`;
      throw new FiresteelError(
        'PORT_NOT_AVAILABLE',
        `Cannot listen on ${ports} of ${bindAddress}: ${message}. Choose another port, range or bind address.`,
        { cause, data: { bindAddress, from, to } },
      );
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error);
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
