/** Constants and byte arithmetic of the block format; docs/formats/block.md is its specification. */

/** `FSTB` in little-endian order. */
export const BLOCK_MAGIC = 0x42545346;
export const BLOCK_VERSION = 1;
export const BLOCK_HEADER_BYTES = 24;
export const COLUMN_HEADER_BYTES = 16;

/** Bit of the block's flags. */
export const HAS_CHECKSUM = 1;

/** Bits of a column's flags. */
export const HAS_NULLS = 1;
export const HAS_UNDEFINEDS = 2;

/** Bits of a string column's variant. */
export const NARROW_LENGTHS = 1;
export const ALL_LATIN1 = 2;

/** Variant of a bytes column whose values are Buffers. */
export const BUFFERS = 1;

/** Column types nest this deep; deeper values lie in an `any` column. */
export const MAX_COLUMN_DEPTH = 16;

/** Offsets in a block are int32. */
export const MAX_BLOCK_BYTES = 2 ** 31 - 8;
export const MAX_BLOCK_ROWS = 2 ** 27;
/** Bounds the rows of columns that take no memory for them, and so what a damaged count can cost. */
export const MAX_MEMORYLESS_ROWS = 2 ** 24;

/** Codes of the column kinds. */
export const ColumnKind = {
  Constant: 0,
  Int32: 1,
  Float64: 2,
  String: 3,
  Boolean: 4,
  Bigint64: 5,
  Date: 6,
  Bytes: 7,
  Tuple: 8,
  Object: 9,
  List: 10,
  Any: 11,
} as const;

export type ColumnKind = (typeof ColumnKind)[keyof typeof ColumnKind];

/** The next multiple of 8. */
export function align8(bytes: number): number {
  return bytes + (-bytes & 7);
}

export function bitmapBytes(length: number): number {
  return align8((length + 7) >>> 3);
}

export function writeUint32(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value;
  target[offset + 1] = value >>> 8;
  target[offset + 2] = value >>> 16;
  target[offset + 3] = value >>> 24;
}

export function readUint32(source: Uint8Array, offset: number): number {
  return (
    ((source[offset] as number) |
      ((source[offset + 1] as number) << 8) |
      ((source[offset + 2] as number) << 16) |
      ((source[offset + 3] as number) << 24)) >>>
    0
  );
}
