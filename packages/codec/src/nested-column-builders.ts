import { align8, ColumnKind } from './block-format.js';
import type { ColumnBuilder } from './column-builder.js';
import { ColumnData, type ColumnWriter, type GrowingColumn, writePadded } from './column-writer.js';
import { grown } from './fixed-column-builders.js';
import { StringColumnBuilder } from './string-column-builder.js';

/** Arrays of one length from columns that are complete already: one for each position. */
export class TupleColumnData extends ColumnData {
  readonly kind = ColumnKind.Tuple;

  constructor(
    readonly length: number,
    private readonly columns: readonly ColumnWriter[],
  ) {
    super();
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return this.columns.length;
  }

  override dataBytes(): number {
    return sumOfSizes(this.columns);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    writeColumns(this.columns, target, byteOffset);
  }
}

/** Arrays of one length: a growing column for each position. */
export class TupleColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.Tuple;
  length = 0;

  constructor(readonly fields: readonly ColumnBuilder[]) {
    super();
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return this.fields.length;
  }

  override dataBytes(): number {
    return sumOfSizes(this.fields);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    writeColumns(this.fields, target, byteOffset);
  }

  appendFiller(): void {
    for (const field of this.fields) field.append(null);
    this.length++;
  }

  get memoryBytes(): number {
    return sumOfMemory(this.fields);
  }

  reset(): void {
    for (const field of this.fields) field.reset();
    this.length = 0;
  }
}

/** Plain objects with the same keys in the same order: a column of the keys, one for each value. */
export class ObjectColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.Object;
  length = 0;
  private readonly names = new StringColumnBuilder();

  constructor(
    readonly keys: readonly string[],
    readonly fields: readonly ColumnBuilder[],
  ) {
    super();
    for (const key of keys) this.names.append(key);
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return this.fields.length;
  }

  override dataBytes(): number {
    return this.names.sizeBytes() + sumOfSizes(this.fields);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    writeColumns(this.fields, target, byteOffset + this.names.writeTo(target, byteOffset));
  }

  appendFiller(): void {
    for (const field of this.fields) field.append(null);
    this.length++;
  }

  get memoryBytes(): number {
    return sumOfMemory(this.fields);
  }

  reset(): void {
    for (const field of this.fields) field.reset();
    this.length = 0;
  }
}

/** Arrays of any length: one column for all their items, and where each array begins and ends. */
export class ListColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.List;
  length = 0;
  /** One more than there are rows; the first is 0. */
  private offsets = new Int32Array(256);

  constructor(private readonly items: ColumnBuilder) {
    super();
  }

  append(values: readonly unknown[]): void {
    for (let i = 0; i < values.length; i++) this.items.append(values[i]);
    this.appendFiller();
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return this.items.length;
  }

  override dataBytes(): number {
    return align8((this.length + 1) * 4) + this.items.sizeBytes();
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    const itemsOffset = writePadded(target, byteOffset, this.offsets, (this.length + 1) * 4);
    this.items.writeTo(target, itemsOffset);
  }

  appendFiller(): void {
    if (this.length + 1 === this.offsets.length) this.offsets = grown(this.offsets);
    this.offsets[++this.length] = this.items.length;
  }

  get memoryBytes(): number {
    return this.offsets.byteLength + this.items.memoryBytes;
  }

  reset(): void {
    this.items.reset();
    this.length = 0;
  }
}

function sumOfSizes(columns: readonly ColumnWriter[]): number {
  let size = 0;
  for (const column of columns) size += column.sizeBytes();
  return size;
}

function sumOfMemory(columns: readonly ColumnBuilder[]): number {
  let bytes = 0;
  for (const column of columns) bytes += column.memoryBytes;
  return bytes;
}

function writeColumns(
  columns: readonly ColumnWriter[],
  target: Uint8Array,
  byteOffset: number,
): void {
  let offset = byteOffset;
  for (const column of columns) offset += column.writeTo(target, offset);
}
