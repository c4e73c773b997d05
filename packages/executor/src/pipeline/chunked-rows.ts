import type { Chunk } from '@firesteel/shuffle';
import { rowsOf } from './chunk-rows.js';
import { type ChunkSource, rowsChunk } from './chunk-source.js';

/** Arrays of `size` rows, the last one shorter; an array is the only thing held. */
export function chunkedRowsSource(source: ChunkSource, size: number): ChunkSource {
  let open: unknown[] = [];
  let ended = false;

  /** The arrays that the rows of a chunk complete. */
  const cut = (chunk: Chunk): Chunk => {
    const complete: unknown[] = [];
    for (const row of rowsOf(chunk)) {
      if (open.push(row) < size) continue;
      complete.push(open);
      open = [];
    }
    return rowsChunk(complete);
  };

  const take = (chunk: Chunk | null): Chunk | null => {
    if (chunk !== null) return cut(chunk);
    ended = true;
    if (open.length === 0) return null;
    const rest = rowsChunk([open]);
    open = [];
    return rest;
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
