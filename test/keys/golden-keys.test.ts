import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { hashKey } from '@firesteel/codec';
import { describe, expect, it } from 'vitest';
import { samples } from './golden-keys.mjs';

/** Hash version 1. These numbers never change: saved partitionings depend on them. */
const golden: Readonly<Record<string, number>> = {
  empty: 0,
  ascii: -1121386812,
  latin1: -977493080,
  wide: 1295985783,
  emoji: -473900853,
  loneHigh: 888627813,
  loneLow: 1369697331,
  zero: 174189471,
  minusZero: 174189471,
  one: -1489164415,
  negative: 1428536482,
  int32Max: -1884048784,
  beyondInt32: -318130777,
  fraction: 976560543,
  tiny: -443799481,
  huge: -1549064468,
  infinite: -1819141816,
  nan: 907382970,
  bigZero: 2039433859,
  bigOne: 2085601621,
  bigNegative: 565207669,
  bigWide: -871674242,
  yes: -829338751,
  no: -2036235296,
  null: -701035151,
  undefined: -1509297922,
  date: 1906677313,
  invalidDate: 98553536,
  noElements: 1949990093,
  tuple: 918360234,
  hole: -535210111,
  nested: 745060476,
  object: 969069597,
  objectReordered: 969069597,
  noFields: 1128734161,
  bytes: -1311172757,
  buffer: -1311172757,
  int16: 929972605,
  doubles: -1904372449,
  arrayBuffer: 601372979,
  map: -789693611,
  mapReordered: -789693611,
  set: 592111296,
};

const file = fileURLToPath(new URL('golden-keys.mjs', import.meta.url));

describe('the hashes of keys', () => {
  it.each(Object.entries(samples))('of %s are what they ever were', (name, key) => {
    expect(hashKey(key)).toBe(golden[name]);
  });

  it('are the same in a thread', async () => {
    const worker = new Worker(file, { workerData: 'post-hashes' });
    const [hashes] = await once(worker, 'message');
    await worker.terminate();
    expect(hashes).toEqual(golden);
  });

  it('are the same in another process, whatever its hash seed', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--hash-seed=12345',
      file,
      'print-hashes',
    ]);
    expect(JSON.parse(stdout)).toEqual(golden);
  });
});
