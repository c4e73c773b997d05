import type { Column } from '@firesteel/codec';

/**
 * The rows that pass between two operators at a time: about a thousand, so that they die young.
 * A pair chunk spares the `[key, value]` arrays; generated loops read the columns directly.
 */
export type Chunk = RowsChunk | PairsChunk | RangeChunk | ColumnsChunk;

/** Elements `from` … `to - 1` of an array that the consumer must not keep or change. */
export interface RowsChunk {
  readonly kind: 'rows';
  readonly rows: readonly unknown[];
  readonly from: number;
  readonly to: number;
}

export interface PairsChunk {
  readonly kind: 'pairs';
  readonly keys: readonly unknown[];
  readonly values: ArrayLike<unknown>;
  readonly length: number;
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

/** Pairs of packed keys and numbers, as `PackedBuckets` keeps them; for combining loops only. */
export interface PackedPairsChunk {
  readonly kind: 'packedPairs';
  readonly ints: Int32Array;
  readonly floats: Float64Array;
  /** The word where the first record begins. */
  readonly from: number;
  readonly count: number;
}

/** Rows that make a chunk where nothing else decides. */
export const CHUNK_ROWS = 1024;
