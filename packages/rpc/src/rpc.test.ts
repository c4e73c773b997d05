import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { FiresteelError } from '@firesteel/common';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from './connect.js';
import type { ConnectionEnd, RpcConnection, RpcHandler } from './connection.js';
import { FRAME_HEADER_BYTES } from './frames.js';
import { Handshake } from './handshake.js';
import { Secret } from './secret.js';
import { RpcServer, type RpcServerOptions } from './server.js';

const secret = new Secret('correct horse battery staple');
const servers: RpcServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A server that answers `{ echo }` with it, `{ fail }` by throwing, and never `{ wait }`. */
async function echoServer(options: Partial<RpcServerOptions> = {}) {
  const ends: ConnectionEnd[] = [];
  const messages: unknown[] = [];
  const connections: RpcConnection[] = [];
  const refusals: string[] = [];
  let changed = () => {};
  const server = await RpcServer.listen({
    secret,
    connected: (connection) => {
      connections.push(connection);
      return {
        message: (message) => void messages.push(message),
        request: (message) => {
          const { echo, fail, wait } = message as Record<string, unknown>;
          if (fail !== undefined) throw new FiresteelError('PATH_NOT_FOUND', String(fail));
          return wait === undefined ? echo : new Promise(() => {});
        },
        ended: (end) => {
          ends.push(end);
          changed();
        },
      };
    },
    refused: (_, reason) => {
      refusals.push(reason);
      changed();
    },
    ...options,
  });
  servers.push(server);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => (changed = resolve));
  };
  return { port: server.port, ends, messages, connections, refusals, until };
}

function listener(overrides: Partial<RpcHandler> = {}): RpcHandler {
  return { message: () => {}, request: () => undefined, ended: () => {}, ...overrides };
}

async function client(port: number, handler = listener()): Promise<RpcConnection> {
  const connection = await connect('127.0.0.1', port, { secret });
  connection.start(handler);
  return connection;
}

/** Sends bytes as they are and returns what the server answers until it hangs up. */
async function sendRaw(port: number, bytes: Uint8Array, hangUp = false): Promise<Buffer> {
  const socket = connectTcp(port, '127.0.0.1');
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk)).on('error', () => {});
  await once(socket, 'connect');
  socket.write(bytes);
  if (hangUp) socket.end();
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(received);
}

describe('rpc', () => {
  it('answers requests of both sides, many at a time and big ones too', async () => {
    const { port, connections } = await echoServer();
    const connection = await client(port, listener({ request: (message) => [message, 'back'] }));
    const big = new Float64Array(1 << 18).map((_, i) => i / 3);
    const values = [-0, '\ud800', 2n ** 80n, big, { a: [undefined, null] }, new Date(5), 'é'];
    const replies = await Promise.all(values.map((echo) => connection.request({ echo })));
    expect(replies).toEqual(values);
    expect(Object.is(replies[0], -0)).toBe(true);
    expect(await connections[0]?.request(7)).toEqual([7, 'back']);
    connection.close();
  });

  it('carries views of shared memory as their bytes', async () => {
    const { port } = await echoServer();
    const connection = await client(port);
    const shared = new Uint8Array(new SharedArrayBuffer(8)).map((_, i) => i);
    const offsets = new Float64Array(new SharedArrayBuffer(16)).fill(1.5);
    const reply = (await connection.request({ echo: { shared, offsets } })) as object;
    expect(reply).toEqual({ shared: Uint8Array.from(shared), offsets: Float64Array.of(1.5, 1.5) });
    connection.close();
  });

  it('passes errors on, reports timeouts, and goes on', async () => {
    const { port } = await echoServer();
    const connection = await client(port);
    await expect(connection.request({ fail: 'no such file' })).rejects.toMatchObject({
      code: 'PATH_NOT_FOUND',
      message: 'no such file',
    });
    await expect(connection.request({ wait: true }, { timeoutMs: 5 })).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
    });
    expect(await connection.request({ echo: 1 })).toBe(1);
    connection.close();
  });

  it('tells both sides how a connection ended, and ends waiting requests', async () => {
    const { port, ends, messages, until, connections } = await echoServer();
    const ended: ConnectionEnd[] = [];
    const connection = await client(port, listener({ ended: (end) => ended.push(end) }));
    connection.send('last words');
    connection.close();
    await until(() => ends.length === 1);
    expect([messages, ends, ended]).toEqual([
      ['last words'],
      [{ kind: 'closed' }],
      [{ kind: 'closed' }],
    ]);

    const second = await client(port);
    await second.request({ echo: 1 });
    const waiting = second.request({ wait: true });
    connections[1]?.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(second.request({ echo: 1 })).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('refuses messages above the limit at the sender', async () => {
    const { port } = await echoServer();
    const connection = await connect('127.0.0.1', port, { secret, maxMessageBytes: 1000 });
    connection.start(listener());
    expect(() => connection.send(new Uint8Array(1000))).toThrowError(/rpc.message.maxSize/);
    expect(await connection.request({ echo: 'x' })).toBe('x');
    connection.close();
  });

  it('looks for a free port in a range', async () => {
    const first = await echoServer();
    const range = { from: first.port, to: Math.min(first.port + 20, 65_535) };
    const second = await echoServer({ ports: range });
    expect(second.port).toBeGreaterThan(first.port);
    await expect(
      RpcServer.listen({
        secret,
        ports: { from: first.port, to: first.port },
        connected: () => listener(),
      }),
    ).rejects.toMatchObject({ code: 'PORT_NOT_AVAILABLE' });
  });
});

describe('strangers', () => {
  it('are refused on both sides when the secrets differ', async () => {
    const { port, connections, refusals, until } = await echoServer();
    await expect(
      connect('127.0.0.1', port, { secret: new Secret('another') }),
    ).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    await until(() => refusals.length > 0);
    expect(connections).toEqual([]);
  });

  it('never see the secret, nor a proof that they could use again', async () => {
    const { port, connections } = await echoServer();
    const sent: Buffer[] = [];
    // An honest first half, answered with the server's own proof sent back.
    new Handshake('client', secret, 100, (bytes) => sent.push(bytes));
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(sent[0] as Buffer);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    expect(reply.includes(secret.reveal())).toBe(false);
    socket.write(reply.subarray(-32));
    await once(socket, 'close');
    expect(connections).toEqual([]);
    expect(`${secret} ${JSON.stringify({ secret })}`).not.toContain('horse');
  });

  it('that send anything at all are dropped without effect', async () => {
    const { port, connections, messages, ends } = await echoServer({ handshakeTimeoutMs: 50 });
    const hello: Buffer[] = [];
    new Handshake('client', secret, 100, (bytes) => hello.push(bytes));
    const prefixes = [Buffer.alloc(0), Buffer.from('FSRP'), hello[0] as Buffer];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...prefixes),
        fc.uint8Array({ maxLength: 2000 }),
        fc.boolean(),
        async (prefix, bytes, hangUp) => {
          await sendRaw(port, Buffer.concat([prefix, bytes]), hangUp);
        },
      ),
      { numRuns: 150 },
    );
    expect([connections, messages, ends]).toEqual([[], [], []]);
    const connection = await client(port);
    expect(await connection.request({ echo: 'still there' })).toBe('still there');
    connection.close();
  });

  it('cannot make a server hold more than the handshake', async () => {
    const { port } = await echoServer();
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('FSRP');
    const flood = Buffer.alloc(1 << 16);
    const before = process.memoryUsage().arrayBuffers;
    let sent = 0;
    while (!socket.destroyed && sent < 64 * 1024 ** 2) {
      sent += flood.length;
      if (socket.write(flood)) continue;
      await new Promise<unknown>((go) => socket.once('drain', go).once('close', go));
    }
    expect(sent).toBeLessThan(16 * 1024 ** 2);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 ** 2);
  });
});

describe('a connection that is tampered with', () => {
  /** An authenticated client whose frames pass through `change` on their way to the server. */
  async function tampered(port: number, change: (frame: Buffer) => Buffer): Promise<void> {
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    const handshake = new Handshake('client', secret, 1000, (bytes) => socket.write(bytes));
    for (;;) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      const session = handshake.push(chunk);
      if (session === undefined) continue;
      const payload = Buffer.from([0, 0, 0, 0, 0, 1]);
      const frame = Buffer.concat([session.writer.header([payload]), payload]);
      socket.write(change(frame));
      await once(socket, 'close');
      return;
    }
  }

  const changes: Record<string, (frame: Buffer) => Buffer> = {
    'a changed payload': (frame) => {
      frame[frame.length - 1] = 2;
      return frame;
    },
    'a changed tag': (frame) => {
      frame[5] = (frame[5] as number) ^ 1;
      return frame;
    },
    'a repeated frame': (frame) => Buffer.concat([frame, frame]),
    'a length beyond the limit': (frame) => {
      frame.writeUInt32LE(0xffff_ffff, 0);
      return frame.subarray(0, FRAME_HEADER_BYTES);
    },
  };
  for (const [what, change] of Object.entries(changes))
    it(`ends at ${what}`, async () => {
      const { port, ends, messages } = await echoServer();
      await tampered(port, change);
      expect(ends).toMatchObject([{ kind: 'violation' }]);
      expect(messages).toEqual(what === 'a repeated frame' ? [null] : []);
    });
});
