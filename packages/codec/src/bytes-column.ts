import { corrupt } from './block-errors.js';
import { ColumnBase, type Nullity } from './column-base.js';

/** Uint8Arrays, or Buffers; every read copies, so that a value never holds the block. */
export class BytesColumn extends ColumnBase {
  readonly kind = 'bytes';

  /** @param ends where the bytes of each row end */
  constructor(
    readonly ends: Int32Array,
    readonly bytes: Uint8Array,
    readonly buffers: boolean,
    nullity: Nullity,
  ) {
    super(ends.length, nullity);
  }

  protected override valueAt(row: number): Uint8Array {
    const start = row === 0 ? 0 : (this.ends[row - 1] as number);
    const end = this.ends[row] as number;
    if (start < 0 || end < start || end > this.bytes.length)
      throw corrupt('the ends of byte values are out of order');
    const view = this.bytes.subarray(start, end);
    return this.buffers ? Buffer.from(view) : new Uint8Array(view);
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    const out: Uint8Array[] = [];
    for (let i = from; i < to; i++) out.push(this.valueAt(i));
    return out;
  }
}
