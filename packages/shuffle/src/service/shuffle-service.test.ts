import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@firesteel/rpc';
import * as fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { ShuffleFileWriter } from '../files/shuffle-file.js';
import { BlockClient } from '../transfer/block-client.js';
import { prepareExecutorDirectory } from './application-directory.js';
import { ShuffleServiceClient } from './service-client.js';
import { parseServicePath, type ServiceIdentity, serviceIdentity } from './service-paths.js';
import { ShuffleService } from './shuffle-service.js';

const open: { close(): Promise<void> }[] = [];
const directories: string[] = [];
afterEach(async () => {
  for (const service of open.splice(0)) await service.close();
  for (const directory of directories.splice(0))
    rmSync(directory, { recursive: true, force: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'firesteel-service-'));
  directories.push(directory);
  return directory;
}

async function start(directory: string, port = 0, timeoutMs = 60_000): Promise<ShuffleService> {
  const service = await ShuffleService.start({
    directory,
    bindAddress: '127.0.0.1',
    ports: { from: port, to: port },
    timeoutMs,
    cleanerIntervalMs: 60_000,
  });
  open.push(service);
  return service;
}

/** An application with one map output of two partitions, of which the second holds one block. */
function application(root: string, name: string): ServiceIdentity {
  const identity = serviceIdentity(Secret.random(), name);
  const directory = prepareExecutorDirectory(root, identity, 'e1');
  mkdirSync(join(directory, 'shuffle_3'));
  const file = new ShuffleFileWriter(join(directory, 'shuffle_3', '0'), 'none');
  file.endPartition();
  file.blocks.appendFrames(Buffer.from(`rows of ${name}`));
  file.endPartition();
  file.commit(1);
  return identity;
}

async function read(identity: ServiceIdentity, port: number, executor = 'e1', shuffleId = 3) {
  const client = new BlockClient({
    secret: Secret.random(),
    service: identity,
    maxRetries: 0,
    retryWaitMs: 0,
  });
  open.push(client);
  const request = { shuffleId, partition: 1, mapPartitions: [0], maxBytes: 1000 };
  const [block] = await client.fetch({ host: '127.0.0.1', port, servedFor: executor }, request);
  return Buffer.from(block?.bytes ?? []).toString();
}

const unavailable = expect.objectContaining({ message: expect.stringContaining('') });

it('serves a block piece by piece, until there is another one in its place', async () => {
  const root = newDirectory();
  const identity = application(root, 'app-1');
  const { port } = await start(root);
  const client = new BlockClient({
    secret: Secret.random(),
    service: identity,
    maxRetries: 0,
    retryWaitMs: 0,
  });
  open.push(client);
  const place = { host: '127.0.0.1', port, servedFor: 'e1' };
  const request = { shuffleId: 3, partition: 1, mapPartitions: [0], maxBytes: 7 };
  const [first] = await client.fetch(place, request);
  expect(Buffer.from(first?.bytes ?? []).toString()).toBe('rows of');
  expect(first?.sizeBytes).toBe('rows of app-1'.length);
  const rest = { from: 7, version: first?.version as number };
  const [second] = await client.fetch(place, { ...request, rest });
  expect(Buffer.from(second?.bytes ?? []).toString()).toBe(' app-1');
  const path = join(root, 'app-1', 'e1', 'shuffle_3', '0');
  const file = new ShuffleFileWriter(path, 'none');
  file.endPartition();
  file.blocks.appendFrames(Buffer.from('rows of 1-ppa'));
  file.endPartition();
  file.commit(1);
  await expect(client.fetch(place, { ...request, rest })).rejects.toThrow('it is not there');
});

it('serves the outputs of applications to those who know their secret', async () => {
  const root = newDirectory();
  const [a, b] = [application(root, 'a'), application(root, 'b')];
  const { port } = await start(root);
  expect(await read(a, port)).toBe('rows of a');
  expect(await read(b, port)).toBe('rows of b');
  // With its own secret an application gets nothing of another one, however it asks.
  for (const applicationId of ['a', '../a', 'b/../a', '..', '.'])
    await expect(read({ applicationId, secret: b.secret }, port)).rejects.toThrow(
      'none of this application',
    );
  await expect(read(b, port, '../a/e1')).rejects.toThrow();
  await expect(read(a, port, 'e2')).rejects.toThrow('not there');
  await expect(read(a, port, 'e1', 4)).rejects.toThrow('not there');
});

it('goes on where it was when it is started again', async () => {
  const root = newDirectory();
  const a = application(root, 'a');
  const first = await start(root);
  const { port } = first;
  await first.close();
  await expect(read(a, port)).rejects.toEqual(unavailable);
  await start(root, port);
  expect(await read(a, port)).toBe('rows of a');
});

it('obeys commands of the application, and of nobody else', async () => {
  const root = newDirectory();
  const a = application(root, 'a');
  const { port } = await start(root);
  const client = new ShuffleServiceClient(a, undefined);
  const send = (command: Parameters<typeof client.send>[2]) =>
    client.send('127.0.0.1', port, command);
  await send({ kind: 'register', executorId: 'e1' });
  await expect(send({ kind: 'register', executorId: 'e2' })).rejects.toThrow('404');
  const stranger = new ShuffleServiceClient({ ...a, secret: Secret.random() }, undefined);
  await expect(stranger.send('127.0.0.1', port, { kind: 'remove' })).rejects.toThrow();
  expect(await read(a, port)).toBe('rows of a');
  await send({ kind: 'removeShuffle', shuffleId: 3 });
  expect(existsSync(join(root, 'a', 'e1', 'shuffle_3'))).toBe(false);
  await send({ kind: 'remove' });
  expect(existsSync(join(root, 'a'))).toBe(false);
  await expect(send({ kind: 'heartbeat' })).rejects.toThrow();
});

it('removes applications that were silent for too long, also those of before its start', async () => {
  const root = newDirectory();
  application(root, 'old');
  const service = await start(root, 0, -1);
  expect(existsSync(join(root, 'old'))).toBe(true);
  application(root, 'unheard');
  service.removeSilent();
  expect(existsSync(join(root, 'old'))).toBe(false);
  expect(existsSync(join(root, 'unheard'))).toBe(false);
  const metrics = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
  expect(metrics).toContain('firesteel_shuffle_service_removed_applications_total 2\n');
});

it('understands no path that leads out of an application', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      for (const path of [text, `/applications/${text}`, `/applications/a/executors/${text}`]) {
        const parsed = parseServicePath(path);
        if (parsed === undefined) continue;
        for (const name of [parsed.applicationId, parsed.blocks?.executorId ?? 'x'])
          expect(name).toMatch(/^(?!\.{1,2}$)[\w.-]+$/);
      }
    }),
  );
});

it('survives whatever strangers send', async () => {
  const root = newDirectory();
  const a = application(root, 'a');
  const { port } = await start(root);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc
          .tuple(fc.constantFrom('GET', 'POST', 'PUT'), fc.webPath(), fc.string({ maxLength: 80 }))
          .map(([method, path, header]) =>
            Buffer.from(
              `${method} /applications/a${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${header.replace(/[^ -~]/g, '')}\r\n\r\n`,
            ),
          ),
      ),
      (bytes) =>
        new Promise<void>((resolve, reject) => {
          const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
          let answer = '';
          socket.on('data', (chunk) => {
            answer += chunk.toString('latin1');
          });
          socket.on('error', () => {});
          socket.on('close', () => {
            if (answer.startsWith('HTTP/1.1 200')) reject(new Error(`it answered: ${answer}`));
            else resolve();
          });
        }),
    ),
    { numRuns: 60 },
  );
  expect(await read(a, port)).toBe('rows of a');
});

it('gives no outputs to a directory that others can read', () => {
  const root = newDirectory();
  mkdirSync(join(root, 'app'));
  chmodSync(join(root, 'app'), 0o755);
  expect(() => application(root, 'app')).toThrow(
    expect.objectContaining({
      code: 'LOCAL_DISK_FAILED',
      message: expect.stringContaining('not a private directory of this user'),
    }),
  );
});
