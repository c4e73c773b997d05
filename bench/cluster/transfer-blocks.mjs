// Argument: bytes in all. Runs itself as the serving process, with the secret in its environment.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Secret } from '@firesteel/rpc';
import { BlockClient, BlockServer } from '@firesteel/shuffle/transfer';

const blockBytes = 1 << 20;
/** What a reader asks for at a time: its window of 48 MiB. */
const windowBlocks = 48;

const sharedText = process.env.BENCH_SECRET;
if (sharedText === undefined) await read(Number(process.argv[2]));
else await serve(new Secret(sharedText));

/** @param {Secret} secret */
async function serve(secret) {
  const block = new Uint8Array(new SharedArrayBuffer(blockBytes)).fill(7);
  const server = await BlockServer.listen({
    secret,
    bindAddress: '127.0.0.1',
    ports: { from: 0, to: 0 },
    find: async () => ({ bytes: block, sizeBytes: blockBytes, version: 0 }),
    findStored: async () => undefined,
  });
  process.send?.(server.port);
  await once(process, 'disconnect');
  await server.close();
}

/** @param {number} totalBytes */
async function read(totalBytes) {
  const text = 'a secret that only this bench knows';
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { ...process.env, BENCH_SECRET: text },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [port] = await once(child, 'message');
  const client = new BlockClient({ secret: new Secret(text), maxRetries: 0, retryWaitMs: 0 });
  const mapPartitions = Array.from({ length: windowBlocks }, (_, i) => i);
  const fetchWindow = () =>
    client.fetch(
      { host: '127.0.0.1', port },
      { shuffleId: 1, partition: 0, mapPartitions, maxBytes: windowBlocks * blockBytes },
    );
  await fetchWindow();
  const windows = Math.ceil(totalBytes / (windowBlocks * blockBytes));
  let bytes = 0;
  const startedAt = performance.now();
  for (let i = 0; i < windows; i++)
    for (const block of await fetchWindow()) bytes += block.bytes.length;
  const seconds = (performance.now() - startedAt) / 1000;
  await client.close();
  child.disconnect();
  console.log(JSON.stringify({ bytes, metrics: { megabytesPerSecond: bytes / 1e6 / seconds } }));
}
