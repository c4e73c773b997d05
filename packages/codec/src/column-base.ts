import { bitAt } from './bitmap.js';

/** The rows that are null or undefined; absent bitmaps mean none. */
export interface Nullity {
  readonly nulls: Uint8Array | undefined;
  readonly undefineds: Uint8Array | undefined;
}

/** What the columns of a block have in common. */
export abstract class ColumnBase {
  readonly length: number;
  /** Bit `i & 7` of byte `i >> 3` is set where row `i` is null; absent if none is. */
  readonly nulls: Uint8Array | undefined;
  /** Likewise where row `i` is undefined. */
  readonly undefineds: Uint8Array | undefined;

  constructor(length: number, nullity: Nullity) {
    this.length = length;
    this.nulls = nullity.nulls;
    this.undefineds = nullity.undefineds;
  }

  /** The value of one row; for many rows `toArray` is several times faster. */
  get(row: number): unknown {
    if (this.nulls !== undefined && bitAt(this.nulls, row)) return null;
    if (this.undefineds !== undefined && bitAt(this.undefineds, row)) return undefined;
    return this.valueAt(row);
  }

  /**
   * The values of the rows from `from` to before `to`. Ask for about 1000 rows at a time, so that
   * they die young.
   */
  toArray(from = 0, to = this.length): unknown[] {
    const values = this.valuesBetween(from, Math.min(to, this.length));
    if (this.nulls !== undefined) put(this.nulls, null, values, from);
    if (this.undefineds !== undefined) put(this.undefineds, undefined, values, from);
    return values;
  }

  /** The same for readers that only index the result: typed memory itself where possible. */
  slice(from: number, to: number): ArrayLike<unknown> {
    return this.toArray(from, to);
  }

  protected abstract valueAt(row: number): unknown;
  protected abstract valuesBetween(from: number, to: number): unknown[];
}

function put(bitmap: Uint8Array, value: null | undefined, values: unknown[], from: number): void {
  for (let i = 0; i < values.length; i++) if (bitAt(bitmap, from + i)) values[i] = value;
}
