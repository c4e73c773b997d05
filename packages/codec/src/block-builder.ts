import { crc32 } from 'node:zlib';
import { FiresteelError } from '@firesteel/common';
import { blockTooLarge } from './block-errors.js';
import {
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  BLOCK_VERSION,
  HAS_CHECKSUM,
  MAX_BLOCK_BYTES,
  MAX_BLOCK_ROWS,
  writeUint32,
} from './block-format.js';
import { ColumnBuilder } from './column-builder.js';
import type { ColumnWriter } from './column-writer.js';
import { TupleColumnData } from './nested-column-builders.js';

export interface BlockWriteOptions {
  /** Write a CRC-32, for blocks that leave the process; default false. */
  readonly checksum?: boolean;
}

/** Rows that can be written as a block, once or several times. */
export interface BlockWriter {
  readonly rowCount: number;
  /**
   * Exact size of the encoded block, a multiple of 8. A walk over the columns, except that values
   * of `any` columns are encoded now if they are not yet.
   *
   * @throws FiresteelError UNSUPPORTED_VALUE, naming the path to a value that cannot travel
   */
  sizeBytes(): number;
  /** Writes the block at a multiple of 8 in `target`; returns the bytes written, `sizeBytes()`. */
  writeTo(target: Uint8Array, byteOffset: number, options?: BlockWriteOptions): number;
}

/**
 * Rows of any shape to one columnar block (docs/formats/block.md). About 30 ns a row for
 * `[string, number]` pairs.
 *
 * Numbers, strings, booleans, null, undefined, bigints, dates, bytes, arrays and plain objects of
 * one shape go to typed columns; everything else to `any` columns, which keep references to the
 * values until the block is written: rows must not be changed before. In typed columns arrays and
 * objects are values: identity shared inside a row is not kept. A builder is useless after an append
 * threw.
 */
export class BlockBuilder implements BlockWriter {
  private readonly root = new ColumnBuilder();

  get rowCount(): number {
    return this.root.length;
  }

  appendRow(row: unknown): void {
    this.root.append(row);
  }

  /** The row `[key, value]`, without making the array. */
  appendPair(key: unknown, value: unknown): void {
    this.root.appendPair(key, value);
  }

  /** The row that is a string of ASCII at `at` in memory, without making the string. */
  appendAscii(view: DataView, at: number, length: number): void {
    this.root.appendAscii(view, at, length);
  }

  /** The row `[key, value]` with such a string as its value. */
  appendAsciiPair(key: unknown, view: DataView, at: number, length: number): void {
    this.root.appendAsciiPair(key, view, at, length);
  }

  sizeBytes(): number {
    return BLOCK_HEADER_BYTES + this.root.sizeBytes();
  }

  writeTo(target: Uint8Array, byteOffset: number, options?: BlockWriteOptions): number {
    return writeBlock(this.root, target, byteOffset, options);
  }

  /** About how many bytes of memory it holds, in a time that does not depend on the rows. */
  get memoryBytes(): number {
    return this.root.memoryBytes;
  }

  /** Back to no rows; memory is kept for the next block, the types are inferred anew. */
  reset(): void {
    this.root.reset();
  }
}

/**
 * A block of `[key, value]` rows straight from two columns of `rowCount` values, such as a
 * `StringColumnBuilder` and a `Float64ColumnBuilder`: no row is ever made.
 */
export function pairBlockOf(
  rowCount: number,
  keys: ColumnWriter,
  values: ColumnWriter,
): BlockWriter {
  if (keys.length !== rowCount || values.length !== rowCount)
    throw new FiresteelError(
      'INTERNAL',
      `A block of ${rowCount} pairs was given ${keys.length} keys and ${values.length} values.`,
    );
  return blockOf(new TupleColumnData(rowCount, [keys, values]));
}

/** A block whose rows are the values of one column. */
export function blockOf(root: ColumnWriter): BlockWriter {
  return {
    rowCount: root.length,
    sizeBytes: () => BLOCK_HEADER_BYTES + root.sizeBytes(),
    writeTo: (target, byteOffset, options) => writeBlock(root, target, byteOffset, options),
  };
}

/** The block in shared memory of its own. */
export function encodeBlock(block: BlockWriter, options?: BlockWriteOptions): SharedArrayBuffer {
  const size = block.sizeBytes();
  if (size > MAX_BLOCK_BYTES) throw blockTooLarge(`${size} bytes`);
  const shared = new SharedArrayBuffer(size);
  block.writeTo(new Uint8Array(shared), 0, options);
  return shared;
}

/**
 * All rows as one block in shared memory.
 *
 * @throws FiresteelError UNSUPPORTED_VALUE, naming the path to a value that cannot travel
 */
export function encodeRows(
  rows: readonly unknown[],
  options?: BlockWriteOptions,
): SharedArrayBuffer {
  const builder = new BlockBuilder();
  for (let i = 0; i < rows.length; i++) builder.appendRow(rows[i]);
  return encodeBlock(builder, options);
}

function writeBlock(
  root: ColumnWriter,
  target: Uint8Array,
  byteOffset: number,
  options: BlockWriteOptions | undefined,
): number {
  if (root.length > MAX_BLOCK_ROWS) throw blockTooLarge(`${root.length} rows`);
  const size = BLOCK_HEADER_BYTES + root.writeTo(target, byteOffset + BLOCK_HEADER_BYTES);
  writeUint32(target, byteOffset, BLOCK_MAGIC);
  target[byteOffset + 4] = BLOCK_VERSION;
  target[byteOffset + 5] = 0;
  target[byteOffset + 6] = options?.checksum ? HAS_CHECKSUM : 0;
  target[byteOffset + 7] = 0;
  writeUint32(target, byteOffset + 8, size);
  writeUint32(target, byteOffset + 12, root.length);
  writeUint32(target, byteOffset + 16, 0);
  writeUint32(target, byteOffset + 20, 0);
  if (options?.checksum)
    writeUint32(target, byteOffset + 16, crc32(target.subarray(byteOffset, byteOffset + size)));
  return size;
}
