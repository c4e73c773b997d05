import path from 'node:path';
import { FiresteelError, invalidArgument } from '@firesteel/common';
import type { FileFormat, FilePart, FileSplit } from '@firesteel/plan';
import { compressionOfName } from './compression.js';
import { isSplittableEncoding } from './encoding.js';
import { corruptInput } from './file-errors.js';
import { fileSystemOf } from './file-systems.js';
import type { InputFile } from './list-files.js';
import { ObjectFileReader } from './object-file-reader.js';
import { partitionOfName } from './output-paths.js';

const MIB = 1024 * 1024;
/** Hadoop's block size of a local file system. */
const BLOCK_BYTES = 32 * MIB;
/** The last split of a file may be this much larger than the others. */
const SLOP = 1.1;
/** What opening a file costs, in bytes; and the bounds of a partition of small binary files. */
const OPEN_COST_BYTES = 4 * MIB;
const MAX_BINARY_BYTES = 128 * MIB;

/** How many partitions an input should have. */
export interface SplitHints {
  /** As the user says; undefined when nothing was said. */
  readonly minPartitions: number | undefined;
  readonly defaultMinPartitions: number;
  readonly defaultParallelism: number;
}

/**
 * The splits of input files, in partition order; on the driver.
 *
 * `path` is a file, a directory (its files, not those of sub-directories: one of these is an
 * error), a glob (`*`, `?`, `[x]`, `{a,b}`, `**`) or a comma separated list of these; `file:`
 * URLs are accepted. Names that begin with `_` or `.` are ignored unless the path spells that
 * out. Items of a list come in its order, files of one item sorted by path.
 *
 * Text, JSON lines and records are cut as Hadoop's FileInputFormat does: about total bytes /
 * minPartitions each, at most 32 MiB, the last one of a file up to 10 % larger; compressed files
 * are one split, empty ones none, so the result may be empty. Files that are rows are packed
 * together by the rules of Spark's wholeTextFiles and binaryFiles. Each object file is a partition,
 * unless it is larger than 32 MiB or more partitions are asked for; then it is cut between blocks.
 *
 * @throws FiresteelError PATH_NOT_FOUND, PATH_EMPTY, PATH_NOT_READABLE, INVALID_ARGUMENT,
 *   UNKNOWN_FILE_SYSTEM; and
 *   CORRUPT_INPUT for files of records that end in the middle of one, and for object files
 */
export function listSplits(
  path: string,
  format: FileFormat<unknown>,
  hints: SplitHints,
): FileSplit[] {
  const { minPartitions } = hints;
  if (minPartitions !== undefined && (!Number.isInteger(minPartitions) || minPartitions < 0))
    throw invalidArgument('minPartitions', 'a whole number', minPartitions);
  const files = fileSystemOf(path).listFiles(path);
  const wanted = minPartitions ?? hints.defaultMinPartitions;
  switch (format.kind) {
    case 'text':
      return cutFiles(files, wanted, isSplittableEncoding(format.encoding) ? 1 : undefined);
    case 'jsonLines':
      return cutFiles(files, wanted, 1);
    case 'records':
      for (const file of files) checkRecords(file, format.recordBytes);
      return cutFiles(files, wanted, format.recordBytes);
    case 'wholeText':
      return packFiles(files, Math.ceil(totalBytes(files) / Math.max(1, wanted)), true);
    case 'binary':
      return packFiles(files, binaryBytes(files, wanted, hints.defaultParallelism), false);
    case 'objects':
      return objectSplits(files, minPartitions);
  }
}

function totalBytes(files: readonly InputFile[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

function wholeFile(path: string, compression = compressionOfName(path)): FilePart {
  return { path, startByte: 0, endByte: Number.POSITIVE_INFINITY, compression };
}

const alone = (part: FilePart): FileSplit => ({ kind: 'files', parts: [part] });

/** @param unitBytes where files may be cut: at multiples of it; undefined: nowhere */
function cutFiles(
  files: readonly InputFile[],
  minPartitions: number,
  unitBytes: number | undefined,
): FileSplit[] {
  const splitBytes = splitBytesFor(files, minPartitions);
  return files.flatMap(({ path, size }) => {
    if (size === 0) return [];
    const whole = wholeFile(path);
    if (whole.compression !== 'none' || unitBytes === undefined) return [alone(whole)];
    const step = Math.max(unitBytes, splitBytes - (splitBytes % unitBytes));
    return rangesOf(size, step).map(([startByte, endByte]) =>
      alone({ ...whole, startByte, endByte }),
    );
  });
}

function splitBytesFor(files: readonly InputFile[], minPartitions: number): number {
  const goalBytes = Math.floor(totalBytes(files) / Math.max(1, minPartitions));
  return Math.max(1, Math.min(goalBytes, BLOCK_BYTES));
}

function rangesOf(size: number, splitBytes: number): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  let start = 0;
  while ((size - start) / splitBytes > SLOP) {
    ranges.push([start, start + splitBytes]);
    start += splitBytes;
  }
  if (start < size) ranges.push([start, size]);
  return ranges;
}

function checkRecords({ path, size }: InputFile, recordBytes: number): void {
  if (compressionOfName(path) === 'none' && size % recordBytes !== 0)
    throw corruptInput(
      path,
      size - (size % recordBytes),
      `it ends in the middle of a record of ${recordBytes} bytes`,
    );
}

/** Files one after the other into a partition until it has `maxBytes`. */
function packFiles(
  files: readonly InputFile[],
  maxBytes: number,
  decompress: boolean,
): FileSplit[] {
  const splits: FileSplit[] = [];
  let parts: FilePart[] = [];
  let bytes = 0;
  for (const { path, size } of files) {
    parts.push(wholeFile(path, decompress ? undefined : 'none'));
    bytes += size;
    if (bytes < maxBytes) continue;
    splits.push({ kind: 'files', parts });
    parts = [];
    bytes = 0;
  }
  if (parts.length > 0) splits.push({ kind: 'files', parts });
  return splits;
}

function binaryBytes(
  files: readonly InputFile[],
  minPartitions: number,
  parallelism: number,
): number {
  const cost = totalBytes(files) + files.length * OPEN_COST_BYTES;
  const bytesPerCore = cost / Math.max(parallelism, minPartitions, 1);
  return Math.min(MAX_BINARY_BYTES, Math.max(OPEN_COST_BYTES, bytesPerCore));
}

function objectSplits(files: readonly InputFile[], minPartitions: number | undefined): FileSplit[] {
  const splitBytes =
    minPartitions === undefined ? BLOCK_BYTES : splitBytesFor(files, minPartitions);
  return files.flatMap(({ path, size }) => {
    const reader = new ObjectFileReader(path);
    try {
      const whole = wholeFile(path, reader.compression);
      if (size / splitBytes <= SLOP) return [alone(whole)];
      return blockRanges(reader, size, splitBytes).map(([startByte, endByte]) =>
        alone({ ...whole, startByte, endByte }),
      );
    } finally {
      reader.close();
    }
  });
}

/** Ranges of about `splitBytes` that begin and end with a block. */
function blockRanges(
  { index }: ObjectFileReader,
  size: number,
  splitBytes: number,
): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  let start = 0;
  for (const { offset } of index.slice(1)) {
    if (offset - start < splitBytes) continue;
    ranges.push([start, offset]);
    start = offset;
  }
  ranges.push([start, size]);
  return ranges;
}

/**
 * The parts of a complete output directory of object files, one split for each partition that was
 * written, in their order: what a job saved, read back with the same partitions.
 *
 * @throws FiresteelError PATH_NOT_FOUND without the marker of a completed output, CORRUPT_INPUT
 *   when a part is missing; and what `listSplits` throws
 */
export function listObjectParts(directory: string, numPartitions: number): FileSplit[] {
  const fileSystem = fileSystemOf(directory);
  if (!fileSystem.isComplete(directory))
    throw new FiresteelError(
      'PATH_NOT_FOUND',
      `Directory ${JSON.stringify(directory)} holds no complete output: there is no marker _SUCCESS in it.`,
      { data: { path: directory } },
    );
  if (numPartitions === 0) return [];
  const paths = new Map<number, string>();
  for (const file of fileSystem.listFiles(directory)) {
    const number = partitionOfName(path.basename(file.path));
    if (number === undefined || number >= numPartitions || paths.has(number))
      throw corruptDirectory(
        directory,
        `${JSON.stringify(file.path)} is none of the ${numPartitions} partitions that were written to it`,
      );
    paths.set(number, file.path);
  }
  return Array.from({ length: numPartitions }, (_, partition) => {
    const file = paths.get(partition);
    if (file === undefined)
      throw corruptDirectory(
        directory,
        `partition ${partition} of the ${numPartitions} that were written to it is missing`,
      );
    const reader = new ObjectFileReader(file);
    reader.close();
    return alone(wholeFile(file, reader.compression));
  });
}

function corruptDirectory(directory: string, reason: string): FiresteelError {
  return new FiresteelError(
    'CORRUPT_INPUT',
    `Directory ${JSON.stringify(directory)} is damaged: ${reason}.`,
    { data: { path: directory } },
  );
}
