import { compareKeys } from '@firesteel/codec';
import { CHUNK_ROWS, type Chunk } from './chunk.js';
import { radixOrder } from './radix-order.js';

type Compare = (a: unknown, b: unknown) => number;

/** Below this a comparison sort is faster than setting up a radix sort. */
const MIN_RADIX_ROWS = 256;

/**
 * The rows of pair chunks in the order of their keys, stably; descending reverses the order of
 * unequal keys only. Without a user's comparator numbers and strings are sorted by binary prefix.
 */
export function* sortedChunks(
  chunks: Iterable<Chunk>,
  ascending: boolean,
  compare?: Compare,
): Generator<Chunk> {
  const keys: unknown[] = [];
  const values: unknown[] = [];
  for (const chunk of chunks) {
    if (chunk.kind !== 'pairs') throw new TypeError(`cannot sort ${chunk.kind} by key`);
    for (let i = 0; i < chunk.length; i++) {
      keys.push(chunk.keys[i]);
      values.push(chunk.values[i]);
    }
  }
  const order = sortedOrder(keys, ascending, compare);
  for (let from = 0; from < order.length; from += CHUNK_ROWS) {
    const part = order.subarray(from, from + CHUNK_ROWS);
    yield {
      kind: 'pairs',
      keys: gathered(keys, part),
      values: gathered(values, part),
      length: part.length,
    };
  }
}

function gathered(items: readonly unknown[], positions: Uint32Array): unknown[] {
  const found: unknown[] = new Array(positions.length);
  for (let i = 0; i < positions.length; i++) found[i] = items[positions[i] as number];
  return found;
}

/** The positions of `keys` in sorted order. */
export function sortedOrder(
  keys: readonly unknown[],
  ascending: boolean,
  compare?: Compare,
): Uint32Array {
  if (compare === undefined && keys.length >= MIN_RADIX_ROWS) {
    if (keys.every((key) => typeof key === 'number')) return numberOrder(keys, ascending);
    if (keys.every((key) => typeof key === 'string')) return stringOrder(keys, ascending);
  }
  const order = Uint32Array.from(keys.keys());
  return sortRange(order, keys, ascending, compare ?? compareKeys);
}

/** Typed arrays sort stably too, and call the comparator for undefined keys like for any other. */
function sortRange(
  order: Uint32Array,
  keys: readonly unknown[],
  ascending: boolean,
  compare: Compare,
): Uint32Array {
  return ascending
    ? order.sort((a, b) => compare(keys[a], keys[b]) || a - b)
    : order.sort((a, b) => compare(keys[b], keys[a]) || a - b);
}

function numberOrder(keys: readonly number[], ascending: boolean): Uint32Array {
  const n = keys.length;
  const low = new Uint32Array(n);
  const high = new Uint32Array(n);
  const float = new Float64Array(1);
  const words = new Uint32Array(float.buffer);
  const mask = ascending ? 0 : 0xffffffff;
  for (let i = 0; i < n; i++) {
    const key = keys[i] as number;
    // Adding zero makes -0 and 0 one key; NaN with its canonical bits comes after Infinity.
    float[0] = key === key ? key + 0 : Number.NaN;
    const h = words[1] as number;
    // Flipping the sign of positive and all bits of negative doubles orders them as integers.
    const flip = h >>> 31 === 0 ? 0 : 0xffffffff;
    low[i] = (words[0] as number) ^ flip ^ mask;
    high[i] = h ^ (flip | 0x80000000) ^ mask;
  }
  return radixOrder(low, high);
}

/**
 * Sorts by the 64 bits behind what all keys begin with, 8 units of latin1 text or 4 of other, and
 * by the texts themselves where those tie.
 */
function stringOrder(keys: readonly string[], ascending: boolean): Uint32Array {
  const n = keys.length;
  const { shared, longest, seen, hasNul } = shapeOf(keys);
  const bits = seen < 256 ? 8 : 16;
  const unitsPerWord = 32 / bits;
  const low = new Uint32Array(n);
  const high = new Uint32Array(n);
  const mask = ascending ? 0 : 0xffffffff;
  for (let i = 0; i < n; i++) {
    const key = keys[i] as string;
    high[i] = wordAt(key, shared, unitsPerWord, bits) ^ mask;
    low[i] = wordAt(key, shared + unitsPerWord, unitsPerWord, bits) ^ mask;
  }
  // Keys that end within their words differ in them, unless a character looks like the end.
  if (longest <= shared + 2 * unitsPerWord && !hasNul) return radixOrder(low, high);
  const order = radixOrder(low.slice(), high.slice());
  const byText = (a: unknown, b: unknown) => ((a as string) < (b as string) ? -1 : a === b ? 0 : 1);
  for (let from = 0; from < n; ) {
    const first = order[from] as number;
    let to = from + 1;
    while (to < n && isSameKey(first, order[to] as number)) to++;
    if (to - from > 1) sortRange(order.subarray(from, to), keys, ascending, byText);
    from = to;
  }
  return order;

  function isSameKey(a: number, b: number): boolean {
    return high[a] === high[b] && low[a] === low[b];
  }
}

/** The units of `key` from `at` on, the first in the highest bits, with zeros behind its end. */
function wordAt(key: string, at: number, units: number, bits: number): number {
  let word = 0;
  for (let i = at; i < at + units; i++)
    word = (word << bits) | (i < key.length ? key.charCodeAt(i) : 0);
  return word;
}

/** How many units all keys share at their beginning, and what is behind. */
function shapeOf(keys: readonly string[]) {
  const model = keys[0] as string;
  let shared = model.length;
  for (const key of keys) {
    let i = 0;
    while (i < shared && i < key.length && key.charCodeAt(i) === model.charCodeAt(i)) i++;
    shared = i;
  }
  let longest = 0;
  let seen = 0;
  let hasNul = false;
  for (const key of keys) {
    const { length } = key;
    if (length > longest) longest = length;
    for (let i = shared; i < length && i < shared + 8; i++) {
      const unit = key.charCodeAt(i);
      seen |= unit;
      if (unit === 0) hasNul = true;
    }
  }
  return { shared, longest, seen, hasNul };
}
