import type { FiresteelError } from '@firesteel/common';
import { corrupt } from './block-errors.js';
import { ColumnBase, type Nullity } from './column-base.js';
import type { Column } from './columns.js';
import { rowMaker } from './row-maker.js';

/** Rows are made in chunks of this many, so that the strings of a chunk die young. */
const CHUNK_ROWS = 1024;
/** About so many items of lists are decoded together. */
const CHUNK_ITEMS = 4096;

/** Arrays of one length. */
export class TupleColumn extends ColumnBase {
  readonly kind = 'tuple';

  constructor(
    length: number,
    readonly fields: readonly Column[],
    nullity: Nullity,
  ) {
    super(length, nullity);
  }

  protected override valueAt(row: number): unknown {
    return this.fields.map((field) => field.get(row));
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    return makeRows(this.fields, undefined, from, to);
  }
}

/** Plain objects with the same keys in the same order. */
export class ObjectColumn extends ColumnBase {
  readonly kind = 'object';

  constructor(
    length: number,
    readonly keys: readonly string[],
    readonly fields: readonly Column[],
    nullity: Nullity,
  ) {
    super(length, nullity);
  }

  protected override valueAt(row: number): unknown {
    return makeRows(this.fields, this.keys, row, row + 1)[0];
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    return makeRows(this.fields, this.keys, from, to);
  }
}

function makeRows(
  fields: readonly Column[],
  keys: readonly string[] | undefined,
  from: number,
  to: number,
): unknown[] {
  const out: unknown[] = [];
  for (let start = from; start < to; start += CHUNK_ROWS) {
    const end = Math.min(to, start + CHUNK_ROWS);
    let kinds = '';
    const sources: ArrayLike<unknown>[] = [];
    for (const field of fields) {
      const source = field.slice(start, end);
      kinds += source instanceof Int32Array ? 'i' : source instanceof Float64Array ? 'f' : 'v';
      sources.push(source);
    }
    rowMaker(fields.length, keys, kinds)(sources, end - start, out);
  }
  return out;
}

/** Arrays of any length: row `i` is the items from `offsets[i]` to before `offsets[i + 1]`. */
export class ListColumn extends ColumnBase {
  readonly kind = 'list';

  constructor(
    readonly offsets: Int32Array,
    readonly items: Column,
    nullity: Nullity,
  ) {
    super(offsets.length - 1, nullity);
  }

  protected override valueAt(row: number): unknown[] {
    return this.items.toArray(this.start(row), this.end(row));
  }

  /** The items of many rows are decoded together, and cut. */
  protected override valuesBetween(from: number, to: number): unknown[] {
    const out: unknown[][] = [];
    let row = from;
    while (row < to) {
      const base = this.start(row);
      let next = row;
      let limit = base;
      do limit = this.end(next++);
      while (next < to && limit - base < CHUNK_ITEMS);
      const items = this.items.toArray(base, limit);
      for (; row < next; row++) out.push(items.slice(this.start(row) - base, this.end(row) - base));
    }
    return out;
  }

  private start(row: number): number {
    const start = this.offsets[row] as number;
    if (start < 0 || start > this.items.length) throw misplaced();
    return start;
  }

  private end(row: number): number {
    const end = this.offsets[row + 1] as number;
    if (end < (this.offsets[row] as number) || end > this.items.length) throw misplaced();
    return end;
  }
}

function misplaced(): FiresteelError {
  return corrupt('the offsets of a list column are out of order');
}
