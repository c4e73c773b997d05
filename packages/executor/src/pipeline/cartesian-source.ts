import { CHUNK_ROWS, type Chunk } from '@firesteel/shuffle';
import { rowsOf } from './chunk-rows.js';
import type { ChunkSource } from './chunk-source.js';
import type { RunningTask } from './running-task.js';

/** Right rows that are kept; a longer right side is read again for each left row, as in Spark. */
const MAX_KEPT_ROWS = 16 * CHUNK_ROWS;

/** Each left row with each right row, right rows fastest. */
export function cartesianSource(
  left: ChunkSource,
  openRight: () => ChunkSource,
  task: RunningTask,
): ChunkSource {
  let lefts: readonly unknown[] = [];
  /** The left row that is being paired. */
  let at = 0;
  let right: ChunkSource | undefined;
  /** All right rows while they are few; undefined once they were too many. */
  let kept: unknown[] | undefined = [];
  let isComplete = false;
  /** The first of the kept rows that the left row was not paired with yet. */
  let keptAt = 0;

  const advance = (): void => {
    at += 1;
    keptAt = 0;
  };

  const fromKept = (rows: readonly unknown[]): Chunk => {
    const keys: unknown[] = [];
    const values: unknown[] = [];
    while (keys.length < CHUNK_ROWS && at < lefts.length) {
      const to = Math.min(rows.length, keptAt + CHUNK_ROWS - keys.length);
      for (; keptAt < to; keptAt++) {
        keys.push(lefts[at]);
        values.push(rows[keptAt]);
      }
      if (keptAt === rows.length) advance();
    }
    return { kind: 'pairs', keys, values, length: keys.length };
  };

  const fromRight = (chunk: Chunk | null): Chunk => {
    if (chunk === null) {
      right?.close();
      right = undefined;
      isComplete = kept !== undefined;
      advance();
      return { kind: 'pairs', keys: [], values: [], length: 0 };
    }
    const values = rowsOf(chunk);
    if (kept !== undefined) {
      if (kept.length + values.length > MAX_KEPT_ROWS) kept = undefined;
      else for (const row of values) kept.push(row);
    }
    const { length } = values;
    return { kind: 'pairs', keys: new Array<unknown>(length).fill(lefts[at]), values, length };
  };

  const pair = (): Chunk | Promise<Chunk> => {
    task.checkKilled();
    if (isComplete && kept !== undefined) return fromKept(kept);
    right ??= openRight();
    const chunk = right.next();
    return chunk instanceof Promise ? chunk.then(fromRight) : fromRight(chunk);
  };

  const next = (): Chunk | null | Promise<Chunk | null> => {
    if (at < lefts.length) return pair();
    const chunk = left.next();
    return chunk instanceof Promise ? chunk.then(begin) : begin(chunk);
  };

  const begin = (chunk: Chunk | null): Chunk | null | Promise<Chunk | null> => {
    if (chunk === null) return null;
    lefts = rowsOf(chunk);
    at = 0;
    return next();
  };

  return {
    next,
    close() {
      right?.close();
      left.close();
    },
  };
}
