import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { FiresteelError } from '@firesteel/common';
import type { RpcConnection } from './connection.js';
import { DEFAULT_HANDSHAKE_TIMEOUT_MS, type RpcOptions } from './endpoint.js';
import { ProtocolError } from './frames.js';
import { openSession } from './open-session.js';

/**
 * Connects to a server that knows the secret. Call `start` of the connection to get its messages.
 * @throws FiresteelError CONNECTION_LOST if nobody listens there, AUTHENTICATION_FAILED if the peer
 * does not prove itself or refuses this process
 */
export async function connect(
  host: string,
  port: number,
  options: RpcOptions,
): Promise<RpcConnection> {
  const address = `${host}:${port}`;
  try {
    const socket = await openSocket(host, port, options);
    return await openSession(socket, 'client', options);
  } catch (cause) {
    const { message } = cause as Error;
    if (cause instanceof ProtocolError)
      throw new FiresteelError(
        'AUTHENTICATION_FAILED',
        `The connection with ${address} was not accepted: ${message}. Both sides must have the same secret and the same ssl settings.`,
        { cause, data: { address } },
      );
    throw new FiresteelError('CONNECTION_LOST', `Cannot connect with ${address}: ${message}.`, {
      cause,
      data: { address },
    });
  }
}

function openSocket(host: string, port: number, options: RpcOptions): Promise<Socket> {
  const { tls, handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const connected = () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    };
    const failed = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => failed(new Error('no answer in time')), handshakeTimeoutMs);
    // The authority and the secret tell who the peer is; certificates need not name hosts.
    const socket: Socket =
      tls === undefined
        ? connectTcp({ host, port }, connected)
        : connectTls({ ...tls, host, port, checkServerIdentity: () => undefined }, connected);
    socket.on('error', failed);
  });
}
