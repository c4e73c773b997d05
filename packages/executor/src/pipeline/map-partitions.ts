import { FiresteelError, shown } from '@firesteel/common';
import { CHUNK_ROWS, type Chunk } from '@firesteel/shuffle';
import { AsyncRows } from './async-rows.js';
import { rowsOf, slices } from './chunk-rows.js';
import { type ChunkSource, rowsChunk, sourceOf } from './chunk-source.js';
import type { RunningTask } from './running-task.js';

type PartitionFunction = (...args: unknown[]) => unknown;

/** Calls `fn([index,] rows)` once and passes on what it gives, lazily. */
export function mapPartitionsSource(
  source: ChunkSource,
  fn: PartitionFunction,
  index: number | undefined,
  task: RunningTask,
): ChunkSource {
  return madeSource([source], 'mapPartitions', task, ([rows]) =>
    index === undefined ? fn(rows) : fn(index, rows),
  );
}

/** Calls `fn(rows of the first source, rows of the second, …)` once and passes on what it gives. */
export function zipPartitionsSource(
  sources: readonly ChunkSource[],
  fn: PartitionFunction,
  task: RunningTask,
): ChunkSource {
  return madeSource(sources, 'zipPartitions', task, (rows) => fn(...rows));
}

function isRead<T>(rows: T | Promise<T>): rows is T {
  return !(rows instanceof Promise);
}

function madeSource(
  sources: readonly ChunkSource[],
  method: string,
  task: RunningTask,
  make: (rows: readonly Iterable<unknown>[]) => unknown,
): ChunkSource {
  let output: ChunkSource | undefined;
  const begin = (made: unknown): Chunk | null | Promise<Chunk | null> => {
    output = outputSource(made, method, task);
    return output.next();
  };
  const open = (rows: readonly Iterable<unknown>[]): Chunk | null | Promise<Chunk | null> => {
    const made = make(rows);
    return made instanceof Promise ? made.then(begin) : begin(made);
  };
  return {
    next() {
      if (output !== undefined) return output.next();
      const rows = sources.map(rowsIterable);
      return rows.every(isRead) ? open(rows) : Promise.all(rows).then(open);
    },
    close() {
      output?.close();
      for (const source of sources) source.close();
    },
  };
}

/** Calls `fn(rows)` for its effect. */
export function forEachPartition(
  source: ChunkSource,
  fn: PartitionFunction,
): unknown | Promise<unknown> {
  const rows = rowsIterable(source);
  return rows instanceof Promise ? rows.then(fn) : fn(rows);
}

/**
 * The rows of a source for a user's `for … of`, read as they are asked for. A source that waits
 * for I/O cannot be read inside a synchronous loop: its rows are read before the first is given.
 */
function rowsIterable(source: ChunkSource): Iterable<unknown> | Promise<Iterable<unknown>> {
  const first = source.next();
  if (first instanceof Promise) return first.then((chunk) => readAll(source, chunk));
  return new RowIterable(source, first);
}

async function readAll(source: ChunkSource, first: Chunk | null): Promise<Iterable<unknown>> {
  const all: unknown[] = [];
  for (let chunk = first; chunk !== null; chunk = await source.next()) {
    for (const row of rowsOf(chunk)) all.push(row);
  }
  return all;
}

class RowIterable implements IterableIterator<unknown> {
  private rows: readonly unknown[];
  private position = 0;
  private ended: boolean;

  constructor(
    private readonly source: ChunkSource,
    first: Chunk | null,
  ) {
    this.rows = first === null ? [] : rowsOf(first);
    this.ended = first === null;
  }

  next(): IteratorResult<unknown> {
    while (this.position >= this.rows.length) {
      if (this.ended) return { done: true, value: undefined };
      const chunk = this.source.next();
      if (chunk instanceof Promise) throw new TypeError('a source began to wait in mid-partition');
      this.ended = chunk === null;
      this.rows = chunk === null ? [] : rowsOf(chunk);
      this.position = 0;
    }
    return { done: false, value: this.rows[this.position++] };
  }

  return(): IteratorResult<unknown> {
    this.ended = true;
    this.rows = [];
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

function outputSource(result: unknown, method: string, task: RunningTask): ChunkSource {
  if (Array.isArray(result)) return sourceOf(slices(result));
  const value = result as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null | undefined;
  if (typeof value?.[Symbol.iterator] === 'function')
    return iteratorSource((value as Iterable<unknown>)[Symbol.iterator]());
  if (typeof value?.[Symbol.asyncIterator] === 'function')
    return new AsyncRows((value as AsyncIterable<unknown>)[Symbol.asyncIterator](), task);
  throw new FiresteelError(
    'INVALID_ARGUMENT',
    `The function given to ${method} must return an iterable, an async iterable or a promise of one, but returned ${shown(result)}. Return the rows in an array, or use forEachPartition for effects alone.`,
  );
}

function iteratorSource(iterator: Iterator<unknown>): ChunkSource {
  let ended = false;
  return {
    next() {
      if (ended) return null;
      const rows: unknown[] = [];
      while (rows.length < CHUNK_ROWS) {
        const result = iterator.next();
        if (result.done === true) {
          ended = true;
          break;
        }
        rows.push(result.value);
      }
      return rowsChunk(rows);
    },
    close() {
      if (!ended) iterator.return?.();
    },
  };
}
