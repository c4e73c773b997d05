import type { Socket } from 'node:net';
import { RpcConnection } from './connection.js';
import {
  DEFAULT_HANDSHAKE_TIMEOUT_MS,
  DEFAULT_MAX_MESSAGE_BYTES,
  type RpcOptions,
} from './endpoint.js';
import { ProtocolError } from './frames.js';
import { Handshake } from './handshake.js';

/** Runs the handshake over a socket; rejects with what went wrong, the socket destroyed. */
export function openSession(
  socket: Socket,
  role: 'client' | 'server',
  options: RpcOptions,
): Promise<RpcConnection> {
  const { secret, maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } = options;
  const { handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS } = options;
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      socket.off('data', receive).off('error', fail).off('close', closed);
    };
    const fail = (error: Error): void => {
      settle();
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    };
    const closed = () => fail(new ProtocolError('the peer closed the connection'));
    const timer = setTimeout(
      () => fail(new ProtocolError('the peer did not prove itself in time')),
      handshakeTimeoutMs,
    );
    const handshake = new Handshake(role, secret, maxMessageBytes, (bytes) => socket.write(bytes));
    const receive = (chunk: Buffer): void => {
      try {
        const session = handshake.push(chunk);
        if (session === undefined) return;
        settle();
        socket.pause();
        resolve(new RpcConnection(socket, session, maxMessageBytes));
      } catch (error) {
        fail(error as Error);
      }
    };
    socket.on('data', receive).on('error', fail).on('close', closed);
  });
}
