import { Worker } from 'node:worker_threads';
import { type CaptureItem, captureClosures } from '../index.js';

const entry = new URL('../../dist/index.js', import.meta.url).href;

// Revives every set once and calls its first function with the arguments; results by clone.
const workerSource = `
const { parentPort } = require('node:worker_threads');
const closure = import(${JSON.stringify(entry)});
parentPort.on('message', async ({ id, bytes, args }) => {
  const { reviveClosures, encodeError } = await closure;
  try {
    const [fn] = await reviveClosures(bytes);
    parentPort.postMessage({ id, value: await fn(...args) });
  } catch (error) {
    parentPort.postMessage({ id, error: encodeError(error) });
  }
});`;

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: Uint8Array;
}

let worker: Worker | undefined;
let calls = 0;
const waiting = new Map<number, (answer: Answer) => void>();

function send(items: readonly CaptureItem[], args: readonly unknown[]): Promise<Answer> {
  if (worker === undefined) {
    worker = new Worker(workerSource, { eval: true });
    worker.unref();
    worker.on('message', (answer: Answer) => {
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    });
  }
  const id = calls++;
  const { bytes } = captureClosures(items);
  worker.ref();
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    worker?.postMessage({ id, bytes, args });
  });
}

/** What `fn` returns when it is captured here and called in another thread. */
export async function away<A extends unknown[], R>(
  fn: (...args: A) => R,
  ...args: A
): Promise<Awaited<R>> {
  const { decodeError } = await import('../index.js');
  const answer = await send([{ value: fn, label: 'test function' }], args);
  if (answer.error !== undefined) throw decodeError(answer.error);
  return answer.value as Awaited<R>;
}

/** Stops the thread; call it after all tests of a file. */
export async function stopWorker(): Promise<void> {
  await worker?.terminate();
  worker = undefined;
}
