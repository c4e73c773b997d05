import { invalidArgument, type OptionKinds, optionsOf } from '@firesteel/common';
import {
  type BadLineHandler,
  type CallSite,
  type createNode,
  encodingName,
  type FileFormat,
} from '@firesteel/plan';
import { checkFunction, checkInteger, checkSyncFunction } from './arguments.js';
import { ClassRegistration } from './class-registration.js';
import type { AnyMethod } from './operators/any-method.js';
import type { RDD } from './rdd.js';

/** How input files become partitions; a bare number means `{ minPartitions }`. */
export interface FileOptions {
  /** A hint for the number of partitions; two, or one with a single slot, by default. */
  readonly minPartitions?: number;
}

/** How text is read. */
export interface TextOptions extends FileOptions {
  /**
   * `utf8` by default, `latin1`, or a name that `TextDecoder` knows. Files in `utf-16` are one
   * partition each.
   */
  readonly encoding?: string;
}

/** How JSON lines are read. */
export interface JsonLinesOptions<T> extends FileOptions {
  /**
   * What becomes of a line that is no JSON: `fail` (the default) fails the job with CORRUPT_INPUT,
   * `skip` leaves the line out. A function is told of the line and gives a row in its place, or
   * undefined for none.
   */
  readonly badLines?: 'fail' | 'skip' | ((line: Parameters<BadLineHandler>[0]) => T | undefined);
}

/** What a source reads a partition from. */
export type SourceRows<T> = Iterable<T> | AsyncIterable<T>;

/** An input of the user's own; see `source`. */
export interface RowSource<P, T> {
  /** One for each partition: plain data that says what to read. */
  readonly partitions: Iterable<P>;
  /** Reads a partition, on an executor. */
  read(partition: P, index: number): SourceRows<T> | Promise<SourceRows<T>>;
}

const fileOptionKinds = { minPartitions: 'number' } satisfies OptionKinds;

type NodeFields = Parameters<typeof createNode>[0];

/**
 * The inputs of a context. Files are listed and read when a job runs. A path is a file, a
 * directory (its files, not those of directories in it), a glob, or several of these separated by
 * commas; names that begin with `_` or `.` are left out. Files that end in `.gz`, `.lz4` or `.zst`
 * are decompressed. Jobs on them reject with PATH_NOT_FOUND, PATH_EMPTY, PATH_NOT_READABLE or
 * CORRUPT_INPUT.
 */
export abstract class ContextInputs extends ClassRegistration {
  protected abstract newRdd<T>(fields: NodeFields): RDD<T>;

  /**
   * The lines of text files, without their terminators (LF, CRLF or CR). Big files are cut into
   * several partitions, each of whole lines; compressed ones never are.
   *
   * @throws FiresteelError INVALID_ARGUMENT for an empty path, `minPartitions` below 1 or an
   *   unknown encoding
   */
  textFile(path: string, options?: number | TextOptions): RDD<string> {
    return this.#text('text', this.textFile, path, options);
  }

  /**
   * Text files as they are: `[path, text]` for each. Small files are read together, in partitions
   * of about total bytes / `minPartitions`.
   *
   * @throws FiresteelError INVALID_ARGUMENT as `textFile`
   */
  wholeTextFiles(path: string, options?: number | TextOptions): RDD<[path: string, text: string]> {
    return this.#text('wholeText', this.wholeTextFiles, path, options);
  }

  /**
   * Files as they are, also compressed ones: `[path, bytes]` for each, of which an executor holds
   * one at a time. Small files are read together, in partitions of 4 to 128 MiB.
   *
   * @throws FiresteelError INVALID_ARGUMENT as `textFile`
   */
  binaryFiles(
    path: string,
    options?: number | FileOptions,
  ): RDD<[path: string, bytes: Uint8Array<ArrayBuffer>]> {
    return this.#files(this.binaryFiles, path, { kind: 'binary' }, options);
  }

  /**
   * Records of `recordLength` bytes each. Files are cut between records; a file that ends inside
   * of one is CORRUPT_INPUT.
   *
   * @throws FiresteelError INVALID_ARGUMENT as `textFile`, or for a length below 1
   */
  binaryRecords(
    path: string,
    recordLength: number,
    options?: number | FileOptions,
  ): RDD<Uint8Array<ArrayBuffer>> {
    const recordBytes = checkInteger(recordLength, 'recordLength of binaryRecords', 1);
    return this.#files(this.binaryRecords, path, { kind: 'records', recordBytes }, options);
  }

  /**
   * The rows that `saveAsObjectFile` wrote, equal in type and value. Each file is a partition, so
   * that a saved RDD comes back with its partitions; files above 32 MiB are several.
   *
   * @throws FiresteelError INVALID_ARGUMENT as `textFile`
   * @example
   * const points = sc.objectFile<[x: number, y: number]>('points');
   */
  objectFile<T>(path: string, options?: number | FileOptions): RDD<T> {
    return this.#files(this.objectFile, path, { kind: 'objects' }, options);
  }

  /**
   * The values of JSON lines, one a line; blank lines are left out. Nothing checks that they are
   * of type `T`. A line that is no JSON is named with its file and number.
   *
   * @throws FiresteelError INVALID_ARGUMENT as `textFile`, or for another `badLines`
   * @example
   * sc.jsonLines<{ user: string; ms: number }>('events/*.jsonl.gz', { badLines: 'skip' })
   */
  jsonLines<T>(path: string, options?: number | JsonLinesOptions<T>): RDD<T> {
    const kinds = { ...fileOptionKinds, badLines: 'any' } as const;
    const given = optionsOf(options, kinds, 'jsonLines', 'minPartitions');
    const { badLines = 'fail', ...how } = given;
    if (typeof badLines === 'function') checkSyncFunction(badLines, 'badLines of jsonLines');
    else if (badLines !== 'fail' && badLines !== 'skip')
      throw invalidArgument('badLines of jsonLines', '"fail", "skip" or a function', badLines);
    return this.#files(this.jsonLines, path, { kind: 'jsonLines', badLines }, how);
  }

  /**
   * Rows of a source of the user's own, one partition for each of `partitions`. Rows are asked for
   * as they are needed; an iterator is closed (`return`) when no more are wanted, as after `take`,
   * and when the task fails or is cancelled.
   *
   * @throws FiresteelError INVALID_ARGUMENT when `partitions` is no iterable or `read` no function
   * @example
   * sc.source({
   *   partitions: ['a', 'b'],
   *   async *read(shard) {
   *     for await (const page of pagesOf(shard)) yield* page.items;
   *   },
   * })
   */
  source<P, T>(source: RowSource<P, T>): RDD<T> {
    const callSite = this.creation(this.source);
    const { partitions } = source;
    if (typeof partitions !== 'object' || partitions === null || !(Symbol.iterator in partitions))
      throw invalidArgument('partitions of source', 'an array or another iterable', partitions);
    checkFunction(source.read, 'read of source');
    const data = [...partitions];
    if (data.length === 0) return this.newRdd({ kind: 'empty', parents: [], callSite });
    const numSlices = data.length;
    const keys = this.newRdd({ kind: 'parallelize', parents: [], callSite, data, numSlices });
    return this.newRdd({
      kind: 'mapPartitions',
      parents: [keys.node],
      callSite,
      fn: readerOf(source),
      withIndex: true,
      preservesPartitioning: false,
    });
  }

  /** The place of a call that makes an RDD, which needs a context that runs. */
  protected creation(method: AnyMethod): CallSite {
    this.assertRunning(method.name);
    return this.callSite(method);
  }

  #text<T>(
    kind: 'text' | 'wholeText',
    method: AnyMethod,
    path: string,
    options: number | TextOptions | undefined,
  ): RDD<T> {
    const kinds = { ...fileOptionKinds, encoding: 'string' } as const;
    const given = optionsOf(options, kinds, method.name, 'minPartitions');
    const { encoding = 'utf-8', ...how } = given;
    return this.#files(method, path, { kind, encoding: encodingName(encoding) }, how);
  }

  #files<T>(
    method: AnyMethod,
    path: string,
    format: FileFormat,
    options: number | FileOptions | undefined,
  ): RDD<T> {
    const callSite = this.creation(method);
    const { name } = method;
    if (typeof path !== 'string' || path.trim() === '')
      throw invalidArgument(`The path of ${name}`, 'a non-empty string', path);
    const { minPartitions } = optionsOf(options, fileOptionKinds, name, 'minPartitions');
    if (minPartitions !== undefined) checkInteger(minPartitions, `minPartitions of ${name}`, 1);
    return this.newRdd({
      kind: 'files',
      parents: [],
      callSite,
      path,
      format,
      ...(minPartitions !== undefined && { minPartitions }),
    });
  }
}

/** The partition is the only row of its slice. */
function readerOf<P, T>(source: RowSource<P, T>) {
  return (index: number, [partition]: Iterable<P>) => source.read(partition as P, index);
}
