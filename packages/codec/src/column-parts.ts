import { ColumnKind, MAX_COLUMN_DEPTH } from './block-format.js';
import { builtinName, isPlainArray, isPlainObject } from './builtins.js';
import { BytesColumnBuilder } from './bytes-column-builder.js';
import type { ColumnBuilder } from './column-builder.js';
import type { GrowingColumn } from './column-writer.js';
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
import { StringColumnBuilder } from './string-column-builder.js';
import { AnyColumnBuilder } from './value-column-builders.js';
import { hasHole, isInt32, isInt64 } from './value-predicates.js';

/** Longer arrays go to a list column from the start. */
const MAX_TUPLE_FIELDS = 16;
/** Objects with more keys are dictionaries rather than records. */
const MAX_OBJECT_FIELDS = 64;

/** The typed data that a growing column may hold, one at a time, and which of them a value needs. */
export abstract class ColumnParts {
  // Parts are kept over a reset and a change of kind, for their memory.
  protected ints: Int32ColumnBuilder | undefined;
  protected floats: Float64ColumnBuilder | undefined;
  protected strings: StringColumnBuilder | undefined;
  protected booleans: BooleanColumnBuilder | undefined;
  protected bigints: Bigint64ColumnBuilder | undefined;
  protected dates: Float64ColumnBuilder | undefined;
  protected bytes: BytesColumnBuilder | undefined;
  protected tuple: TupleColumnBuilder | undefined;
  protected object: ObjectColumnBuilder | undefined;
  protected list: ListColumnBuilder | undefined;
  protected any: AnyColumnBuilder | undefined;

  /**
   * @param path where the values lie in the user's rows, such as `[1].name`, for messages
   * @param depth of the column inside others
   */
  constructor(
    protected readonly path = '',
    protected readonly depth = 0,
  ) {}

  protected abstract child(step: string): ColumnBuilder;

  /** Data of the narrowest kind that holds the value; it may have rows of an earlier use. */
  protected dataFor(value: unknown): GrowingColumn {
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

  protected anyData(): AnyColumnBuilder {
    this.any ??= new AnyColumnBuilder(this.path);
    return this.any;
  }

  protected listData(): ListColumnBuilder {
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
}
