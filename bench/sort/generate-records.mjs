import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { cachePath } from '../lib/paths.mjs';
import { randomSource } from '../lib/random.mjs';
import { formatSize } from '../lib/sizes.mjs';

const seed = 20_091_023;
/** Part of the file name: raise it when the records change. */
const version = 1;
const recordsPerWrite = 10_000;

/** Of a record with its newline. */
export const RECORD_BYTES = 100;
const KEY_BYTES = 10;

/**
 * The path of a file of records as the TeraSort benchmark has them in its form for text: ten random
 * printable characters as the key, the number of the record, and filler. Written once and kept in
 * `bench/.cache`.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function generateRecords(bytes) {
  const count = Math.ceil(bytes / RECORD_BYTES);
  const path = cachePath(
    'records',
    `records-v${version}-${formatSize(count * RECORD_BYTES, 'bytes')}.txt`,
  );
  if (existsSync(path)) return path;
  const random = randomSource(seed);
  const partial = `${path}.${process.pid}.partial`;
  const file = openSync(partial, 'w');
  const block = Buffer.alloc(recordsPerWrite * RECORD_BYTES);
  for (let from = 0; from < count; from += recordsPerWrite) {
    const records = Math.min(recordsPerWrite, count - from);
    for (let i = 0; i < records; i++) {
      const at = i * RECORD_BYTES;
      for (let k = 0; k < KEY_BYTES; k++) block[at + k] = 33 + Math.floor(random() * 94);
      const number = `${from + i}`.padStart(RECORD_BYTES - KEY_BYTES - 1, '.');
      block.write(number, at + KEY_BYTES, 'latin1');
      block[at + RECORD_BYTES - 1] = 10;
    }
    writeSync(file, block, 0, records * RECORD_BYTES);
  }
  closeSync(file);
  renameSync(partial, path);
  return path;
}
