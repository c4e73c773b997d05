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
      keys: Array.from(part, (at) => keys[at]),
      values: Array.from(part, (at) => values[at]),
      length: part.length,
    };
  }
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
  const prefixes = new Float64Array(keys.length);
  // Adding zero makes -0 and 0 one key; NaN with its canonical bits comes after Infinity.
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    prefixes[i] = key === key ? key + 0 : Number.NaN;
  }
  return radixOrder(prefixes, ascending);
}

/** Units of a string that its prefix holds exactly: 3 × 16 bits, or 6 × 8 for latin1 text. */
function stringOrder(keys: readonly string[], ascending: boolean): Uint32Array {
  let seen = 0;
  for (const key of keys) for (let i = 0; i < key.length && i < 6; i++) seen |= key.charCodeAt(i);
  const [units, scale] = seen < 256 ? [6, 256] : [3, 65536];
  const prefixes = new Float64Array(keys.length);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string;
    const length = key.length;
    let prefix = 0;
    for (let i = 0; i < units; i++) prefix = prefix * scale + (i < length ? key.charCodeAt(i) : 0);
    prefixes[at] = prefix;
  }
  const order = radixOrder(prefixes, ascending);
  const byText = (a: unknown, b: unknown) => ((a as string) < (b as string) ? -1 : a === b ? 0 : 1);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    const prefix = prefixes[order[from] as number];
    while (to < order.length && prefixes[order[to] as number] === prefix) to++;
    if (to - from > 1) sortRange(order.subarray(from, to), keys, ascending, byText);
    from = to;
  }
  return order;
}
