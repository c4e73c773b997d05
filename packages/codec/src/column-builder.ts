import { asciiString } from './ascii-lines.js';
import { Bitmap } from './bitmap.js';
import { ColumnKind, MAX_MEMORYLESS_ROWS } from './block-format.js';
import { isPlainArray, isPlainObject } from './builtins.js';
import { ColumnParts } from './column-parts.js';
import {
  type ColumnData,
  type ColumnWriter,
  columnBytes,
  type GrowingColumn,
  writeColumn,
} from './column-writer.js';
import { Float64ColumnBuilder, type Int32ColumnBuilder } from './fixed-column-builders.js';
import type { ObjectColumnBuilder, TupleColumnBuilder } from './nested-column-builders.js';
import { openColumn } from './open-column.js';
import { ConstantColumnData } from './value-column-builders.js';
import { hasHole, isA, isInt32, isInt64 } from './value-predicates.js';

/**
 * A column that grows by append and takes its type from its values: the narrowest kind that holds
 * them all. When a value does not fit, the column is converted to a kind that holds it as well as
 * what came before: int32 to double, fixed-arity arrays to lists, anything to `any`.
 *
 * Values of `any` columns are kept by reference until the column is encoded, and must not change
 * before. Unsupported values are refused then, with UNSUPPORTED_VALUE.
 */
export class ColumnBuilder extends ColumnParts implements ColumnWriter {
  length = 0;
  /** Constant stands for "no value yet, only nulls". */
  private kind: ColumnKind = ColumnKind.Constant;
  private data: GrowingColumn | undefined;
  private nulls: Bitmap | undefined;
  private undefineds: Bitmap | undefined;

  append(value: unknown): void {
    switch (this.kind) {
      case ColumnKind.Int32:
      case ColumnKind.Float64:
        if (typeof value === 'number') {
          this.appendNumber(value);
          return;
        }
        break;
      case ColumnKind.String:
        if (typeof value === 'string') {
          this.strings?.append(value);
          this.length++;
          return;
        }
        break;
      case ColumnKind.Tuple:
        if (this.appendTuple(value)) return;
        break;
      case ColumnKind.Object:
        if (this.appendObject(value)) return;
        break;
      case ColumnKind.Boolean:
        if (typeof value === 'boolean') {
          this.booleans?.append(value);
          this.length++;
          return;
        }
        break;
      default:
        if (this.appendOther(value)) return;
    }
    this.appendMisfit(value);
  }

  appendNumber(value: number): void {
    if (this.kind === ColumnKind.Float64) {
      this.floats?.append(value);
      this.length++;
    } else if (this.kind === ColumnKind.Int32) {
      if (isInt32(value)) {
        this.ints?.append(value);
        this.length++;
      } else this.widenToFloat64(value);
    } else this.append(value);
  }

  appendString(value: string): void {
    if (this.kind === ColumnKind.String) {
      this.strings?.append(value);
      this.length++;
    } else this.append(value);
  }

  /** A string of ASCII that lies in memory and need not exist. */
  appendAscii(view: DataView, at: number, length: number): void {
    if (this.kind === ColumnKind.String) {
      this.strings?.appendAscii(view, at, length);
      this.length++;
    } else this.append(asciiString(view, at, length));
  }

  /** A `[first, second]` array whose second item is such a string. */
  appendAsciiPair(first: unknown, view: DataView, at: number, length: number): void {
    if (this.kind === ColumnKind.Tuple && this.tuple?.fields.length === 2) {
      appendTo(this.tuple.fields[0] as ColumnBuilder, first);
      (this.tuple.fields[1] as ColumnBuilder).appendAscii(view, at, length);
      this.tuple.length++;
      this.length++;
    } else this.append([first, asciiString(view, at, length)]);
  }

  /** A `[first, second]` array that need not exist. */
  appendPair(first: unknown, second: unknown): void {
    if (this.kind === ColumnKind.Tuple && this.tuple?.fields.length === 2) {
      appendTo(this.tuple.fields[0] as ColumnBuilder, first);
      appendTo(this.tuple.fields[1] as ColumnBuilder, second);
      this.tuple.length++;
      this.length++;
    } else this.append([first, second]);
  }

  /**
   * Costs a walk over the columns, and for `any` columns the encoding of their values.
   *
   * @throws FiresteelError UNSUPPORTED_VALUE
   */
  sizeBytes(): number {
    return columnBytes(this.encodable(), this.nulls, this.undefineds);
  }

  writeTo(target: Uint8Array, byteOffset: number): number {
    return writeColumn(this.encodable(), this.nulls, this.undefineds, target, byteOffset);
  }

  /** About how many bytes of memory it holds. */
  get memoryBytes(): number {
    const bitmaps = (this.nulls?.memoryBytes ?? 0) + (this.undefineds?.memoryBytes ?? 0);
    return (this.data?.memoryBytes ?? 0) + bitmaps;
  }

  /** Back to no rows and no type; memory is kept for the next rows. */
  reset(): void {
    this.length = 0;
    this.kind = ColumnKind.Constant;
    this.data = undefined;
    this.nulls = undefined;
    this.undefineds = undefined;
    this.any = undefined;
  }

  private appendTuple(value: unknown): boolean {
    const tuple = this.tuple as TupleColumnBuilder;
    const fields = tuple.fields;
    const n = fields.length;
    if (!isPlainArray(value) || value.length !== n) return false;
    let hole = false;
    for (let i = 0; i < n; i++) {
      const item = value[i];
      if (item === undefined && !(i in value)) hole = true;
      appendTo(fields[i] as ColumnBuilder, item);
    }
    tuple.length++;
    this.length++;
    if (hole) this.convertToAny(value);
    return true;
  }

  private appendObject(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    if (value.constructor !== Object && !isPlainObject(value)) return false;
    const object = this.object as ObjectColumnBuilder;
    const { keys, fields } = object;
    let i = 0;
    // for-in makes no array of keys, and an inherited key is a mismatch like any other.
    for (const key in value) {
      if (i === keys.length || key !== keys[i]) {
        i = -1;
        break;
      }
      appendTo(fields[i++] as ColumnBuilder, (value as Record<string, unknown>)[key]);
    }
    if (i !== keys.length) return this.appendOtherObject(value);
    object.length++;
    this.length++;
    return true;
  }

  /** The fields may hold a part of the object already; what they hold is dropped. */
  private appendOtherObject(value: object): boolean {
    const object = this.object as ObjectColumnBuilder;
    for (const field of object.fields) if (field.length === object.length) field.append(null);
    object.length++;
    this.length++;
    this.convertToAny(value);
    return true;
  }

  private appendOther(value: unknown): boolean {
    switch (this.kind) {
      case ColumnKind.Any:
        this.any?.append(value);
        break;
      case ColumnKind.List:
        if (!isPlainArray(value) || hasHole(value)) return false;
        this.list?.append(value);
        break;
      case ColumnKind.Bigint64:
        if (typeof value !== 'bigint' || !isInt64(value)) return false;
        this.bigints?.append(value);
        break;
      case ColumnKind.Date:
        if (!isA(value, 'Date')) return false;
        this.dates?.append((value as Date).getTime());
        break;
      case ColumnKind.Bytes:
        if (!isA(value, this.bytes?.buffers ? 'Buffer' : 'Uint8Array')) return false;
        this.bytes?.append(value as Uint8Array);
        break;
      default:
        return false;
    }
    this.length++;
    return true;
  }

  /** A value that the column as it is cannot take. */
  private appendMisfit(value: unknown): void {
    if (value === null || value === undefined) this.appendNullish(value);
    else if (this.kind === ColumnKind.Constant) {
      this.begin(value);
      this.append(value);
    } else if (this.kind === ColumnKind.Tuple && isPlainArray(value) && !hasHole(value)) {
      this.convertToList();
      this.append(value);
    } else {
      this.convertToAny();
      this.append(value);
    }
  }

  private appendNullish(value: null | undefined): void {
    if (value === null) {
      this.nulls ??= new Bitmap();
      this.nulls.set(this.length);
    } else {
      this.undefineds ??= new Bitmap();
      this.undefineds.set(this.length);
    }
    this.data?.appendFiller();
    this.length++;
  }

  /** Takes the kind of the first value that is not null or undefined. */
  private begin(value: unknown): void {
    const data = this.dataFor(value);
    data.reset();
    for (let i = 0; i < this.length; i++) data.appendFiller();
    this.data = data;
    this.kind = data.kind;
  }

  protected override child(step: string): ColumnBuilder {
    return new ColumnBuilder(this.path + step, this.depth + 1);
  }

  private widenToFloat64(value: number): void {
    const ints = this.ints as Int32ColumnBuilder;
    this.floats ??= new Float64ColumnBuilder();
    this.floats.reset();
    for (const int of ints.values()) this.floats.append(int);
    this.floats.append(value);
    this.data = this.floats;
    this.kind = ColumnKind.Float64;
    this.length++;
  }

  private convertToList(): void {
    const rows = this.decoded();
    const list = this.listData();
    list.reset();
    for (const row of rows) {
      if (row === null || row === undefined) list.appendFiller();
      else list.append(row as readonly unknown[]);
    }
    this.data = list;
    this.kind = ColumnKind.List;
  }

  /** @param last what the last row really is, if the column could not hold it */
  private convertToAny(last?: object): void {
    const any = this.anyData();
    const values = this.decoded();
    if (last !== undefined) values[values.length - 1] = last;
    any.reset();
    for (const value of values) any.append(value);
    this.data = any;
    this.kind = ColumnKind.Any;
    // An any column holds its nulls itself.
    this.nulls = undefined;
    this.undefineds = undefined;
  }

  /** The values so far, as a reader of the block would see them. */
  private decoded(): unknown[] {
    const bytes = new Uint8Array(this.sizeBytes());
    this.writeTo(bytes, 0);
    return openColumn(bytes, 0).toArray();
  }

  /** What is written: the data, or one value where all rows have the same. */
  private encodable(): ColumnData {
    if (this.data === undefined)
      return new ConstantColumnData(this.length, this.nulls === undefined ? undefined : null);
    const nullable = this.nulls !== undefined || this.undefineds !== undefined;
    if (!nullable && this.length <= MAX_MEMORYLESS_ROWS) {
      switch (this.kind) {
        case ColumnKind.Int32:
          if (this.ints?.isConstant())
            return new ConstantColumnData(this.length, this.ints.values()[0]);
          break;
        case ColumnKind.Float64:
          if (this.floats?.isConstant())
            return new ConstantColumnData(this.length, this.floats.values()[0]);
          break;
        case ColumnKind.Boolean:
          if (this.booleans?.isConstant())
            return new ConstantColumnData(this.length, this.booleans.first());
          break;
      }
    }
    return this.data;
  }
}

/** Like `append`, but without a recursive call for strings and numbers: V8 inlines none of those. */
function appendTo(column: ColumnBuilder, value: unknown): void {
  if (typeof value === 'number') column.appendNumber(value);
  else if (typeof value === 'string') column.appendString(value);
  else column.append(value);
}
