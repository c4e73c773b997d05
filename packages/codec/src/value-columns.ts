import { corrupt } from './block-errors.js';
import { ColumnBase, type Nullity } from './column-base.js';
import { decodeValue } from './value-codec.js';

/** The same value in every row; a primitive. */
export class ConstantColumn extends ColumnBase {
  readonly kind = 'constant';

  constructor(
    length: number,
    readonly value: unknown,
    nullity: Nullity,
  ) {
    super(length, nullity);
  }

  protected override valueAt(): unknown {
    return this.value;
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    const out: unknown[] = [];
    for (let i = from; i < to; i++) out.push(this.value);
    return out;
  }
}

/** Values of any kind, decoded all at once by the first read. */
export class AnyColumn extends ColumnBase {
  readonly kind = 'any';
  private decoded: readonly unknown[] | undefined;

  constructor(
    length: number,
    private readonly encoded: Uint8Array,
    nullity: Nullity,
  ) {
    super(length, nullity);
  }

  protected override valueAt(row: number): unknown {
    return this.values()[row];
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    return this.values().slice(from, to);
  }

  private values(): readonly unknown[] {
    if (this.decoded === undefined) {
      const values = decodeValue(this.encoded);
      if (!Array.isArray(values) || values.length !== this.length)
        throw corrupt('a column of values does not have one for each row');
      this.decoded = values;
    }
    return this.decoded;
  }
}
