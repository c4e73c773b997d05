import { invalidArgument } from '@firesteel/common';
import type { TextSplit } from '@firesteel/plan';
import { type InputFile, listFiles } from './list-files.js';

/** Hadoop's block size of a local file system. */
const BLOCK_BYTES = 32 * 1024 * 1024;
/** The last split of a file may be this much larger than the others. */
const SLOP = 1.1;

/**
 * The splits of a text input, in partition order; on the driver.
 *
 * `path` is a file, a directory (its files, not those of sub-directories: one of these is an
 * error), a glob (`*`, `?`, `[x]`, `{a,b}`, `**`) or a comma separated list of these; `file:`
 * URLs are accepted. Names that begin with `_` or `.` are ignored unless the path spells that
 * out. Items of a list come in its order, files of one item sorted by path.
 *
 * Sizes follow Hadoop's FileInputFormat: about total bytes / `minPartitions` each, at most 32 MiB,
 * the last one of a file up to 10 % larger. Files that end with `.gz` (in any case) are one split.
 * Empty files give none, so the result may be empty.
 *
 * @throws FiresteelError PATH_NOT_FOUND, PATH_EMPTY, PATH_NOT_READABLE, INVALID_ARGUMENT
 */
export function listTextSplits(path: string, minPartitions: number): TextSplit[] {
  if (!Number.isInteger(minPartitions) || minPartitions < 0)
    throw invalidArgument('minPartitions', 'a whole number', minPartitions);
  const files = listFiles(path);
  const totalBytes = files.reduce((sum, file) => sum + file.size, 0);
  const goalBytes = Math.floor(totalBytes / Math.max(1, minPartitions));
  const splitBytes = Math.max(1, Math.min(goalBytes, BLOCK_BYTES));
  return files.flatMap((file) => splitsOf(file, splitBytes));
}

function splitsOf(file: InputFile, splitBytes: number): TextSplit[] {
  const { path, size } = file;
  if (size === 0) return [];
  if (/\.gz$/i.test(path))
    return [
      { kind: 'text', path, startByte: 0, endByte: Number.POSITIVE_INFINITY, compression: 'gzip' },
    ];
  const splits: TextSplit[] = [];
  let startByte = 0;
  while ((size - startByte) / splitBytes > SLOP) {
    const endByte = startByte + splitBytes;
    splits.push({ kind: 'text', path, startByte, endByte, compression: 'none' });
    startByte = endByte;
  }
  if (startByte < size)
    splits.push({ kind: 'text', path, startByte, endByte: size, compression: 'none' });
  return splits;
}
