import { FiresteelError, shown } from '@firesteel/common';
import { CHUNK_ROWS } from '@firesteel/shuffle';

/** The missing side of an outer join. */
export const NONE: readonly undefined[] = [undefined];

/** The iterator of what a flatMap function returned. */
export function iterate(value: unknown): Iterator<unknown> {
  const iterable = value as Partial<Iterable<unknown>> | null | undefined;
  if (
    iterable === null ||
    iterable === undefined ||
    typeof iterable[Symbol.iterator] !== 'function'
  )
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      `The function given to flatMap must return an array or another iterable, but returned ${shown(value)}. Use map for one row per row, mapAsync for promises.`,
    );
  return (iterable as Iterable<unknown>)[Symbol.iterator]();
}

/** The next rows of an iterator, at most a chunk of them; none at its end. */
export function pull(iterator: Iterator<unknown>): unknown[] {
  const rows: unknown[] = [];
  while (rows.length < CHUNK_ROWS) {
    const result = iterator.next();
    if (result.done === true) break;
    rows.push(result.value);
  }
  return rows;
}
