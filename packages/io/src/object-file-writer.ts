import { crc32 } from 'node:zlib';
import { BlockBuilder } from '@firesteel/codec';
import type { Compression } from '@firesteel/plan';
import { frameCodec } from './frame-codec.js';
import {
  encodeBlockHeader,
  encodeFileHeader,
  encodeIndex,
  encodeTrailer,
  type IndexEntry,
} from './object-file-format.js';

/** Blocks are cut at about this size, measured at the block before. */
const BLOCK_BYTES = 1024 * 1024;
const FIRST_BLOCK_ROWS = 1024;
const MAX_BLOCK_ROWS = 64 * 1024;

/** Rows to the bytes of an object file (docs/formats/object-file.md), in one pass. */
export class ObjectFileWriter {
  readonly #compress: ((bytes: Uint8Array) => Uint8Array) | undefined;
  readonly #emit: (bytes: Uint8Array) => void;
  readonly #builder = new BlockBuilder();
  readonly #index: IndexEntry[] = [];
  #offset = 0;
  #rowCount = 0;
  #rowsPerBlock = FIRST_BLOCK_ROWS;

  constructor(compression: Compression, emit: (bytes: Uint8Array) => void) {
    this.#compress = compression === 'none' ? undefined : frameCodec(compression).compress;
    this.#emit = emit;
    this.#write(encodeFileHeader(compression));
  }

  get rowCount(): number {
    return this.#rowCount + this.#builder.rowCount;
  }

  /** @throws FiresteelError UNSUPPORTED_VALUE, now or at the end of the block */
  add(row: unknown): void {
    this.#builder.appendRow(row);
    if (this.#builder.rowCount >= this.#rowsPerBlock) this.#writeBlock();
  }

  /** See `PartWriter`; the line is copied now. */
  addLine(view: DataView, at: number, end: number): void {
    this.#builder.appendAscii(view, at, end - at);
    if (this.#builder.rowCount >= this.#rowsPerBlock) this.#writeBlock();
  }

  endLines(): void {}

  finish(): void {
    if (this.#builder.rowCount > 0) this.#writeBlock();
    const index = encodeIndex(this.#index);
    const indexOffset = this.#offset;
    this.#write(index);
    this.#write(
      encodeTrailer({
        blockCount: this.#index.length,
        rowCount: this.#rowCount,
        indexOffset,
        indexChecksum: crc32(index),
      }),
    );
  }

  #writeBlock(): void {
    const builder = this.#builder;
    const { rowCount } = builder;
    const block = new Uint8Array(builder.sizeBytes());
    builder.writeTo(block, 0);
    builder.reset();
    const stored = this.#compress?.(block) ?? block;
    this.#index.push({ offset: this.#offset, rowCount });
    this.#rowCount += rowCount;
    this.#write(
      encodeBlockHeader({
        storedBytes: stored.length,
        blockBytes: block.length,
        rowCount,
        checksum: crc32(stored),
      }),
    );
    this.#write(stored);
    this.#write(new Uint8Array(-stored.length & 7));
    const fitting = Math.floor((BLOCK_BYTES * rowCount) / block.length);
    this.#rowsPerBlock = Math.min(MAX_BLOCK_ROWS, Math.max(1, fitting));
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#emit(bytes);
    this.#offset += bytes.length;
  }
}
