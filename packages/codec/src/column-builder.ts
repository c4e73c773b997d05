import { Bitmap } from './bitmap.js';
import { ColumnKind, MAX_COLUMN_DEPTH, MAX_MEMORYLESS_ROWS } from './block-format.js';
import { builtinName, isPlainArray, isPlainObject } from './builtins.js';
import { BytesColumnBuilder } from './bytes-column-builder.js';
import {
  type ColumnData,
  type ColumnWriter,
  columnBytes,
  type GrowingColumn,
  writeColumn,
} from './column-writer.js';
import { propertyStep } from './fidelity.js';
import {
  Bigint64ColumnBuilder,
  BooleanColumnBuilder,
  Float64ColumnBuilder,
  Int32ColumnBuilder,
} from './fixed-column-builders.js';
import {
  ListColumnBuilder,
  ObjectColumnBuilder,
  TupleColumnBuilder,
} from './nested-column-builders.js';
import { openColumn } from './open-column.js';
import { StringColumnBuilder } from './string-column-builder.js';
import { AnyColumnBuilder, ConstantColumnData } from './value-column-builders.js';

/** Longer arrays go to a list column from the start. */
const MAX_TUPLE_FIELDS = 16;
/** Objects with more keys are dictionaries rather than records. */
const MAX_OBJECT_FIELDS = 64;

/**
 * A column that grows by append and takes its type from its values: the narrowest kind that holds
 * them all. When a value does not fit, the column is converted to a kind that holds it as well as
 * what came before: int32 to double, fixed-arity arrays to lists, anything to `any`.
 *
 * Values of `any` columns are kept by reference until the column is encoded, and must not change
 * before. Unsupported values are refused then, with UNSUPPORTED_VALUE.
 */
export class ColumnBuilder implements ColumnWriter {
  length = 0;
  /** Constant stands for "no value yet, only nulls". */
  private kind: ColumnKind = ColumnKind.Constant;
  private data: GrowingColumn | undefined;
  private nulls: Bitmap | undefined;
  private undefineds: Bitmap | undefined;

  // Parts are kept over a reset and a change of kind, for their memory.
  private ints: Int32ColumnBuilder | undefined;
  private floats: Float64ColumnBuilder | undefined;
  private strings: StringColumnBuilder | undefined;
  private booleans: BooleanColumnBuilder | undefined;
  private bigints: Bigint64ColumnBuilder | undefined;
  private dates: Float64ColumnBuilder | undefined;
  private bytes: BytesColumnBuilder | undefined;
  private tuple: TupleColumnBuilder | undefined;
  private object: ObjectColumnBuilder | undefined;
  private list: ListColumnBuilder | undefined;
  private any: AnyColumnBuilder | undefined;

  /**
   * @param path where the values lie in the user's rows, such as `[1].name`, for messages
   * @param depth of the column inside others
   */
  constructor(
    private readonly path = '',
    private readonly depth = 0,
  ) {}

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

  private dataFor(value: unknown): GrowingColumn {
    switch (typeof value) {
      case 'number':
        if (isInt32(value)) {
          this.ints ??= new Int32ColumnBuilder();
          return this.ints;
        }
        this.floats ??= new Float64ColumnBuilder();
        return this.floats;
      case 'string':
        this.strings ??= new StringColumnBuilder();
        return this.strings;
      case 'boolean':
        this.booleans ??= new BooleanColumnBuilder();
        return this.booleans;
      case 'bigint':
        if (!isInt64(value)) return this.anyData();
        this.bigints ??= new Bigint64ColumnBuilder();
        return this.bigints;
      case 'object':
        return this.dataForObject(value as object);
      default:
        return this.anyData();
    }
  }

  private dataForObject(value: object): GrowingColumn {
    if (isPlainArray(value)) {
      if (this.depth >= MAX_COLUMN_DEPTH || hasHole(value)) return this.anyData();
      return value.length === 0 || value.length > MAX_TUPLE_FIELDS
        ? this.listData()
        : this.tupleData(value.length);
    }
    if (isPlainObject(value)) {
      const keys = Object.keys(value);
      if (
        this.depth >= MAX_COLUMN_DEPTH ||
        keys.length > MAX_OBJECT_FIELDS ||
        keys.includes('__proto__')
      )
        return this.anyData();
      return this.objectData(keys);
    }
    switch (builtinName(value)) {
      case 'Date':
        this.dates ??= new Float64ColumnBuilder(ColumnKind.Date);
        return this.dates;
      case 'Uint8Array':
      case 'Buffer':
        this.bytes ??= new BytesColumnBuilder();
        this.bytes.buffers = builtinName(value) === 'Buffer';
        return this.bytes;
      default:
        return this.anyData();
    }
  }

  private anyData(): AnyColumnBuilder {
    this.any ??= new AnyColumnBuilder(this.path);
    return this.any;
  }

  private listData(): ListColumnBuilder {
    this.list ??= new ListColumnBuilder(this.child('[]'));
    return this.list;
  }

  private tupleData(arity: number): TupleColumnBuilder {
    if (this.tuple?.fields.length !== arity)
      this.tuple = new TupleColumnBuilder(
        Array.from({ length: arity }, (_, i) => this.child(`[${i}]`)),
      );
    return this.tuple;
  }

  private objectData(keys: readonly string[]): ObjectColumnBuilder {
    const known = this.object?.keys;
    if (known?.length !== keys.length || !keys.every((key, i) => key === known[i]))
      this.object = new ObjectColumnBuilder(
        keys,
        keys.map((key) => this.child(propertyStep(key))),
      );
    return this.object as ObjectColumnBuilder;
  }

  private child(step: string): ColumnBuilder {
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

function isInt32(value: number): boolean {
  return (value | 0) === value && (value !== 0 || 1 / value > 0);
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

function isA(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && builtinName(value) === name;
}

function hasHole(values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i++)
    if (values[i] === undefined && !(i in values)) return true;
  return false;
}
