import type { Chunk } from '@firesteel/shuffle';

/** Rows on demand. A source that waits for I/O gives a promise; most never do. */
export interface ChunkSource {
  /** The next chunk, possibly an empty one, or null at the end. */
  next(): Chunk | null | Promise<Chunk | null>;
  /** Releases files and children; called once, also when the end was not reached. */
  close(): void;
}

/** A source over chunks that are made without waiting. */
export function sourceOf(chunks: Iterable<Chunk>, onClose?: () => void): ChunkSource {
  const iterator = chunks[Symbol.iterator]();
  return {
    next() {
      const result = iterator.next();
      return result.done === true ? null : result.value;
    },
    close() {
      iterator.return?.();
      onClose?.();
    },
  };
}

/**
 * One source after the other; each is opened when the one before it has ended. `waits` makes
 * every chunk a promise: a reader must know from the first one on whether it may have to wait.
 */
export function concatenated(opens: readonly (() => ChunkSource)[], waits: boolean): ChunkSource {
  let index = 0;
  let current: ChunkSource | undefined;
  const next = (): Chunk | null | Promise<Chunk | null> => {
    for (;;) {
      if (current === undefined) {
        const open = opens[index++];
        if (open === undefined) return null;
        current = open();
      }
      const chunk = current.next();
      if (chunk instanceof Promise) return chunk.then((c) => c ?? endOfCurrent());
      if (chunk !== null) return chunk;
      current.close();
      current = undefined;
    }
  };
  const endOfCurrent = () => {
    current?.close();
    current = undefined;
    return next();
  };
  return { next: waits ? async () => next() : next, close: () => current?.close() };
}

/** Another chunk for each chunk of a source. */
export function mappedSource(source: ChunkSource, apply: (chunk: Chunk) => Chunk): ChunkSource {
  const applied = (chunk: Chunk | null) => (chunk === null ? null : apply(chunk));
  return {
    next() {
      const chunk = source.next();
      return chunk instanceof Promise ? chunk.then(applied) : applied(chunk);
    },
    close: () => source.close(),
  };
}

/** An array as one chunk. */
export function rowsChunk(rows: readonly unknown[]): Chunk {
  return { kind: 'rows', rows, from: 0, to: rows.length };
}
