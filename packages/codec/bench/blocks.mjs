/**
 * Blocks beside msgpackr, in ns of wall time a row: `node packages/codec/bench/blocks.mjs` after
 * `npm run build`. Rows are encoded and decoded in blocks of 16k; best of several rounds, taken in
 * turn. The last columns are the ratio to msgpackr: below 1 is faster.
 */
import {
  BlockBuilder,
  encodeBlock,
  Float64ColumnBuilder,
  openBlock,
  pairBlockOf,
  StringColumnBuilder,
} from '@firesteel/codec';
import { Packr } from 'msgpackr';

const ROWS = 16_384;
const ROUNDS = 40;

const word = (i) => `word${(i * 7919) % 50_000}`;
const shapes = {
  '[string, int]': (i) => [word(i), i % 1000],
  '[int, float]': (i) => [i, i * 0.37],
  '[string, string]': (i) => [word(i), word(i * 31)],
  '{id, name, score, flag}': (i) => ({ id: i, name: word(i), score: i * 0.5, flag: i % 3 === 0 }),
  'string, part not latin1': (i) => (i % 7 === 0 ? `${word(i)}\u65e5` : word(i)),
  '[string, int[]]': (i) => [word(i), Array.from({ length: 1 + (i % 4) }, (_, j) => i + j)],
  'mixed shapes (any)': (i) => (i % 2 === 0 ? { id: i } : { id: i, name: word(i) }),
};

const packr = new Packr({ moreTypes: true, useBigIntExtension: true });

function best(run) {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / ROWS;
}

const table = {};
for (const [name, make] of Object.entries(shapes)) {
  const rows = Array.from({ length: ROWS }, (_, i) => make(i));
  const rowBuilder = new BlockBuilder();
  const encode = () => {
    rowBuilder.reset();
    for (let i = 0; i < rows.length; i++) rowBuilder.appendRow(rows[i]);
    return new Uint8Array(encodeBlock(rowBuilder));
  };
  const block = encode();
  const packed = Buffer.from(packr.pack(rows));
  const times = { enc: Infinity, dec: Infinity, msgpackEnc: Infinity, msgpackDec: Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    times.enc = Math.min(times.enc, best(encode));
    times.msgpackEnc = Math.min(
      times.msgpackEnc,
      best(() => packr.pack(rows)),
    );
    times.dec = Math.min(
      times.dec,
      best(() => decodeInChunks(block)),
    );
    times.msgpackDec = Math.min(
      times.msgpackDec,
      best(() => packr.unpack(packed)),
    );
  }
  table[name] = {
    'bytes/row': +(block.length / ROWS).toFixed(1),
    'encode ns': +times.enc.toFixed(1),
    'decode ns': +times.dec.toFixed(1),
    'msgpackr bytes/row': +(packed.length / ROWS).toFixed(1),
    'encode ratio': +(times.enc / times.msgpackEnc).toFixed(2),
    'decode ratio': +(times.dec / times.msgpackDec).toFixed(2),
  };
}
console.table(table);

// What generated stages do: pairs without row objects, and columns straight from typed memory.
const words = Array.from({ length: ROWS }, (_, i) => word(i));
const pairs = words.map((text, i) => [text, i % 1000]);
const latin1 = Buffer.from(words.join(''), 'latin1');
const builder = new BlockBuilder();
const keys = new StringColumnBuilder();
const values = new Float64ColumnBuilder();
const writers = {
  'appendPair(string, int)': () => {
    builder.reset();
    for (let i = 0; i < ROWS; i++) builder.appendPair(words[i], i % 1000);
    encodeBlock(builder);
  },
  'appendPair(int, float)': () => {
    builder.reset();
    for (let i = 0; i < ROWS; i++) builder.appendPair(i, i * 0.37);
    encodeBlock(builder);
  },
  'pairBlockOf(latin1 bytes, float)': () => {
    keys.reset();
    values.reset();
    for (let i = 0, at = 0; i < ROWS; i++) {
      keys.appendLatin1(latin1, at, words[i].length);
      values.append(i * 0.37);
      at += words[i].length;
    }
    encodeBlock(pairBlockOf(ROWS, keys, values));
  },
};
const hot = {};
for (const [name, write] of Object.entries(writers)) {
  let time = Infinity;
  let msgpack = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    time = Math.min(time, best(write));
    msgpack = Math.min(
      msgpack,
      best(() => packr.pack(pairs)),
    );
  }
  hot[name] = {
    'encode ns': +time.toFixed(1),
    'ratio to packed pairs': +(time / msgpack).toFixed(2),
  };
}
console.table(hot);

/** As a stage reads a block: rows come in chunks of 1024 and are dropped again. */
function decodeInChunks(bytes) {
  const { root, rowCount } = openBlock(bytes);
  let seen = 0;
  for (let from = 0; from < rowCount; from += 1024) seen += root.toArray(from, from + 1024).length;
  return seen;
}
