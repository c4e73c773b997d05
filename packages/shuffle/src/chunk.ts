import type { AsciiLines, Column } from '@firesteel/codec';
import type { Numbers } from './number-runs.js';

/**
 * The rows that pass between two operators at a time: about a thousand, so that they die young.
 * A pair chunk spares the `[key, value]` arrays; generated loops read the columns directly.
 */
export type Chunk = RowsChunk | PairsChunk | RangeChunk | ColumnsChunk | GroupsChunk;

/** Elements `from` … `to - 1` of an array that the consumer must not keep or change. */
export interface RowsChunk {
  readonly kind: 'rows';
  readonly rows: readonly unknown[];
  readonly from: number;
  readonly to: number;
  /**
   * All of `rows` as the lines that they are, until the next chunk is asked for: who passes rows on
   * as they are copies bytes.
   */
  readonly lines?: AsciiLines | undefined;
}

export interface PairsChunk {
  readonly kind: 'pairs';
  readonly keys: ArrayLike<unknown>;
  readonly values: ArrayLike<unknown>;
  readonly length: number;
  /** The same for `values`; then neither keys nor values may exist before they are asked for. */
  readonly lines?: AsciiLines | undefined;
}

/**
 * Keys with all of their values, side by side: row `i` has group `groups[i]`, whose values on a
 * side are those from `starts[group]` to before `starts[group + 1]`. A join walks them in place;
 * only what else looks at a row makes arrays (see `groupedValues`).
 */
export interface GroupsChunk {
  readonly kind: 'groups';
  readonly keys: ArrayLike<unknown>;
  readonly groups: ArrayLike<number>;
  readonly sides: readonly GroupSide[];
  /** `[key, values]` of the only side, or `[key, [values of side 0, values of side 1, …]]`. */
  readonly form: 'group' | 'cogroup';
  readonly length: number;
}

export interface GroupSide {
  /** An Int32Array, a Float64Array or an array of any values. */
  readonly values: ArrayLike<unknown>;
  readonly starts: Int32Array;
}

/** The value of a row of a chunk: arrays of its own. */
export function groupedValues({ sides, form }: GroupsChunk, group: number): unknown[] {
  if (form === 'group') return valuesOf(sides[0] as GroupSide, group);
  const all: unknown[][] = [];
  for (let i = 0; i < sides.length; i++) all.push(valuesOf(sides[i] as GroupSide, group));
  return all;
}

function valuesOf({ values, starts }: GroupSide, group: number): unknown[] {
  const from = starts[group] as number;
  const to = starts[group + 1] as number;
  return Array.isArray(values)
    ? values.slice(from, to)
    : numbersBetween(values as Numbers, from, to);
}

/** Several times faster than what typed arrays offer for it. */
function numbersBetween(values: Numbers, from: number, to: number): number[] {
  const numbers: number[] = new Array(to - from);
  for (let i = from; i < to; i++) numbers[i - from] = values[i] as number;
  return numbers;
}

/** `start + i * step` for i in 0 … count - 1. */
export interface RangeChunk {
  readonly kind: 'range';
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/**
 * Rows `from` … `to - 1` of columns: numbers, or arrays of primitives of one length. Generated
 * loops read typed memory directly, and build a row where a function takes one.
 */
export interface ColumnsChunk {
  readonly kind: 'columns';
  /** The rows of the block as values, for readers that want them so. */
  readonly root: Column;
  /** Whether a row is an array with an element for each column, or the element itself. */
  readonly isTuple: boolean;
  /**
   * For each column a letter, by which loops over different memory are told apart: `i` Int32Array,
   * `f` Float64Array, `b` Uint8Array of booleans, `v` any values, `c` one value for all rows.
   */
  readonly forms: string;
  /** What holds the values from row 0 on; of `v` those from row `from` on, of `c` the value. */
  readonly columns: readonly unknown[];
  readonly from: number;
  readonly to: number;
}

/**
 * Pairs of short latin1 keys and numbers as they lie in a block: a combine table takes the bytes
 * of a key without a string being made. Only combining loops are given such chunks.
 */
export interface Latin1PairsChunk {
  readonly kind: 'latin1Pairs';
  readonly bytes: Uint8Array;
  /** Byte length of each key; the first begins at `bytes[0]`. */
  readonly lengths: Int8Array | Int32Array;
  readonly values: ArrayLike<number>;
}

/** Rows that make a chunk where nothing else decides. */
export const CHUNK_ROWS = 1024;
