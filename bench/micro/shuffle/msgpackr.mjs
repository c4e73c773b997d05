// Arguments: input path, threads. The same exchange by hand with rows packed by msgpackr: every
// thread reads its share, spreads rows over the partitions by a hash of the word, packs them in
// blocks and gives each block to the thread of its partition; after all blocks are made it unpacks
// its own partition. Buffers are transferred, not copied.
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Packr } from 'msgpackr';
import { readShare } from '../../lib/read-share.mjs';

const rowsPerBlock = 16_384;

/** @import { Share } from '../../lib/read-share.mjs' */
/** @typedef {{ partition: number, bytes: Uint8Array<ArrayBuffer> }} Block */
/** @typedef {{ rows: number, letters: number }} Sum */

// Rows are plain arrays, for which shared record structures only cost time.
const packr = new Packr({ useRecords: false });

if (isMainThread) await main();
else work();

async function main() {
  const path = process.argv[2];
  const threads = Number(process.argv[3]);
  const workers = Array.from({ length: threads }, (_, index) => {
    /** @type {Share} */
    const share = { path, index, threads };
    return new Worker(fileURLToPath(import.meta.url), { workerData: share });
  });
  /** @type {Sum[]} */
  const sums = [];
  let mapped = 0;
  await new Promise((resolve, reject) => {
    for (const worker of workers) {
      worker.on('error', reject);
      worker.on('message', (message) => {
        if ('bytes' in message) {
          const block = /** @type {Block} */ (message);
          workers[block.partition].postMessage(block, [block.bytes.buffer]);
        } else if ('mapped' in message) {
          if (++mapped === threads) for (const other of workers) other.postMessage('reduce');
        } else if (sums.push(message) === threads) {
          resolve(undefined);
        }
      });
    }
  });
  const rows = sums.reduce((total, sum) => total + sum.rows, 0);
  const letters = sums.reduce((total, sum) => total + sum.letters, 0);
  console.log(JSON.stringify({ rows, letters }));
}

function work() {
  const port = /** @type {NonNullable<typeof parentPort>} */ (parentPort);
  const share = /** @type {Share} */ (workerData);
  /** @type {Uint8Array[]} */
  const blocks = [];
  port.on('message', (message) => {
    if (message !== 'reduce') {
      blocks.push(message.bytes);
      return;
    }
    port.postMessage(reduce(blocks));
    port.close();
  });
  /** @type {[string, number][][]} */
  const buckets = Array.from({ length: share.threads }, () => []);
  const flush = (/** @type {number} */ partition) => {
    // A copy, because the packer's own buffer is reused.
    const bytes = new Uint8Array(packr.pack(buckets[partition]));
    buckets[partition] = [];
    if (partition === share.index) blocks.push(bytes);
    else port.postMessage({ partition, bytes }, [bytes.buffer]);
  };
  readShare(share, (text) => {
    for (const line of text.split('\n')) {
      for (const word of line.split(' ')) {
        if (word === '') continue;
        const partition = hash(word) % share.threads;
        if (buckets[partition].push([word, 1]) === rowsPerBlock) flush(partition);
      }
    }
  });
  for (let partition = 0; partition < share.threads; partition++) flush(partition);
  port.postMessage({ mapped: true });
}

/**
 * @param {readonly Uint8Array[]} blocks
 * @returns {Sum}
 */
function reduce(blocks) {
  let rows = 0;
  let letters = 0;
  for (const block of blocks) {
    for (const [word, n] of packr.unpack(block)) {
      rows += n;
      letters += word.length;
    }
  }
  return { rows, letters };
}

/**
 * @param {string} word
 * @returns {number}
 */
function hash(word) {
  let h = 0;
  for (let i = 0; i < word.length; i++) h = (Math.imul(h, 31) + word.charCodeAt(i)) | 0;
  return h >>> 0;
}
