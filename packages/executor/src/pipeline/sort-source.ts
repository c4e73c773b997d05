import { type Chunk, ExternalSorter } from '@firesteel/shuffle';
import { type ChunkSource, sourceOf } from './chunk-source.js';
import { pairsOf } from './pair-chunks.js';
import type { RunningTask } from './running-task.js';

/** The pairs of a partition in the order of their keys. */
export function sortSource(
  source: ChunkSource,
  ascending: boolean,
  compare: ((a: unknown, b: unknown) => number) | undefined,
  { space }: RunningTask,
): ChunkSource {
  const sorter = new ExternalSorter(space, ascending, compare);
  let output: ChunkSource | undefined;
  const read = (): Chunk | null | Promise<Chunk | null> => {
    for (;;) {
      const chunk = source.next();
      if (chunk instanceof Promise) return chunk.then((c) => (add(c) ? read() : open()));
      if (!add(chunk)) return open();
    }
  };
  const add = (chunk: Chunk | null): boolean => {
    if (chunk !== null) sorter.addPairs(pairsOf(chunk));
    return chunk !== null;
  };
  const open = () => {
    output = sourceOf(sorter.sorted());
    return output.next();
  };
  return {
    next: () => (output === undefined ? read() : output.next()),
    close: () => source.close(),
  };
}
