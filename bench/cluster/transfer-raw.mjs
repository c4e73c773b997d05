// Argument: bytes in all. Runs itself as the serving process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const blockBytes = 1 << 20;
const windowBlocks = 48;
const windowBytes = windowBlocks * blockBytes;

const totalBytes = Number(process.argv[2]);
if (process.env.BENCH_SERVES === undefined) await read();
else await serve();

/** Sends a window for each byte that comes. */
async function serve() {
  const block = Buffer.alloc(blockBytes, 7);
  const server = createServer((socket) => {
    socket.on('data', async () => {
      for (let i = 0; i < windowBlocks; i++) if (!socket.write(block)) await once(socket, 'drain');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.send?.(port);
  await once(process, 'disconnect');
  process.exit();
}

async function read() {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { ...process.env, BENCH_SERVES: '1' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [port] = await once(child, 'message');
  const socket = connect(port, '127.0.0.1');
  const fetchWindow = () =>
    new Promise((resolve) => {
      const window = new Uint8Array(new SharedArrayBuffer(windowBytes));
      let at = 0;
      /** @param {Buffer} chunk */
      const take = (chunk) => {
        window.set(chunk, at);
        at += chunk.length;
        if (at < windowBytes) return;
        socket.off('data', take);
        resolve(at);
      };
      socket.on('data', take);
      socket.write('.');
    });
  await fetchWindow();
  const windows = Math.ceil(totalBytes / windowBytes);
  let bytes = 0;
  const startedAt = performance.now();
  for (let i = 0; i < windows; i++) bytes += await fetchWindow();
  const seconds = (performance.now() - startedAt) / 1000;
  socket.destroy();
  child.disconnect();
  console.log(JSON.stringify({ bytes, metrics: { megabytesPerSecond: bytes / 1e6 / seconds } }));
}
