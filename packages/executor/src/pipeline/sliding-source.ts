import { decodeRows } from '@firesteel/codec';
import type { StepProgram } from '@firesteel/plan';
import type { Chunk } from '@firesteel/shuffle';
import { rowsOf } from './chunk-rows.js';
import { type ChunkSource, rowsChunk } from './chunk-source.js';

type Sliding = Extract<StepProgram, { kind: 'sliding' }>;

/**
 * The windows that begin in a partition; the last ones reach into the rows that follow it. Holds
 * a window and a chunk.
 */
export function slidingSource(
  source: ChunkSource,
  { size, step, offsets, tails }: Sliding,
  partition: number,
): ChunkSource {
  const firstIndex = offsets?.[partition] ?? 0;
  /** Rows to come that belong to no window. */
  let skipped = (step - (firstIndex % step)) % step;
  let open: unknown[] = [];
  let ended = false;

  const windows = (rows: readonly unknown[]): Chunk => {
    const complete: unknown[][] = [];
    const unused = Math.min(skipped, rows.length);
    skipped -= unused;
    for (let i = unused; i < rows.length; i++) open.push(rows[i]);
    let start = 0;
    for (; start + size <= open.length; start += step)
      complete.push(open.slice(start, start + size));
    skipped += Math.max(0, start - open.length);
    open = open.slice(start);
    return rowsChunk(complete);
  };

  const take = (chunk: Chunk | null): Chunk => {
    ended = chunk === null;
    const tail = tails?.[partition];
    if (chunk !== null) return windows(rowsOf(chunk));
    return windows(tail === undefined ? [] : decodeRows(tail));
  };

  return {
    next() {
      if (ended) return null;
      const chunk = source.next();
      return chunk instanceof Promise ? chunk.then(take) : take(chunk);
    },
    close: () => source.close(),
  };
}
