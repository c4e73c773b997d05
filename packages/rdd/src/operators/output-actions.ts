import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { invalidArgument, type OptionKind, optionsOf } from '@firesteel/common';
import type { Compression, FileOutput, OutputMode, RowSink } from '@firesteel/plan';
import { act } from '../actions.js';
import { checkFunction } from '../arguments.js';
import { type ActionOptions, actionOptionKinds, type JobPromise } from '../job-promise.js';
import { iteratePartitions } from '../local-iterator.js';
import { RowStream } from '../row-stream.js';
import type { AnyMethod } from './any-method.js';
import { TreeActions } from './tree-actions.js';

/** How rows are saved to a directory. */
export interface SaveOptions extends ActionOptions {
  /**
   * How the files are compressed; `none` by default. Text and JSON files get the suffix `.gz`,
   * `.lz4` or `.zst`, by which they are decompressed when they are read.
   */
  readonly compression?: Compression | undefined;
  /**
   * What to do if the directory exists: `error` (the default) rejects with OUTPUT_EXISTS,
   * `overwrite` replaces it when the new output is complete (it may be an input of the same job),
   * `append` adds files with names of their own.
   */
  readonly mode?: OutputMode | undefined;
}

const saveOptionKinds = {
  compression: ['none', 'gzip', 'lz4', 'zstd'] satisfies Compression[],
  mode: ['error', 'overwrite', 'append'] satisfies OutputMode[],
  ...actionOptionKinds,
} satisfies Record<keyof SaveOptions, OptionKind>;

/**
 * Actions that give rows away: to files, to sinks, and to the driver piece by piece.
 *
 * Files are `part-00000`, `part-00001`, … in a directory, one for each partition, and `_SUCCESS`,
 * which comes last. Nothing shows in the directory before all of them are complete, and nothing
 * stays behind of a job that fails.
 */
export abstract class OutputActions<T> extends TreeActions<T> {
  /**
   * Writes the rows as lines of text in UTF-8: strings as they are, other primitives by `String`,
   * arrays and objects as JSON.
   *
   * @param path of the directory; relative to the driver's working directory
   * @throws FiresteelError OUTPUT_EXISTS, OUTPUT_FAILED, or UNSUPPORTED_VALUE for a row that is
   *   null or undefined (all by rejection)
   */
  saveAsTextFile(path: string, options: SaveOptions = {}): JobPromise<void> {
    return this.#save(this.saveAsTextFile, 'text', path, options);
  }

  /**
   * Writes each row as a line of JSON, by `JSON.stringify`, with bigints as strings. Read them
   * again with `sc.jsonLines`.
   *
   * @param path of the directory; relative to the driver's working directory
   * @throws FiresteelError OUTPUT_EXISTS, OUTPUT_FAILED, or UNSUPPORTED_VALUE for a row without a
   *   JSON form, such as undefined (all by rejection)
   */
  saveAsJsonLines(path: string, options: SaveOptions = {}): JobPromise<void> {
    return this.#save(this.saveAsJsonLines, 'jsonLines', path, options);
  }

  /**
   * Writes the rows as they are, for `sc.objectFile`, which gives them back equal in type and
   * value. The format is docs/formats/object-file.md: columns, compressed block by block, with
   * checksums.
   *
   * @param path of the directory; relative to the driver's working directory
   * @throws FiresteelError OUTPUT_EXISTS, OUTPUT_FAILED, or UNSUPPORTED_VALUE for a row that
   *   cannot travel (all by rejection)
   */
  saveAsObjectFile(path: string, options: SaveOptions = {}): JobPromise<void> {
    return this.#save(this.saveAsObjectFile, 'objects', path, options);
  }

  /**
   * Writes the rows to a sink of the user's own: executors open a writer for each partition, and
   * `commit` of the sink is called on the driver with what exactly one attempt of each partition
   * has said at its end. Rejects with whatever the sink throws.
   *
   * @example
   * await rdd.saveTo({
   *   async open(partition) {
   *     const table = await connect(`staging_${partition}`);
   *     return { write: (rows) => table.insert(rows), finish: () => table.name };
   *   },
   *   commit: (tables) => publish(tables),
   * });
   */
  saveTo<M>(sink: RowSink<T, M>, options: ActionOptions = {}): JobPromise<void> {
    return act(this.action(this.saveTo, options), async (runJob) => {
      if (typeof sink !== 'object' || sink === null)
        throw invalidArgument(
          'The sink of saveTo',
          'an object with open(partition, attempt)',
          sink,
        );
      checkFunction(sink.open, 'open of the sink of saveTo');
      await runJob({ kind: 'saveTo', sink });
    });
  }

  /**
   * The rows in order, of which the driver holds one partition at a time: a job computes it when
   * its first row is asked for.
   *
   * @example
   * for await (const row of rdd.toLocalIterator()) console.log(row);
   */
  toLocalIterator(options: ActionOptions = {}): AsyncIterableIterator<T> {
    return iteratePartitions<T>(this.action(this.toLocalIterator, options));
  }

  /**
   * The rows in order as a stream of objects. As with `toLocalIterator`, a job computes a
   * partition when its first row is asked for, so that a slow reader holds the jobs back;
   * `destroy` cancels the one that runs. A row that is null would end a stream: the stream fails
   * with UNSUPPORTED_VALUE instead.
   *
   * @throws FiresteelError INVALID_ARGUMENT for other options
   * @example
   * await pipeline(rdd.map((row) => `${row}\n`).toReadable(), createWriteStream('rows.txt'));
   */
  toReadable(options: ActionOptions = {}): Readable {
    const { signal: given } = optionsOf(options, actionOptionKinds, 'toReadable');
    const destroyed = new AbortController();
    const signal = given ? AbortSignal.any([given, destroyed.signal]) : destroyed.signal;
    const rows = iteratePartitions<T>(this.action(this.toReadable, { signal }));
    return new RowStream(rows, () => destroyed.abort());
  }

  /** `for await (const row of rdd)`; see `toLocalIterator`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return iteratePartitions<T>(this.action(this.toLocalIterator, {}));
  }

  #save(
    method: AnyMethod,
    format: FileOutput['format'],
    path: string,
    options: SaveOptions,
  ): JobPromise<void> {
    return act(this.action(method, options, saveOptionKinds), async (runJob) => {
      const { compression = 'none', mode = 'error' } = options;
      const { name } = method;
      if (typeof path !== 'string' || path.trim() === '')
        throw invalidArgument(`The path of ${name}`, 'a non-empty string', path);
      // A path with a scheme is absolute as it is.
      const absolute = /^[a-z][a-z0-9+.-]+:\//i.test(path) ? path : resolve(path);
      const id = randomUUID();
      const output: FileOutput = { path: absolute, id, mode, format, compression };
      await runJob({ kind: 'save', output });
    });
  }
}
