import { compareKeys, type StringColumn } from '@firesteel/codec';
import { radixOrder } from './radix-order.js';

/** As `Array.sort` takes it. */
export type Compare = (a: unknown, b: unknown) => number;

/** Below this a comparison sort is faster than setting up a radix sort. */
const MIN_RADIX_ROWS = 256;

/** The positions of `keys` in sorted order. */
export function sortedOrder(
  keys: readonly unknown[],
  ascending: boolean,
  compare?: Compare,
): Uint32Array {
  if (compare === undefined && keys.length >= MIN_RADIX_ROWS) {
    if (keys.every((key) => typeof key === 'number'))
      return numberOrder(keys as readonly number[], ascending);
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

/** The same for numbers alone. */
export function numberOrder(keys: ArrayLike<number>, ascending: boolean): Uint32Array {
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
  const decides = longest <= shared + 2 * unitsPerWord && !hasNul;
  return wordOrder({ low, high, decides, ascending, keyAt: (row) => keys[row] as string });
}

interface KeyWords {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  /** Whether keys with the same words are equal. */
  readonly decides: boolean;
  readonly ascending: boolean;
  readonly keyAt: (row: number) => string;
}

/** By two words of each key, and by the keys themselves where those tie. */
function wordOrder({ low, high, decides, ascending, keyAt }: KeyWords): Uint32Array {
  const order = radixOrder(low, high);
  if (decides) return order;
  const n = order.length;
  const isSame = (a: number, b: number) => high[a] === high[b] && low[a] === low[b];
  for (let from = 0; from < n; ) {
    const first = order[from] as number;
    let to = from + 1;
    while (to < n && isSame(first, order[to] as number)) to++;
    if (to - from > 1) sortTies(order.subarray(from, to), keyAt, ascending);
    from = to;
  }
  return order;
}

function sortTies(rows: Uint32Array, keyAt: (row: number) => string, ascending: boolean): void {
  const keys = Array.from(rows, keyAt);
  const sign = ascending ? 1 : -1;
  const places = Uint32Array.from(rows.keys()).sort((a, b) => {
    const [x, y] = [keys[a] as string, keys[b] as string];
    return x === y ? a - b : x < y ? -sign : sign;
  });
  const unsorted = rows.slice();
  for (let i = 0; i < rows.length; i++) rows[i] = unsorted[places[i] as number] as number;
}

/** The same for latin1 strings in columns, one behind the other: no string is made but for ties. */
export function latin1Order(columns: readonly StringColumn[], ascending: boolean): Uint32Array {
  const n = columns.reduce((sum, { length }) => sum + length, 0);
  const shape = latin1Shape(columns);
  const low = new Uint32Array(n);
  const high = new Uint32Array(n);
  const mask = ascending ? 0 : 0xffffffff;
  const firstRows: number[] = [];
  let row = 0;
  for (const column of columns) {
    firstRows.push(row);
    const end = row + column.length;
    readWords(column, shape.shared, mask, high.subarray(row, end), low.subarray(row, end));
    row = end;
  }
  const keyAt = (at: number): string => {
    let c = 0;
    for (let end = firstRows.length; end - c > 1; ) {
      const middle = (c + end) >>> 1;
      if ((firstRows[middle] as number) > at) end = middle;
      else c = middle;
    }
    return (columns[c] as StringColumn).get(at - (firstRows[c] as number)) as string;
  };
  const decides = shape.longest <= shape.shared + 8 && !shape.hasNul;
  return wordOrder({ low, high, decides, ascending, keyAt });
}

/** The words of all strings of a column, behind the bytes that they share. */
function readWords(
  { bytes, lengths }: StringColumn,
  shared: number,
  mask: number,
  high: Uint32Array,
  low: Uint32Array,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let start = shared;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i] as number;
    const left = length - shared;
    high[i] = byteWord(view, start, left) ^ mask;
    low[i] = byteWord(view, start + 4, left - 4) ^ mask;
    start += length;
  }
}

/** Four bytes, the first in the highest bits, with zeros where fewer are `left`. */
function byteWord(view: DataView, at: number, left: number): number {
  if (left >= 4) return view.getInt32(at);
  let word = 0;
  for (let i = 0; i < left; i++) word |= view.getUint8(at + i) << (24 - 8 * i);
  return word;
}

function latin1Shape(columns: readonly StringColumn[]) {
  const first = columns.find(({ length }) => length > 0);
  let shared = first === undefined ? 0 : (first.lengths[0] as number);
  let longest = 0;
  let hasNul = false;
  for (const { bytes, lengths } of columns) {
    let start = 0;
    for (let i = 0; i < lengths.length; i++) {
      const length = lengths[i] as number;
      if (length > longest) longest = length;
      if (length < shared) shared = length;
      for (let k = 0; k < shared; k++)
        if (bytes[start + k] !== (first as StringColumn).bytes[k]) shared = k;
      start += length;
    }
    hasNul ||= bytes.includes(0);
  }
  return { shared, longest, hasNul };
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
