// Arguments: operator, kind of keys, rows, distinct keys. What a good engineer writes by hand for
// two threads: each makes its half of the rows, keeps those whose keys are its own, gives the
// others to its peer in large messages, and works on its half of the keys with a Map and arrays.
import { fileURLToPath } from 'node:url';
import { isMainThread, MessageChannel, parentPort, Worker, workerData } from 'node:worker_threads';
import { keyNumber, valueOfRow } from './cases.mjs';
import { measured } from './job-metrics.mjs';
import { Exchange } from './row-exchange.mjs';

/** @import { MessagePort } from 'node:worker_threads' */
/** @import { KeyKind } from './cases.mjs' */
/** @typedef {number | string} Key */
/** @typedef {Record<string, number>} Sums */
/** @typedef {{ operator: string, kind: KeyKind, rows: number, keys: number, index: number, port: MessagePort }} Share */

const threads = 2;

/**
 * Rows of this thread's half of `count`, in turn.
 *
 * @param {Share} share
 * @param {number} count
 * @param {(i: number) => void} visit
 */
function eachRow({ index }, count, visit) {
  const end = Math.floor((count * (index + 1)) / threads);
  for (let i = Math.floor((count * index) / threads); i < end; i++) visit(i);
}

/**
 * @param {KeyKind} kind
 * @returns {(n: number) => Key}
 */
function keyMaker(kind) {
  return kind === 'numbers' ? (n) => n : (n) => `user${n}`;
}

/**
 * The thread that a key belongs to.
 *
 * @param {Key} key
 * @returns {number}
 */
function ownerOf(key) {
  if (typeof key === 'number') return key % threads;
  let h = 0;
  for (let i = 0; i < key.length; i++) h = (Math.imul(h, 31) + key.charCodeAt(i)) | 0;
  return (h >>> 0) % threads;
}

/**
 * Makes the pairs, visits those with keys of this thread and sends the others; then visits those
 * that the peer sent.
 *
 * @param {Share} share
 * @param {(key: Key, value: number) => void} visit
 */
async function exchangePairs(share, visit) {
  const exchange = new Exchange(share.port, share.kind);
  const keyOf = keyMaker(share.kind);
  eachRow(share, share.rows, (i) => {
    const key = keyOf(keyNumber(i, share.keys));
    if (ownerOf(key) === share.index) visit(key, valueOfRow(i));
    else exchange.send(key, valueOfRow(i));
  });
  await exchange.finish(visit);
}

/**
 * The same for the second side of joins: a row for each key.
 *
 * @param {Share} share
 * @param {(key: Key, value: number) => void} visit
 */
async function exchangeOthers(share, visit) {
  const exchange = new Exchange(share.port, share.kind);
  const keyOf = keyMaker(share.kind);
  eachRow(share, share.keys, (i) => {
    const key = keyOf(i);
    if (ownerOf(key) === share.index) visit(key, i % 100);
    else exchange.send(key, i % 100);
  });
  await exchange.finish(visit);
}

/** @type {Record<string, (share: Share) => Promise<Sums>>} */
const jobs = {
  async reduceByKey(share) {
    // Combined before the exchange; updates write a field of a cell instead of a Map entry.
    const { kind, index } = share;
    /** @type {Map<Key, { n: number }>} */
    const own = new Map();
    /** @type {Map<Key, { n: number }>} */
    const foreign = new Map();
    const keyOf = keyMaker(kind);
    eachRow(share, share.rows, (i) => {
      const key = keyOf(keyNumber(i, share.keys));
      add(ownerOf(key) === index ? own : foreign, key, valueOfRow(i));
    });
    const exchange = new Exchange(share.port, kind);
    for (const [key, { n }] of foreign) exchange.send(key, n);
    foreign.clear();
    await exchange.finish((key, n) => add(own, key, n));
    const sums = { keys: own.size, total: 0, odd: 0 };
    for (const { n } of own.values()) {
      sums.total += n;
      sums.odd += n % 2;
    }
    return sums;
  },

  async groupByKey(share) {
    /** @type {Map<Key, number[]>} */
    const groups = new Map();
    await exchangePairs(share, (key, value) => append(groups, key, value));
    const sums = { keys: groups.size, values: 0, largest: 0 };
    for (const values of groups.values()) {
      sums.values += values.length;
      sums.largest += largestOf(values);
    }
    return sums;
  },

  async join(share) {
    // The small side becomes a table; rows of the large one look their partners up as they come.
    /** @type {Map<Key, number[]>} */
    const table = new Map();
    await exchangeOthers(share, (key, value) => append(table, key, value));
    const sums = { rows: 0, products: 0 };
    await exchangePairs(share, (key, v) => {
      const partners = table.get(key);
      if (partners === undefined) return;
      for (const w of partners) {
        sums.rows++;
        sums.products += v * w;
      }
    });
    return sums;
  },

  async sortByKey(share) {
    // Halves by the middle of the key space, which a general program would sample.
    const { kind, index, keys } = share;
    const exchange = new Exchange(share.port, kind);
    const keyOf = keyMaker(kind);
    const middle = keyOf(kind === 'numbers' ? keys >> 1 : 5);
    /** @type {{ key: Key, value: number }[]} */
    const rows = [];
    eachRow(share, share.rows, (i) => {
      const key = keyOf(keyNumber(i, keys));
      if ((key < middle ? 0 : 1) === index) rows.push({ key, value: valueOfRow(i) });
      else exchange.send(key, valueOfRow(i));
    });
    await exchange.finish((key, value) => rows.push({ key, value }));
    if (kind === 'numbers') rows.sort((a, b) => Number(a.key) - Number(b.key));
    else rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    const sums = { rows: 0, total: 0, unordered: 0 };
    /** @type {Key | undefined} */
    let last;
    for (const { key, value } of rows) {
      if (last !== undefined && key < last) sums.unordered++;
      last = key;
      sums.rows++;
      sums.total += value;
    }
    return sums;
  },

  async distinct(share) {
    const { kind, index } = share;
    /** @type {Set<Key>} */
    const own = new Set();
    /** @type {Set<Key>} */
    const foreign = new Set();
    const keyOf = keyMaker(kind);
    eachRow(share, share.rows, (i) => {
      const key = keyOf(keyNumber(i, share.keys));
      if (ownerOf(key) === index) own.add(key);
      else foreign.add(key);
    });
    const exchange = new Exchange(share.port, kind);
    for (const key of foreign) exchange.send(key, 0);
    foreign.clear();
    await exchange.finish((key) => own.add(key));
    let letters = 0;
    for (const key of own) letters += typeof key === 'string' ? key.length : 1;
    return { keys: own.size, letters };
  },

  async cogroup(share) {
    /** @type {Map<Key, { left: number[], right: number[] }>} */
    const groups = new Map();
    const groupOf = (/** @type {Key} */ key) => {
      let group = groups.get(key);
      if (group === undefined) {
        group = { left: [], right: [] };
        groups.set(key, group);
      }
      return group;
    };
    await exchangePairs(share, (key, value) => groupOf(key).left.push(value));
    await exchangeOthers(share, (key, value) => groupOf(key).right.push(value));
    const sums = { keys: groups.size, pairs: 0, largest: 0 };
    for (const { left, right } of groups.values()) {
      sums.pairs += left.length * right.length;
      sums.largest += largestOf(left);
    }
    return sums;
  },
};

/**
 * @param {Map<Key, { n: number }>} cells
 * @param {Key} key
 * @param {number} n
 */
function add(cells, key, n) {
  const cell = cells.get(key);
  if (cell === undefined) cells.set(key, { n });
  else cell.n += n;
}

/**
 * @param {Map<Key, number[]>} groups
 * @param {Key} key
 * @param {number} value
 */
function append(groups, key, value) {
  const values = groups.get(key);
  if (values === undefined) groups.set(key, [value]);
  else values.push(value);
}

/**
 * @param {readonly number[]} values
 * @returns {number}
 */
function largestOf(values) {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

async function main() {
  const [operator, kind, rowCount, keys] = process.argv.slice(2);
  const rows = Number(rowCount);
  const { port1, port2 } = new MessageChannel();
  const result = await measured(rows, async () => {
    const shares = await Promise.all(
      [port1, port2].map((port, index) =>
        runWorker({
          operator,
          kind: /** @type {KeyKind} */ (kind),
          rows,
          keys: Number(keys),
          index,
          port,
        }),
      ),
    );
    /** @type {Sums} */
    const sums = {};
    for (const share of shares)
      for (const [name, n] of Object.entries(share)) sums[name] = (sums[name] ?? 0) + n;
    return sums;
  });
  console.log(JSON.stringify(result));
}

/**
 * @param {Share} share
 * @returns {Promise<Sums>}
 */
function runWorker(share) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), {
      workerData: share,
      transferList: [share.port],
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** @param {Share} share */
async function work(share) {
  const sums = await jobs[share.operator](share);
  parentPort?.postMessage(sums);
  share.port.close();
}

if (isMainThread) await main();
else await work(workerData);
