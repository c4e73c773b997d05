import { FiresteelError, invalidArgument } from '@firesteel/common';
import type { DataType, Table, TypeMap, Vector } from 'apache-arrow';

/** Rows by columns: value `i` of every column is of row `i`. */
export interface ColumnSlice {
  readonly names: readonly string[];
  readonly columns: readonly ArrayLike<unknown>[];
  readonly rowCount: number;
}

/**
 * Kinds of types as apache-arrow numbers them (its enum `Type`), so that a table can be read
 * without loading the library, also one of another copy of it.
 */
const Kind = {
  Dictionary: -1,
  Int: 2,
  Float: 3,
  Decimal: 7,
  Date: 8,
  Timestamp: 10,
  List: 12,
  Struct: 13,
  FixedSizeList: 16,
  Map: 17,
  LargeList: 21,
} as const;
const HALF_PRECISION = 0;

/**
 * Cuts a table by position into slices whose sizes differ by one at most. Columns of numbers
 * without nulls stay typed arrays.
 *
 * @throws FiresteelError INVALID_ARGUMENT for what is no table, or two columns of one name;
 *   UNSUPPORTED_VALUE for a type of column that has no counterpart
 */
export function columnsOfTable(table: Table<TypeMap>, numSlices: number): ColumnSlice[] {
  if (typeof table?.numRows !== 'number' || typeof table.getChildAt !== 'function')
    throw invalidArgument('The table of fromArrow', 'a Table of apache-arrow', table);
  const { fields } = table.schema;
  const names = fields.map(({ name }) => name);
  for (const [i, name] of names.entries())
    if (names.indexOf(name) !== i)
      throw invalidArgument('The columns of the table of fromArrow', 'named differently', name);
  for (const { name, type } of fields) checkReadable(name, type);
  return Array.from({ length: numSlices }, (_, slice) => {
    const from = Math.floor((slice * table.numRows) / numSlices);
    const to = Math.floor(((slice + 1) * table.numRows) / numSlices);
    const columns = names.map((_, i) => {
      const vector = table.getChildAt(i);
      return vector === null || from === to ? [] : valuesOf(vector.slice(from, to));
    });
    return { names, columns, rowCount: to - from };
  });
}

function checkReadable(name: string, type: DataType): void {
  if (type.typeId === Kind.Decimal)
    throw new FiresteelError(
      'UNSUPPORTED_VALUE',
      `Column ${JSON.stringify(name)} of the table is of type ${type}, for which JavaScript has no number. Cast it to a double, a 64-bit integer or a string first.`,
      { data: { column: name } },
    );
  if (type.typeId === Kind.Dictionary) checkReadable(name, dictionaryOf(type));
  for (const child of (type.children as { type: DataType }[] | null) ?? [])
    checkReadable(name, child.type);
}

function valuesOf(vector: Vector): ArrayLike<unknown> {
  if (isRaw(vector)) {
    const chunks = vector.data.map(({ values, length }) => values.subarray(0, length));
    const [first] = chunks;
    if (chunks.length === 1) return first;
    const joined = new first.constructor(vector.length);
    let at = 0;
    for (const chunk of chunks) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    return joined;
  }
  const { type } = vector;
  return Array.from({ length: vector.length }, (_, i) => cellOf(type, vector.get(i)));
}

/** Whether the memory of a vector holds its values as JavaScript has them. */
function isRaw({ type, nullCount }: Vector): boolean {
  return (
    nullCount === 0 &&
    (type.typeId === Kind.Int || (type.typeId === Kind.Float && type.precision !== HALF_PRECISION))
  );
}

/** @param value as `Vector.get` gives it */
function cellOf(type: DataType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.typeId as number) {
    case Kind.Date:
    case Kind.Timestamp:
      return new Date(Number(value));
    case Kind.Dictionary:
      return cellOf(dictionaryOf(type), value);
    case Kind.List:
    case Kind.LargeList:
    case Kind.FixedSizeList: {
      const item = childTypes(type)[0] as DataType;
      return Array.from(value as Iterable<unknown>, (each) => cellOf(item, each));
    }
    case Kind.Struct:
      return structOf(type, value as Record<string, unknown>);
    case Kind.Map: {
      const [key, item] = childTypes(childTypes(type)[0] as DataType) as [DataType, DataType];
      const entries = value as Iterable<[unknown, unknown]>;
      return new Map(Array.from(entries, ([k, v]) => [cellOf(key, k), cellOf(item, v)]));
    }
    default:
      return value;
  }
}

function structOf(type: DataType, value: Record<string, unknown>): Record<string, unknown> {
  const entries = (type.children as { name: string; type: DataType }[]).map(
    ({ name, type: field }) => [name, cellOf(field, value[name])] as const,
  );
  return Object.fromEntries(entries);
}

function childTypes(type: DataType): DataType[] {
  return (type.children as { type: DataType }[]).map((child) => child.type);
}

function dictionaryOf(type: DataType): DataType {
  return (type as DataType & { dictionary: DataType }).dictionary;
}

/** The rows of slices as objects; runs on executors. */
export function* rowsOfColumns(slices: Iterable<ColumnSlice>): Generator<Record<string, unknown>> {
  for (const { names, columns, rowCount } of slices) {
    for (let i = 0; i < rowCount; i++) {
      const row: Record<string, unknown> = {};
      for (let c = 0; c < names.length; c++) row[names[c] as string] = columns[c]?.[i];
      yield row;
    }
  }
}
