import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { cachePath } from './paths.mjs';
import { randomSource } from './random.mjs';
import { formatSize } from './sizes.mjs';
import { makeVocabulary } from './vocabulary.mjs';

const seed = 20_240_229;
/** Part of the file name: raise it when the text changes, so that no old file is taken for it. */
const version = 1;
const lineBytes = 100;
const chunkBytes = 1 << 20;

/**
 * The path of a text of about `sizeBytes`: Zipf-distributed words (s = 1) out of 200,000, single
 * spaces, lines of about 100 bytes, about 15 % of them with letters outside ASCII. The text is a
 * function of its size alone; it is written once and kept in `bench/.cache`.
 *
 * @param {number} sizeBytes
 * @returns {string}
 */
export function generateText(sizeBytes) {
  const path = cachePath('text', `zipf-v${version}-${formatSize(sizeBytes, 'bytes')}.txt`);
  if (existsSync(path)) return path;
  const partial = `${path}.${process.pid}.partial`;
  writeText(partial, sizeBytes);
  renameSync(partial, path);
  return path;
}

/**
 * @param {string} path
 * @param {number} sizeBytes
 */
function writeText(path, sizeBytes) {
  const { bytes, offsets, size } = makeVocabulary(seed);
  const random = randomSource(seed + 1);
  const { threshold, alias } = aliasTable(size);
  const file = openSync(path, 'w');
  const chunk = Buffer.alloc(chunkBytes + 256);
  let written = 0;
  let used = 0;
  let lineStart = 0;
  while (written + used < sizeBytes) {
    const cell = random() * size;
    const slot = Math.floor(cell);
    const word = cell - slot < threshold[slot] ? slot : alias[slot];
    const end = offsets[word + 1];
    // A byte loop beats Buffer.copy on words this short.
    for (let i = offsets[word]; i < end; i++) chunk[used++] = bytes[i];
    if (used - lineStart >= lineBytes) {
      chunk[used - 1] = 10;
      lineStart = used;
      if (used >= chunkBytes) {
        writeSync(file, chunk, 0, used);
        written += used;
        used = lineStart = 0;
      }
    }
  }
  if (used > 0) {
    chunk[used - 1] = 10;
    writeSync(file, chunk, 0, used);
  }
  closeSync(file);
}

/**
 * Walker's alias method (Vose's construction): one random number draws from the Zipf distribution
 * over `size` ranks in constant time.
 *
 * @param {number} size
 * @returns {{ threshold: Float64Array, alias: Int32Array }}
 */
function aliasTable(size) {
  const threshold = new Float64Array(size);
  const alias = new Int32Array(size);
  let harmonic = 0;
  for (let i = 1; i <= size; i++) harmonic += 1 / i;
  /** @type {number[]} */
  const small = [];
  /** @type {number[]} */
  const large = [];
  for (let i = 0; i < size; i++) {
    const share = size / ((i + 1) * harmonic);
    threshold[i] = share;
    (share < 1 ? small : large).push(i);
  }
  while (small.length > 0 && large.length > 0) {
    const low = /** @type {number} */ (small.pop());
    const high = /** @type {number} */ (large.at(-1));
    alias[low] = high;
    const left = threshold[high] + threshold[low] - 1;
    threshold[high] = left;
    if (left < 1) small.push(/** @type {number} */ (large.pop()));
  }
  // What rounding leaves over is drawn as itself.
  for (const i of [...small, ...large]) threshold[i] = 1;
  return { threshold, alias };
}
