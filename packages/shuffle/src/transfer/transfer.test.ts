import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { Secret } from '@firesteel/rpc';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { BlockClient, type BlocksUnavailable } from './block-client.js';
import { BlockReceiver, frameHeader } from './block-frames.js';
import {
  authorize,
  type BlockRequest,
  parseRequestPath,
  parseStoredBlockPath,
  requestPath,
  storedBlockPath,
} from './block-request.js';
import { BlockServer } from './block-server.js';

const place = (port: number) => ({ host: '127.0.0.1', port });

const secret = new Secret('of the test');
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Map partition m holds `m * 1000` bytes of value m for every reduce partition but number 9. */
async function serve(): Promise<number> {
  const server = await BlockServer.listen({
    secret,
    bindAddress: '127.0.0.1',
    ports: { from: 0, to: 0 },
    find: async ({ shuffleId, mapPartition }, { from, maxBytes }) => {
      if (shuffleId !== 1 || mapPartition === 9) return undefined;
      const whole = new Uint8Array(new SharedArrayBuffer(mapPartition * 1000)).fill(mapPartition);
      const bytes = whole.subarray(from, from + maxBytes);
      return { bytes, sizeBytes: whole.length, version: mapPartition };
    },
    findStored: async (id) => {
      if (id.kind !== 'cached') throw new Error('the disk is gone');
      const sizes = [0, 5, 100_000].slice(0, id.partition);
      return id.rddId === 2 ? sizes.map((size) => new Uint8Array(size).fill(size)) : undefined;
    },
  });
  cleanups.push(() => server.close());
  return server.port;
}

function client(options: Partial<ConstructorParameters<typeof BlockClient>[0]> = {}): BlockClient {
  const blocks = new BlockClient({ secret, maxRetries: 2, retryWaitMs: 1, ...options });
  cleanups.push(() => blocks.close());
  return blocks;
}

function wanted(mapPartitions: readonly number[], maxBytes = 1e9): BlockRequest {
  return { shuffleId: 1, partition: 0, mapPartitions, maxBytes };
}

/** A proxy in front of the server that passes each answer through `change`, piece by piece. */
async function proxy(
  port: number,
  change: (chunk: Buffer, to: Socket, attempt: number) => void,
): Promise<{ port: number; attempts: () => number }> {
  let attempt = 0;
  const server = createTcpServer((down) => {
    const up = connect(port, '127.0.0.1');
    up.on('error', () => {});
    down.on('error', () => {});
    down.once('data', () => attempt++);
    down.pipe(up);
    up.on('data', (chunk: Buffer) => change(chunk, down, attempt - 1));
    up.on('close', () => down.end());
    down.on('close', () => up.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, attempts: () => attempt };
}

describe('block transfer', () => {
  it('gives the blocks in the order of the request, empty ones too', async () => {
    const blocks = await client().fetch(place(await serve()), wanted([3, 0, 200]));
    expect(blocks.map(({ mapPartition, bytes }) => [mapPartition, bytes.length])).toEqual([
      [3, 3000],
      [0, 0],
      [200, 200_000],
    ]);
    for (const { mapPartition, bytes } of blocks) {
      expect(bytes.every((byte) => byte === mapPartition)).toBe(true);
      expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  it('ends an answer before the block that would exceed the limit', async () => {
    const blocks = await client().fetch(place(await serve()), wanted([1, 2, 3, 4], 3500));
    expect(blocks.map(({ mapPartition, bytes }) => [mapPartition, bytes.length])).toEqual([
      [1, 1000],
      [2, 2000],
    ]);
  });

  it('gives a block that is larger than the limit piece by piece', async () => {
    const port = await serve();
    const [first, ...others] = await client().fetch(place(port), wanted([4, 1], 2500));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ mapPartition: 4, sizeBytes: 4000, version: 4 });
    expect(first?.bytes.length).toBe(2500);
    const rest = { from: 2500, version: 4 };
    const [second] = await client().fetch(place(port), { ...wanted([4], 2500), rest });
    expect(second?.bytes.length).toBe(1500);
    expect(second?.bytes.every((byte) => byte === 4)).toBe(true);
    const [nothing] = await client().fetch(place(port), {
      ...wanted([4]),
      rest: { from: 4000, version: 4 },
    });
    expect(nothing?.bytes.length).toBe(0);
  });

  it('gives no rest of a block in whose place there is another one', async () => {
    const rest = { from: 2500, version: 3 };
    const answer = client().fetch(place(await serve()), { ...wanted([4]), rest });
    await expect(answer).rejects.toMatchObject({ mapPartition: 4, isUnreachable: false });
  });

  it('believes no size that the bytes contradict', () => {
    const bytes = new Uint8Array(100);
    const block = { mapPartition: 1, bytes, sizeBytes: 150, version: 1 };
    const received = (from: number, size: number, wantedPartitions = [1]) => {
      const receiver = new BlockReceiver(wantedPartitions, 1000, from);
      receiver.push(frameHeader({ ...block, sizeBytes: size }));
      receiver.push(bytes);
      return receiver;
    };
    expect(received(50, 150).finish(true)).toEqual([block]);
    expect(() => received(51, 150)).toThrow('longer than it should be');
    expect(() => received(0, 150).finish(true)).toThrow('in part only');
    expect(() => received(0, 150, [1, 2]).push(frameHeader(block))).toThrow('another one');
    const damaged = frameHeader(block);
    damaged[16] = 1;
    const receiver = new BlockReceiver([1], 1000);
    receiver.push(damaged);
    expect(() => receiver.push(bytes)).toThrow('checksum');
  });

  it('names the block that is not there', async () => {
    await expect(client().fetch(place(await serve()), wanted([8, 9]))).rejects.toMatchObject({
      mapPartition: 9,
      isUnreachable: false,
    });
  });

  it('gives all parts of a stored block, or none', async () => {
    const port = await serve();
    const read = (partition: number, rddId = 2) =>
      client().fetchStored('127.0.0.1', port, { kind: 'cached', rddId, partition });
    expect((await read(3)).map(({ length }) => length)).toEqual([0, 5, 100_000]);
    expect((await read(0)).length).toBe(0);
    await expect(read(3, 1)).rejects.toThrowError('it is not there');
    const outcome = client().fetchStored('127.0.0.1', port, { kind: 'outcome', taskId: 1 });
    await expect(outcome).rejects.toThrowError('it is not there');
  });

  it('says when nobody answers', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await expect(client().fetch(place(port), wanted([1]))).rejects.toMatchObject({
      mapPartition: 1,
      isUnreachable: true,
    });
  });

  it('tries again after an answer that is damaged, cut short, or never begins', async () => {
    const port = await serve();
    const damages: Record<string, (chunk: Buffer, to: Socket) => void> = {
      damaged: (chunk, to) => {
        chunk[chunk.length - 1] = (chunk[chunk.length - 1] as number) ^ 0x40;
        to.write(chunk);
      },
      'cut short': (chunk, to) => to.end(chunk.subarray(0, chunk.length - 1)),
      refused: (_, to) => to.destroy(),
    };
    for (const [what, damage] of Object.entries(damages)) {
      const way = await proxy(port, (chunk, to, attempt) =>
        attempt === 0 ? damage(chunk, to) : to.write(chunk),
      );
      const [block] = await client().fetch(place(way.port), wanted([5]));
      expect(block?.bytes.length, what).toBe(5000);
      expect(way.attempts(), what).toBe(2);
    }
  });

  it('gives up when every answer is damaged, and names the block', async () => {
    const way = await proxy(await serve(), (chunk, to) => {
      chunk[chunk.length - 1] = 0xff;
      to.write(chunk);
    });
    await expect(client().fetch(place(way.port), wanted([0, 7]))).rejects.toMatchObject({
      mapPartition: 7,
      isUnreachable: false,
    });
    expect(way.attempts()).toBe(3);
  });

  it('believes no server without the secret', async () => {
    const impostor = createServer((_, response) => response.end('x'.repeat(100)));
    impostor.listen(0, '127.0.0.1');
    await once(impostor, 'listening');
    cleanups.push(() => impostor.close());
    const { port } = impostor.address() as AddressInfo;
    const failure = client().fetch(place(port), wanted([1]));
    await expect(failure).rejects.toThrowError(/none of this application/);
    await expect(failure).rejects.toMatchObject({
      mapPartition: 1,
    } satisfies Partial<BlocksUnavailable>);
  });
});

describe('strangers at the block server', () => {
  const status = async (port: number, path: string, authorization?: string): Promise<number> => {
    const request = httpRequest({
      port,
      path,
      host: '127.0.0.1',
      agent: false,
      headers: authorization === undefined ? {} : { authorization },
    }).end();
    const [response] = (await once(request, 'response')) as [
      { statusCode: number; resume(): void },
    ];
    response.resume();
    return response.statusCode;
  };

  it('get nothing without a proof for exactly this path', async () => {
    const port = await serve();
    const path = requestPath(wanted([1]));
    expect(await status(port, path)).toBe(403);
    expect(await status(port, path, authorize(new Secret('another'), path).header)).toBe(403);
    expect(await status(port, path, authorize(secret, requestPath(wanted([2]))).header)).toBe(403);
    expect(await status(port, path, authorize(secret, path).header)).toBe(200);
    expect(await status(port, '/x', authorize(secret, '/x').header)).toBe(400);
  });

  it('that send anything at all do no harm', async () => {
    const port = await serve();
    const starts = [
      '',
      'GET ',
      'GET /shuffle/1/0?maps=1&max=1 HTTP/1.1\r\nauthorization: Firesteel ',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.uint8Array({ maxLength: 3000 }),
        async (start, bytes) => {
          const socket = connect(port, '127.0.0.1');
          let answer = '';
          socket.on('error', () => {}).on('data', (chunk) => (answer += chunk));
          await once(socket, 'connect');
          socket.write(start);
          socket.end(bytes);
          if (!socket.closed) await once(socket, 'close');
          expect(answer).not.toMatch(/^HTTP\/1.1 200/);
        },
      ),
      { numRuns: 100 },
    );
    expect((await client().fetch(place(port), wanted([1]))).length).toBe(1);
  });
});

describe('request paths', () => {
  it('of stored blocks come back as they were', () => {
    for (const id of [
      { kind: 'outcome', taskId: 12 },
      { kind: 'cached', rddId: 3, partition: 0 },
      { kind: 'output', shuffleId: 4, mapPartition: 5 },
    ] as const)
      expect(parseStoredBlockPath(storedBlockPath(id))).toEqual(id);
    for (const path of ['/cached/1', '/outcome/-1', '/cached/1/2/3', '/outcome/1?x'])
      expect(parseStoredBlockPath(path)).toBeUndefined();
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(5000), { minLength: 1, maxLength: 1000 }),
        fc.nat(),
        (mapPartitions, maxBytes) => {
          const request = { shuffleId: 3, partition: 4, mapPartitions, maxBytes };
          expect(parseRequestPath(requestPath(request))).toEqual(request);
          const withRest = { ...request, rest: { from: maxBytes, version: 7 } };
          const parsed = parseRequestPath(requestPath(withRest));
          expect(parsed).toEqual(mapPartitions.length === 1 ? withRest : undefined);
        },
      ),
    );
  });

  it('are refused when they ask for too much or make no sense', () => {
    for (const maps of ['', '5-3', '0-1000', '0-4294967295', '1,,2', '1-2-3-', '-'])
      expect(parseRequestPath(`/shuffle/1/2?maps=${maps}&max=1`), maps).toBeUndefined();
  });
});
