import type { AnyFunction } from './functions.js';

/** How the bytes of a file are compressed as a whole, or the blocks inside an object file. */
export type Compression = 'none' | 'gzip' | 'lz4' | 'zstd';

/**
 * What the rows of input files are. `F` is a function on the driver, a slot in a program.
 *
 * | kind      | row |
 * |-----------|-----|
 * | text      | a line |
 * | jsonLines | the value of a line |
 * | wholeText | `[path, text]` |
 * | binary    | `[path, bytes]`, as they lie in the file |
 * | records   | the next `recordBytes` bytes |
 * | objects   | a row of an object file (docs/formats/object-file.md) |
 */
export type FileFormat<F = AnyFunction> =
  | { readonly kind: 'text'; readonly encoding: string }
  | { readonly kind: 'jsonLines'; readonly badLines: 'fail' | 'skip' | F }
  | { readonly kind: 'wholeText'; readonly encoding: string }
  | { readonly kind: 'binary' }
  | { readonly kind: 'records'; readonly recordBytes: number }
  | { readonly kind: 'objects' };

/** A line that is no JSON, as a job's own function is told of it. */
export interface BadLine {
  readonly path: string;
  /** From 1 on. */
  readonly lineNumber: number;
  readonly line: string;
  readonly error: SyntaxError;
}

/** Gives a row in place of a bad line, or undefined to leave it out. */
export type BadLineHandler = (line: BadLine) => unknown;

/** What lies in [startByte, endByte) of a file: for text, the lines whose first byte does. */
export interface FilePart {
  readonly path: string;
  readonly startByte: number;
  /** `Infinity` for a file that is read as a whole, such as a compressed one. */
  readonly endByte: number;
  readonly compression: Compression;
}

/** The files, or the part of a file, that one partition reads. */
export interface FileSplit {
  readonly kind: 'files';
  readonly parts: readonly FilePart[];
}

/** What is written to the part files of an output directory. */
export interface FileOutput {
  /** Absolute path, or URL, of the directory. */
  readonly path: string;
  /** Unique; names what is unfinished, and the parts of an appended output. */
  readonly id: string;
  readonly mode: OutputMode;
  readonly format: 'text' | 'jsonLines' | 'objects';
  readonly compression: Compression;
}

/**
 * What happens to an output directory that exists: `error` refuses it, `overwrite` replaces it
 * when the new output is complete, `append` adds files to it.
 */
export type OutputMode = 'error' | 'overwrite' | 'append';

/** The partial result of `save` and `saveTo`: what an attempt wrote, for the commit of the job. */
export interface WrittenPart {
  readonly partition: number;
  readonly rows: number;
  readonly bytes: number;
  /** What the writer of a `RowSink` said at its end. */
  readonly message?: unknown;
  /** The file of the attempt, relative to the place of unfinished files. */
  readonly file?: string;
}
