import { constants } from 'node:buffer';
import { FiresteelError } from '@firesteel/common';
import type { FilePart } from '@firesteel/plan';
import { decoderOf } from './encoding.js';
import type { FileReader } from './file-reader.js';
import { startsWithByteOrderMark } from './line-bytes.js';
import { openBytes, readAll } from './open-bytes.js';

/**
 * A file as one row: `[path, text]`, or `[path, bytes]` without an encoding.
 *
 * @param encoding as `encodingName` spells it
 */
export function openWholeFile({ path, compression }: FilePart, encoding?: string): FileReader {
  const source = openBytes(path, compression);
  let isDone = false;
  return {
    get bytesRead() {
      return source.bytesRead;
    },
    readChunk() {
      if (isDone) return null;
      isDone = true;
      const bytes = contentOf(path, () => readAll(source));
      if (encoding === undefined)
        return [[path, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)]];
      if (bytes.length > constants.MAX_STRING_LENGTH) throw tooLarge(path);
      return [[path, textOf(bytes, encoding)]];
    },
    close: () => source.close(),
  };
}

function textOf(bytes: Buffer, encoding: string): string {
  const skipsMark = encoding === 'utf-8' && startsWithByteOrderMark(bytes);
  return decoderOf(encoding)(skipsMark ? bytes.subarray(3) : bytes);
}

function contentOf(path: string, read: () => Buffer): Buffer {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(path);
    throw error;
  }
}

function tooLarge(path: string): FiresteelError {
  return new FiresteelError(
    'PATH_NOT_READABLE',
    `Input file ${JSON.stringify(path)} is too large for one row. Read it with textFile or binaryRecords, in pieces.`,
    { data: { path } },
  );
}
