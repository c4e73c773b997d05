import { ColumnBase, type Nullity } from './column-base.js';

/** int32 values; a null row holds 0. */
export class Int32Column extends ColumnBase {
  readonly kind = 'i32';

  constructor(
    readonly values: Int32Array,
    nullity: Nullity,
  ) {
    super(values.length, nullity);
  }

  override slice(from: number, to: number): ArrayLike<unknown> {
    return this.nulls === undefined && this.undefineds === undefined
      ? this.values.subarray(from, to)
      : this.toArray(from, to);
  }

  protected override valueAt(row: number): number | undefined {
    return this.values[row];
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    return toPlainArray(this.values, from, to);
  }
}

/** Doubles; a null row holds 0. */
export class Float64Column extends ColumnBase {
  readonly kind = 'f64';

  constructor(
    readonly values: Float64Array,
    nullity: Nullity,
  ) {
    super(values.length, nullity);
  }

  override slice(from: number, to: number): ArrayLike<unknown> {
    return this.nulls === undefined && this.undefineds === undefined
      ? this.values.subarray(from, to)
      : this.toArray(from, to);
  }

  protected override valueAt(row: number): number | undefined {
    return this.values[row];
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    return toPlainArray(this.values, from, to);
  }
}

/** Bigints within int64. */
export class Bigint64Column extends ColumnBase {
  readonly kind = 'bigint64';

  constructor(
    readonly values: BigInt64Array,
    nullity: Nullity,
  ) {
    super(values.length, nullity);
  }

  protected override valueAt(row: number): bigint | undefined {
    return this.values[row];
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    return toPlainArray(this.values, from, to);
  }
}

/** Booleans, 0 or 1 a byte. */
export class BooleanColumn extends ColumnBase {
  readonly kind = 'bool';

  constructor(
    readonly values: Uint8Array,
    nullity: Nullity,
  ) {
    super(values.length, nullity);
  }

  protected override valueAt(row: number): boolean {
    return this.values[row] === 1;
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    const out: boolean[] = [];
    for (let i = from; i < to; i++) out.push(this.values[i] === 1);
    return out;
  }
}

/** Times in ms since the epoch, NaN for an invalid date; every read makes a new Date. */
export class DateColumn extends ColumnBase {
  readonly kind = 'date';

  constructor(
    readonly times: Float64Array,
    nullity: Nullity,
  ) {
    super(times.length, nullity);
  }

  protected override valueAt(row: number): Date {
    return new Date(this.times[row] as number);
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    const out: Date[] = [];
    for (let i = from; i < to; i++) out.push(new Date(this.times[i] as number));
    return out;
  }
}

/** A loop, because `Array.from` goes through the iterator. */
function toPlainArray<T extends number | bigint>(
  values: ArrayLike<T>,
  from: number,
  to: number,
): T[] {
  const out: T[] = [];
  for (let i = from; i < to; i++) out.push(values[i] as T);
  return out;
}
