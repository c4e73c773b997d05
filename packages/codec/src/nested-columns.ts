import { ColumnBase, type Nullity } from './column-base.js';
import type { Column } from './columns.js';
import { corrupt } from './corrupt.js';
import { rowMaker } from './row-maker.js';

/** Rows are made in chunks of this many, so that the strings of a chunk die young. */
const CHUNK_ROWS = 1024;

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
    const start = this.offsets[row] as number;
    const end = this.offsets[row + 1] as number;
    if (start < 0 || end < start || end > this.items.length)
      throw corrupt('the offsets of a list column are out of order');
    return this.items.toArray(start, end);
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    const out: unknown[][] = [];
    for (let i = from; i < to; i++) out.push(this.valueAt(i));
    return out;
  }
}
