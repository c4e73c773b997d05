import { FiresteelError, shown } from '@firesteel/common';
import * as arrow from 'apache-arrow';
import type { ColumnSlice } from './columns-of-table.js';

/**
 * The table of columns that lie in slices, one after the other.
 *
 * @throws FiresteelError UNSUPPORTED_VALUE for a value that its column cannot hold exactly
 */
export function tableOf<C extends arrow.TypeMap>(
  slices: readonly ColumnSlice[],
  schema?: arrow.Schema<C>,
): arrow.Table<C> {
  const rowCount = slices.reduce((sum, slice) => sum + slice.rowCount, 0);
  const names = schema?.names ?? [...new Set(slices.flatMap((slice) => slice.names))];
  const columns = names.map((name) => joined(slices, name as string));
  const of =
    schema ??
    new arrow.Schema<C>(
      names.map((name, i) => {
        const type = typeOf(name as string, columns[i] ?? []) as C[keyof C];
        return new arrow.Field(name as string, type, true);
      }),
    );
  const children = of.fields.map(({ name, type, nullable }, i) => {
    const values = columns[i] ?? [];
    if (!nullable && values.includes(null))
      throw refused(String(name), 'null', 'is not nullable by the schema');
    for (const value of values) checkFits(String(name), type, value);
    return dataOf(String(name), type, values);
  });
  if (rowCount === 0) return new arrow.Table(of);
  const type = new arrow.Struct<C>(of.fields);
  const data = arrow.makeData({ type, length: rowCount, nullCount: 0, children });
  return new arrow.Table(of, new arrow.RecordBatch<C>(of, data));
}

function joined(slices: readonly ColumnSlice[], name: string): unknown[] {
  return slices.flatMap(({ names, columns, rowCount }) => {
    const column = columns[names.indexOf(name)];
    return column === undefined ? new Array<unknown>(rowCount).fill(null) : Array.from(column);
  });
}

function dataOf(name: string, type: arrow.DataType, values: unknown[]): arrow.Data {
  try {
    const { data } = arrow.vectorFromArray(values, type);
    return data[0] as arrow.Data;
  } catch (error) {
    throw new FiresteelError(
      'UNSUPPORTED_VALUE',
      `Column ${JSON.stringify(name)} cannot be made as type ${type}: ${(error as Error).message}`,
      { cause: error, data: { column: name } },
    );
  }
}

/** The type of a column, by all of its values. */
function typeOf(name: string, values: readonly unknown[]): arrow.DataType {
  const present = values.filter((value) => value !== null && value !== undefined);
  const kinds = [...new Set(present.map(kindOf))];
  const [kind = 'null'] = kinds;
  if (kinds.length > 1)
    throw refused(name, kinds.join(' and '), 'can be of one kind only; give a schema, or map it');
  switch (kind) {
    case 'null':
      return new arrow.Null();
    case 'number':
      return new arrow.Float64();
    case 'bigint':
      return new arrow.Int64();
    case 'boolean':
      return new arrow.Bool();
    case 'string':
      return new arrow.Utf8();
    case 'Date':
      return new arrow.TimestampMillisecond();
    case 'Uint8Array':
      return new arrow.Binary();
    case 'array': {
      const item = typeOf(`${name}[]`, (present as unknown[][]).flat(1));
      return new arrow.List(new arrow.Field('item', item, true));
    }
    case 'object': {
      const objects = present as Record<string, unknown>[];
      const keys = [...new Set(objects.flatMap((object) => Object.keys(object)))];
      const fields = keys.map((key) => {
        const type = typeOf(
          `${name}.${key}`,
          objects.map((object) => object[key]),
        );
        return new arrow.Field(key, type, true);
      });
      return new arrow.Struct(fields);
    }
    default:
      throw refused(name, kind, 'has no type of Arrow; map it to plain values first');
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'Date';
  if (value instanceof Uint8Array) return 'Uint8Array';
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return 'object';
  return value.constructor.name;
}

/** The builders of the library take anything, and wrap or truncate what does not fit. */
function checkFits(name: string, type: arrow.DataType, value: unknown): void {
  if (value === null || value === undefined) return;
  if (!fits(name, type, value))
    throw refused(name, shown(value), `is of type ${type}, which cannot hold it`);
}

function fits(name: string, type: arrow.DataType, value: unknown): boolean {
  if (arrow.DataType.isInt(type)) return isInteger(value, type);
  if (arrow.DataType.isFloat(type)) return isFloat(value, type.precision);
  if (arrow.DataType.isBool(type)) return typeof value === 'boolean';
  if (arrow.DataType.isUtf8(type) || arrow.DataType.isLargeUtf8(type))
    // A lone surrogate would become another character.
    return typeof value === 'string' && !/\p{Surrogate}/u.test(value);
  if (arrow.DataType.isBinary(type) || arrow.DataType.isLargeBinary(type))
    return value instanceof Uint8Array;
  if (arrow.DataType.isDate(type))
    return (
      isDate(value) && (type.unit !== arrow.DateUnit.DAY || value.getTime() % 86_400_000 === 0)
    );
  if (arrow.DataType.isTimestamp(type))
    return isDate(value) && (type.unit !== arrow.TimeUnit.SECOND || value.getTime() % 1000 === 0);
  if (arrow.DataType.isDictionary(type)) return fits(name, type.dictionary, value);
  if (arrow.DataType.isNull(type)) return false;
  if (arrow.DataType.isList(type)) {
    if (!Array.isArray(value)) return false;
    for (const item of value) checkFits(`${name}[]`, type.valueType, item);
    return true;
  }
  if (arrow.DataType.isStruct(type)) {
    if (kindOf(value) !== 'object') return false;
    for (const field of type.children)
      checkFits(
        `${name}.${field.name}`,
        field.type,
        (value as Record<string, unknown>)[field.name],
      );
  }
  return true;
}

function isInteger(value: unknown, { isSigned, bitWidth }: arrow.Int): boolean {
  if (typeof value !== (bitWidth === 64 ? 'bigint' : 'number')) return false;
  if (typeof value === 'number' && (!Number.isInteger(value) || Object.is(value, -0))) return false;
  const wrap = isSigned ? BigInt.asIntN : BigInt.asUintN;
  const exact = BigInt(value as bigint | number);
  return wrap(bitWidth, exact) === exact;
}

function isFloat(value: unknown, precision: arrow.Precision): boolean {
  if (typeof value !== 'number') return false;
  return precision !== arrow.Precision.SINGLE || Object.is(Math.fround(value), value);
}

function isDate(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function refused(name: string, what: string, why: string): FiresteelError {
  return new FiresteelError(
    'UNSUPPORTED_VALUE',
    `toArrow met ${what} in column ${JSON.stringify(name)}, which ${why}.`,
    { data: { column: name } },
  );
}
