import type { FilePart } from '@firesteel/plan';
import type { ByteSource } from './byte-source.js';
import { isSplittableEncoding } from './encoding.js';
import { firstByteToRead, type LineReader, SplitLineReader } from './line-reader.js';
import { openBytes } from './open-bytes.js';
import { TranscodingSource } from './transcoding-source.js';

/**
 * Opens the lines of a part of a file; on executors. Each line of a file belongs to the part that
 * holds its first byte. Memory is bounded by the longest line, for compressed files too.
 *
 * @param encoding as `encodingName` spells it
 * @throws FiresteelError PATH_NOT_FOUND or PATH_NOT_READABLE when the file cannot be opened; see
 *   `LineReader.readChunk` for later ones
 */
export function openLines(part: FilePart, encoding: string): LineReader {
  const { path, compression, startByte, endByte } = part;
  const bytes = openBytes(path, compression, firstByteToRead(startByte));
  let source: ByteSource = bytes;
  let lineEncoding = encoding;
  if (!isSplittableEncoding(encoding)) {
    source = new TranscodingSource(bytes, encoding);
    lineEncoding = 'utf-8';
  }
  return new SplitLineReader(source, { startByte, endByte, encoding: lineEncoding });
}
