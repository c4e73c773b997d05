import type { FilePart } from '@firesteel/plan';
import { corruptInput } from './file-errors.js';
import type { FileReader } from './file-reader.js';
import { openBytes } from './open-bytes.js';

const CHUNK_BYTES = 64 * 1024;

/** Rows of `recordBytes` bytes each. The rows of a chunk are views of one buffer. */
export function openRecords(part: FilePart, recordBytes: number): FileReader {
  const { path, compression, startByte, endByte } = part;
  const source = openBytes(path, compression, startByte);
  const chunkBytes = Math.max(1, Math.floor(CHUNK_BYTES / recordBytes)) * recordBytes;
  let position = startByte;
  return {
    get bytesRead() {
      return source.bytesRead;
    },
    readChunk() {
      const wanted = Math.min(chunkBytes, endByte - position);
      if (wanted <= 0) return null;
      const bytes = new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const count = source.read(bytes, filled, wanted - filled);
        if (count === 0) break;
        filled += count;
      }
      position += filled;
      if (filled % recordBytes !== 0 || (filled < wanted && Number.isFinite(endByte)))
        throw corruptInput(
          path,
          position,
          `it ends in the middle of a record of ${recordBytes} bytes`,
        );
      if (filled === 0) return null;
      const rows: Uint8Array[] = [];
      for (let at = 0; at < filled; at += recordBytes)
        rows.push(bytes.subarray(at, at + recordBytes));
      return rows;
    },
    close: () => source.close(),
  };
}
