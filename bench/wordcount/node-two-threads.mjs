// Arguments: input path, threads. What a good engineer writes by hand for exactly this job:
// each thread reads a byte range in chunks, splits it and counts into a Map of cells, so that an
// update writes a field instead of a Map entry. The main thread merges.
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readShare } from '../lib/read-share.mjs';

/** @import { Share } from '../lib/read-share.mjs' */
/** @typedef {{ words: string[], counts: Float64Array }} Counted */

if (isMainThread) await main();
else parentPort?.postMessage(countShare(workerData));

async function main() {
  const path = process.argv[2];
  const threads = Number(process.argv[3]);
  const shares = await Promise.all(
    Array.from({ length: threads }, (_, index) => runWorker({ path, index, threads })),
  );
  /** @type {Map<string, { n: number }>} */
  const merged = new Map();
  let total = 0;
  for (const { words, counts } of shares) {
    for (let i = 0; i < words.length; i++) {
      total += counts[i];
      add(merged, words[i], counts[i]);
    }
  }
  const top = [...merged]
    .map(([word, cell]) => /** @type {[string, number]} */ ([word, cell.n]))
    .sort((a, b) => b[1] - a[1])
    .slice(0, 10);
  console.log(JSON.stringify({ distinct: merged.size, total, top }));
}

/**
 * @param {Share} share
 * @returns {Promise<Counted>}
 */
function runWorker(share) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/**
 * @param {Share} share
 * @returns {Counted}
 */
function countShare(share) {
  /** @type {Map<string, { n: number }>} */
  const counts = new Map();
  readShare(share, (text) => {
    for (const line of text.split('\n')) {
      for (const word of line.split(' ')) {
        if (word !== '') add(counts, word, 1);
      }
    }
  });
  return {
    words: [...counts.keys()],
    counts: Float64Array.from(counts.values(), (cell) => cell.n),
  };
}

/**
 * @param {Map<string, { n: number }>} counts
 * @param {string} word
 * @param {number} n
 */
function add(counts, word, n) {
  const cell = counts.get(word);
  if (cell === undefined) counts.set(word, { n });
  else cell.n += n;
}
