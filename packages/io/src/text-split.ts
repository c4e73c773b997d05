import type { TextSplit } from '@firesteel/plan';
import { GunzipSource } from './gunzip-source.js';
import { firstByteToRead, type LineReader, SplitLineReader } from './line-reader.js';
import { LocalFile } from './local-file.js';

/**
 * Opens a split for reading; on executors. Each line of a file belongs to the split that holds
 * its first byte. Memory is bounded by the longest line, for gzip files too.
 *
 * @throws FiresteelError PATH_NOT_FOUND or PATH_NOT_READABLE when the file cannot be opened; see
 *   `LineReader.readChunk` for later ones
 */
export function openTextSplit(split: TextSplit): LineReader {
  const file = new LocalFile(
    split.path,
    split.compression === 'none' ? firstByteToRead(split.startByte) : 0,
  );
  if (split.compression === 'none') return new SplitLineReader(file, split);
  return new SplitLineReader(new GunzipSource(file), {
    startByte: 0,
    endByte: Number.POSITIVE_INFINITY,
  });
}
