import { parentPort, workerData } from 'node:worker_threads';
import { hashKey } from '@firesteel/codec';

/** One of every kind of key, by a name. */
export const samples = {
  empty: '',
  ascii: 'firesteel',
  latin1: 'grüße',
  wide: '日本語',
  emoji: '\u{1f600}x',
  loneHigh: '\ud800',
  loneLow: 'a\udc00b',
  zero: 0,
  minusZero: -0,
  one: 1,
  negative: -7,
  int32Max: 2147483647,
  beyondInt32: 2147483648,
  fraction: 0.1,
  tiny: 5e-324,
  huge: 1e300,
  infinite: Number.POSITIVE_INFINITY,
  nan: Number.NaN,
  bigZero: 0n,
  bigOne: 1n,
  bigNegative: -1n,
  bigWide: 2n ** 70n,
  yes: true,
  no: false,
  null: null,
  undefined: undefined,
  date: new Date(1_000_000),
  invalidDate: new Date(Number.NaN),
  noElements: [],
  tuple: ['a', 1, null],
  // biome-ignore lint/suspicious/noSparseArray: a hole is undefined
  hole: [1, , 3],
  nested: [['a', [1n]], { k: [true] }],
  object: { a: 1, b: 'x' },
  objectReordered: { b: 'x', a: 1 },
  noFields: {},
  bytes: Uint8Array.of(1, 2, 3, 4, 5),
  buffer: Buffer.from([1, 2, 3, 4, 5]),
  int16: Int16Array.of(1, -2),
  doubles: Float64Array.of(0.5, -0),
  arrayBuffer: Uint8Array.of(9, 8).buffer,
  map: new Map([
    ['a', 1],
    ['b', 2],
  ]),
  mapReordered: new Map([
    ['b', 2],
    ['a', 1],
  ]),
  set: new Set(['x', 1, [2]]),
};

const hashes = () =>
  Object.fromEntries(Object.entries(samples).map(([name, key]) => [name, hashKey(key)]));

// As the entry of a child process or of a thread.
if (process.argv[2] === 'print-hashes') console.log(JSON.stringify(hashes()));
if (workerData === 'post-hashes') parentPort?.postMessage(hashes());
