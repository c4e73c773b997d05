import { crc32 } from 'node:zlib';
import { type Block, openBlock } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import type { Compression, FilePart } from '@firesteel/plan';
import { corruptInput } from './file-errors.js';
import type { RandomAccessFile } from './file-system.js';
import { fileSystemOf } from './file-systems.js';
import { frameCodec } from './frame-codec.js';
import {
  BLOCK_HEADER_BYTES,
  decodeBlockHeader,
  decodeFileHeader,
  decodeIndex,
  decodeTrailer,
  FILE_HEADER_BYTES,
  FormatFault,
  INDEX_ENTRY_BYTES,
  type IndexEntry,
  TRAILER_BYTES,
} from './object-file-format.js';

/**
 * Reads the blocks of an object file that begin in a part of it. What is damaged is CORRUPT_INPUT
 * with file and offset; nothing is given of a block that does not match its checksum.
 */
export class ObjectFileReader {
  readonly compression: Compression;
  /** The blocks of the whole file. */
  readonly index: readonly IndexEntry[];
  readonly #file: RandomAccessFile;
  #next = 0;

  /**
   * @throws FiresteelError CORRUPT_INPUT for a file that is none or was cut off, PATH_NOT_FOUND or
   *   PATH_NOT_READABLE
   */
  constructor(path: string) {
    this.#file = fileSystemOf(path).open(path);
    try {
      this.compression = this.#decode(0, FILE_HEADER_BYTES, decodeFileHeader);
      const trailerOffset = this.#file.size - TRAILER_BYTES;
      if (trailerOffset < FILE_HEADER_BYTES)
        throw this.#corrupt(this.#file.size, 'it ends before its index; it was cut off');
      const trailer = this.#decode(trailerOffset, TRAILER_BYTES, decodeTrailer);
      const { blockCount, indexOffset, indexChecksum } = trailer;
      const indexBytes = blockCount * INDEX_ENTRY_BYTES;
      if (indexOffset + indexBytes !== trailerOffset)
        throw this.#corrupt(trailerOffset, 'its index does not lie before its end');
      this.index = this.#decode(indexOffset, indexBytes, (bytes) =>
        decodeIndex(bytes, indexChecksum),
      );
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  get bytesRead(): number {
    return this.#file.bytesRead;
  }

  /** The next block that begins in the part, null at its end. */
  readBlock({ startByte, endByte }: Pick<FilePart, 'startByte' | 'endByte'>): Block | null {
    for (;;) {
      const entry = this.index[this.#next];
      if (entry === undefined || entry.offset >= endByte) return null;
      this.#next++;
      if (entry.offset >= startByte) return this.#blockAt(entry);
    }
  }

  /** Idempotent. */
  close(): void {
    this.#file.close();
  }

  #blockAt({ offset, rowCount }: IndexEntry): Block {
    const header = this.#decode(offset, BLOCK_HEADER_BYTES, decodeBlockHeader);
    const dataOffset = offset + BLOCK_HEADER_BYTES;
    return this.#decode(dataOffset, header.storedBytes, (stored) => {
      if (crc32(stored) !== header.checksum)
        throw new FormatFault('the checksum of a block is wrong');
      const bytes =
        this.compression === 'none' ? stored : frameCodec(this.compression).decompress(stored);
      if (bytes.length !== header.blockBytes || rowCount !== header.rowCount)
        throw new FormatFault('a block does not have the size that it should have');
      return openBlock(bytes);
    });
  }

  #decode<T>(offset: number, length: number, decode: (bytes: Buffer) => T): T {
    if (offset + length > this.#file.size)
      throw this.#corrupt(this.#file.size, 'it ends in the middle of its data; it was cut off');
    const bytes = this.#file.readAt(offset, length);
    try {
      return decode(bytes);
    } catch (error) {
      const isFault = error instanceof FormatFault || FiresteelError.is(error, 'BLOCK_CORRUPT');
      throw this.#corrupt(offset, isFault ? error.message : `it cannot be decompressed (${error})`);
    }
  }

  #corrupt(byte: number, reason: string): FiresteelError {
    return corruptInput(this.#file.path, byte, reason);
  }
}
