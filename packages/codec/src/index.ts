/** Canonical keys (equality, hash, order), columnar blocks and the encoding of single values. */
export {
  type AsciiLines,
  AsciiLinesBuilder,
  type AsciiStrings,
  asciiString,
  copyAscii,
  lineStrings,
} from './ascii-lines.js';
export { type Block, decodeRows, type OpenBlockOptions, openBlock } from './block.js';
export {
  BlockBuilder,
  type BlockWriteOptions,
  type BlockWriter,
  blockOf,
  encodeBlock,
  encodeRows,
  pairBlockOf,
} from './block-builder.js';
export type { BytesColumn } from './bytes-column.js';
export { ColumnBuilder } from './column-builder.js';
export type { ColumnWriter } from './column-writer.js';
export type { Column } from './columns.js';
export {
  filledFloat64Column,
  filledInt32Column,
  filledLatin1Column,
} from './filled-columns.js';
export { Float64ColumnBuilder, Int32ColumnBuilder } from './fixed-column-builders.js';
export type {
  Bigint64Column,
  BooleanColumn,
  DateColumn,
  Float64Column,
  Int32Column,
} from './fixed-columns.js';
export { finishHash, hashNumber, hashString, mixWord } from './hash.js';
export { assertKey } from './key-check.js';
export { keysEqual } from './key-equality.js';
export { hashKey, secondHashKey } from './key-hash.js';
export type { KeyInstance } from './key-kind.js';
export { compareKeys } from './key-order.js';
export { KeyedMap } from './keyed-map.js';
export type { ListColumn, ObjectColumn, TupleColumn } from './nested-columns.js';
export {
  addRowClass,
  isRowClassNameTaken,
  type RowClass,
  rowClassOf,
  useRowClasses,
} from './row-classes.js';
export { estimateRowsBytes } from './size-estimate.js';
export type { StringColumn } from './string-column.js';
export { StringColumnBuilder } from './string-column-builder.js';
export { decodeValue, encodeValue } from './value-codec.js';
export type { AnyColumn, ConstantColumn } from './value-columns.js';
