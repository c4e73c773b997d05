import type { FileOutput } from '@firesteel/plan';
import type { PartFile } from './attempt-file.js';
import type { ByteSource } from './byte-source.js';
import type { InputFile } from './list-files.js';
import type { OutputJob } from './output-directory.js';

/** A file that is read from anywhere, synchronously as all bytes are: see `local-file.ts`. */
export interface RandomAccessFile extends ByteSource {
  /** In bytes, as the file is now. */
  readonly size: number;
  /** `length` bytes from `position` on, fewer at the end of the file; in memory of their own. */
  readAt(position: number, length: number): Buffer;
}

/**
 * Where files lie: everything that readers and writers of formats need of it. The scheme of a path
 * chooses one. Errors are those that the callers document: PATH_NOT_FOUND, PATH_EMPTY,
 * PATH_NOT_READABLE, OUTPUT_EXISTS and OUTPUT_FAILED.
 */
export interface FileSystem {
  /** What its URLs begin with, in lower case and without the colon, such as `file`. */
  readonly scheme: string;
  /**
   * On the driver: the files that an input path means (a file, a directory, a glob, or a list of
   * these separated by commas), in a reproducible order. `open` has to understand their paths.
   */
  listFiles(input: string): InputFile[];
  /** On executors: a file, to be read in order from `position` on. */
  open(path: string, position?: number): RandomAccessFile;
  /** On the driver: begins an output, which attempts then write by `createPart`. */
  beginOutput(output: FileOutput): OutputJob;
  /** On executors: the file that one attempt to write a partition fills. */
  createPart(output: FileOutput, partition: number, attempt: number): PartFile;
  /** On the driver: whether an output directory has the marker of a complete output. */
  isComplete(directory: string): boolean;
}
