import type { Block, Column, StringColumn } from '@firesteel/codec';
import { isSetInteger } from './integer-set.js';
import { MAX_PACKED_LENGTH } from './packed-key.js';

/** The keys and values of a block of pairs; no values where the rows themselves are keys. */
export interface KeyedColumns {
  readonly keys: Column;
  readonly values: Column | undefined;
}

/** The columns of a block whose rows are all pairs; else undefined. */
export function pairColumns({ root }: Block): { keys: Column; values: Column } | undefined {
  if (root.kind !== 'tuple' || !isFull(root)) return;
  const [keys, values] = root.fields;
  if (keys === undefined || values === undefined || root.fields.length !== 2) return;
  return { keys, values };
}

export function keyedColumns(block: Block, keyed: 'pair' | 'row'): KeyedColumns | undefined {
  return keyed === 'pair' ? pairColumns(block) : { keys: block.root, values: undefined };
}

/** The values of a column of numbers alone. */
export function numbersOf(column: Column): Int32Array | Float64Array | undefined {
  if (!isFull(column)) return;
  if (column.kind === 'f64' || column.kind === 'i32') return column.values;
  if (column.kind !== 'constant' || column.length === 0) return;
  const value = column.get(0);
  return typeof value === 'number' ? new Float64Array(column.length).fill(value) : undefined;
}

/** Whether a column has strings alone, as latin1 bytes. */
export function isLatin1(column: Column): column is StringColumn {
  return column.kind === 'string' && column.allLatin1 && isFull(column);
}

export function isFull(column: Column): boolean {
  return column.nulls === undefined && column.undefineds === undefined;
}

/**
 * What the buckets of a shuffle (see `NumberBuckets` and `StringBuckets`) can do with a block:
 * `typed` rows are made for them; `apart` have keys that are never equal to one in a bucket;
 * `mixed` may have keys that are in buckets too, and cannot go there.
 */
export function bucketFit(block: Block, keyed: 'pair' | 'row'): 'typed' | 'apart' | 'mixed' {
  if (block.rowCount === 0) return 'apart';
  const columns = keyedColumns(block, keyed);
  if (columns === undefined || !isFull(columns.keys)) return 'mixed';
  const { keys, values } = columns;
  switch (keys.kind) {
    case 'string':
      if (keys.lengths.every((length) => length < 0 || length > MAX_PACKED_LENGTH)) return 'apart';
      break;
    case 'i32':
      if (values === undefined && keys.values.every(isSetInteger)) return 'apart';
      break;
    case 'f64':
      break;
    case 'any':
      return 'mixed';
    case 'constant': {
      const type = typeof keys.get(0);
      if (type === 'number') break;
      return type === 'string' ? 'mixed' : 'apart';
    }
    default:
      return 'apart';
  }
  return values === undefined || numbersOf(values) !== undefined ? 'typed' : 'mixed';
}
