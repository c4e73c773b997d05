/**
 * The rows that pass between two operators at a time: about a thousand, so that they die young.
 * A pair chunk spares the `[key, value]` arrays; generated loops read the columns directly.
 */
export type Chunk = RowsChunk | PairsChunk | RangeChunk;

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

export function chunkLength(chunk: Chunk): number {
  if (chunk.kind === 'rows') return chunk.to - chunk.from;
  return chunk.kind === 'pairs' ? chunk.length : chunk.count;
}

/** Rows that make a chunk where nothing else decides. */
export const CHUNK_ROWS = 1024;
