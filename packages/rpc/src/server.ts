import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { RpcConnection, RpcHandler } from './connection.js';
import type { RpcOptions } from './endpoint.js';
import { ANY_PORT, listenInRange, type PortRange } from './listen.js';
import { openSession } from './open-session.js';

/** Connections that may be in the handshake at a time; the oldest gives way to a new one. */
const MAX_STRANGERS = 256;

export interface RpcServerOptions extends RpcOptions {
  /** The address to listen on; the loopback by default. */
  readonly bindAddress?: string;
  readonly ports?: PortRange;
  /** Called for each peer that proved itself; gives what handles its messages. */
  readonly connected: (connection: RpcConnection) => RpcHandler;
  /** Called for each peer that did not, with the reason. */
  readonly refused?: (remoteAddress: string, reason: string) => void;
}

/** Listens for peers that know the secret. Strangers are dropped and cost a bounded amount. */
export class RpcServer {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(port: number, server: Server, sockets: Set<Socket>) {
    this.port = port;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** @throws FiresteelError PORT_NOT_AVAILABLE */
  static async listen(options: RpcServerOptions): Promise<RpcServer> {
    const { bindAddress = '127.0.0.1', ports = ANY_PORT, tls, connected, refused } = options;
    const sockets = new Set<Socket>();
    const strangers = new Set<Socket>();
    const accept = async (socket: Socket): Promise<void> => {
      const { remoteAddress = 'unknown' } = socket;
      sockets.add(socket);
      strangers.add(socket);
      socket.once('close', () => sockets.delete(socket));
      const [oldest] = strangers;
      if (strangers.size > MAX_STRANGERS) oldest?.destroy();
      try {
        const connection = await openSession(socket, 'server', options);
        connection.start(connected(connection));
      } catch (error) {
        sockets.delete(socket);
        refused?.(remoteAddress, (error as Error).message);
      } finally {
        strangers.delete(socket);
      }
    };
    const onSocket = (socket: Socket): void => void accept(socket);
    const server = tls === undefined ? createServer(onSocket) : createTlsServer(tls, onSocket);
    server.on('tlsClientError', (error: Error, socket: Socket) =>
      refused?.(socket.remoteAddress ?? 'unknown', error.message),
    );
    const port = await listenInRange(server, bindAddress, ports);
    return new RpcServer(port, server, sockets);
  }

  /** Whether the listening port keeps the process alive; true at first. */
  setRef(isRef: boolean): void {
    if (isRef) this.#server.ref();
    else this.#server.unref();
  }

  /** Stops listening and ends all connections that are left. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroySoon();
    await closed;
  }
}
