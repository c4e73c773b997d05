import type { Bitmap } from './bitmap.js';
import {
  align8,
  bitmapBytes,
  COLUMN_HEADER_BYTES,
  type ColumnKind,
  HAS_NULLS,
  HAS_UNDEFINEDS,
  writeUint32,
} from './block-format.js';

/** A column that is ready to be written into a block. */
export interface ColumnWriter {
  readonly length: number;
  /** Exact size of the encoded column, a multiple of 8. */
  sizeBytes(): number;
  /** Writes the column at an offset of `target`; returns the bytes written, `sizeBytes()`. */
  writeTo(target: Uint8Array, byteOffset: number): number;
}

/** The values of a column, without their null bitmaps. */
export abstract class ColumnData implements ColumnWriter {
  abstract readonly kind: ColumnKind;
  abstract readonly length: number;

  /** Kind-specific fields of the column header. */
  abstract variant(): number;
  abstract extra(): number;
  /** A multiple of 8. */
  abstract dataBytes(): number;
  abstract writeData(target: Uint8Array, byteOffset: number): void;
  sizeBytes(): number {
    return columnBytes(this, undefined, undefined);
  }

  writeTo(target: Uint8Array, byteOffset: number): number {
    return writeColumn(this, undefined, undefined, target, byteOffset);
  }
}

/** The data of a column that grows row by row. */
export interface GrowingColumn extends ColumnData {
  /** Takes the place of a null. */
  appendFiller(): void;
  /** Back to no rows; memory is kept for the next ones. */
  reset(): void;
  /** About how many bytes of memory it holds, in a time that does not depend on the rows. */
  readonly memoryBytes: number;
}

export function columnBytes(
  data: ColumnData,
  nulls: Bitmap | undefined,
  undefineds: Bitmap | undefined,
): number {
  const bitmaps = Number(nulls !== undefined) + Number(undefineds !== undefined);
  return COLUMN_HEADER_BYTES + bitmaps * bitmapBytes(data.length) + data.dataBytes();
}

/** Returns the bytes written. */
export function writeColumn(
  data: ColumnData,
  nulls: Bitmap | undefined,
  undefineds: Bitmap | undefined,
  target: Uint8Array,
  byteOffset: number,
): number {
  const size = columnBytes(data, nulls, undefineds);
  target[byteOffset] = data.kind;
  target[byteOffset + 1] =
    (nulls === undefined ? 0 : HAS_NULLS) | (undefineds === undefined ? 0 : HAS_UNDEFINEDS);
  target[byteOffset + 2] = data.variant();
  target[byteOffset + 3] = 0;
  writeUint32(target, byteOffset + 4, data.length);
  writeUint32(target, byteOffset + 8, size);
  writeUint32(target, byteOffset + 12, data.extra());
  let offset = byteOffset + COLUMN_HEADER_BYTES;
  for (const bitmap of [nulls, undefineds])
    if (bitmap !== undefined) offset += bitmap.writeTo(target, offset, data.length);
  data.writeData(target, offset);
  return size;
}

/** Copies typed memory into a block and clears the padding behind it, up to the next multiple of 8. */
export function writePadded(
  target: Uint8Array,
  byteOffset: number,
  source: ArrayBufferView,
  bytes: number,
): number {
  target.set(new Uint8Array(source.buffer, source.byteOffset, bytes), byteOffset);
  const end = byteOffset + bytes;
  const paddedEnd = byteOffset + align8(bytes);
  for (let i = end; i < paddedEnd; i++) target[i] = 0;
  return paddedEnd;
}
