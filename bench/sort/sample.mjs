import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RECORD_BYTES } from './generate-records.mjs';

const SAMPLES = 64;

/**
 * The size of sorted output and some records of it, as many bytes apart from each other: equal for
 * equal output, however it is divided into parts.
 *
 * @param {string} directory
 * @returns {{ bytes: number, records: string[] }}
 */
export function sampleOf(directory) {
  const parts = readdirSync(directory)
    .filter((name) => name.startsWith('part-'))
    .sort()
    .map((name) => ({ path: join(directory, name), bytes: statSync(join(directory, name)).size }));
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const count = bytes / RECORD_BYTES;
  const records = [];
  for (let i = 0; i < SAMPLES; i++) {
    let at = Math.floor(((count - 1) * i) / (SAMPLES - 1)) * RECORD_BYTES;
    let p = 0;
    while (at >= parts[p].bytes) at -= parts[p++].bytes;
    records.push(recordAt(parts[p].path, at));
  }
  return { bytes, records };
}

/**
 * @param {string} path
 * @param {number} position
 * @returns {string}
 */
function recordAt(path, position) {
  const file = openSync(path, 'r');
  const record = Buffer.alloc(RECORD_BYTES - 1);
  readSync(file, record, 0, record.length, position);
  closeSync(file);
  return record.toString('latin1');
}
