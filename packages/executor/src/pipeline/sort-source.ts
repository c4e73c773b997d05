import { type Chunk, type PairsChunk, sortedChunks } from '@firesteel/shuffle';
import { type ChunkSource, sourceOf } from './chunk-source.js';
import { pairsOf } from './pair-chunks.js';

/** The pairs of a partition in the order of their keys; they are in memory at once. */
export function sortSource(
  source: ChunkSource,
  ascending: boolean,
  compare: ((a: unknown, b: unknown) => number) | undefined,
): ChunkSource {
  const chunks: PairsChunk[] = [];
  let output: ChunkSource | undefined;
  const read = (): Chunk | null | Promise<Chunk | null> => {
    for (;;) {
      const chunk = source.next();
      if (chunk instanceof Promise) return chunk.then((c) => (add(c) ? read() : open()));
      if (!add(chunk)) return open();
    }
  };
  const add = (chunk: Chunk | null): boolean => {
    if (chunk !== null) chunks.push(pairsOf(chunk));
    return chunk !== null;
  };
  const open = () => {
    output = sourceOf(sortedChunks(chunks, ascending, compare));
    return output.next();
  };
  return {
    next: () => (output === undefined ? read() : output.next()),
    close: () => source.close(),
  };
}
