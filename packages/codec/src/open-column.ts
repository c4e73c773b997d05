import { corrupt } from './block-errors.js';
import {
  ALL_LATIN1,
  align8,
  BUFFERS,
  bitmapBytes,
  COLUMN_HEADER_BYTES,
  ColumnKind,
  HAS_NULLS,
  HAS_UNDEFINEDS,
  MAX_COLUMN_DEPTH,
  MAX_MEMORYLESS_ROWS,
  NARROW_LENGTHS,
  readUint32,
} from './block-format.js';
import { BytesColumn } from './bytes-column.js';
import type { Nullity } from './column-base.js';
import type { Column } from './columns.js';
import {
  Bigint64Column,
  BooleanColumn,
  DateColumn,
  Float64Column,
  Int32Column,
} from './fixed-columns.js';
import { ListColumn, ObjectColumn, TupleColumn } from './nested-columns.js';
import { StringColumn } from './string-column.js';
import { decodeValue } from './value-codec.js';
import { AnyColumn, ConstantColumn } from './value-columns.js';

/** An encoded column: its header read, its data not yet. */
class EncodedColumn {
  readonly kind: number;
  readonly variant: number;
  readonly length: number;
  readonly extra: number;
  readonly nullity: Nullity;
  readonly end: number;
  /** Where the next part of the data begins. */
  private position: number;

  constructor(
    private readonly bytes: Uint8Array,
    offset: number,
    limit: number,
    readonly depth: number,
  ) {
    if (offset + COLUMN_HEADER_BYTES > limit) throw corrupt('it ends inside a column header');
    this.kind = bytes[offset] as number;
    const flags = bytes[offset + 1] as number;
    this.variant = bytes[offset + 2] as number;
    this.length = readUint32(bytes, offset + 4);
    this.end = offset + readUint32(bytes, offset + 8);
    this.extra = readUint32(bytes, offset + 12);
    if (this.end > limit) throw corrupt('a column is longer than what holds it');
    this.position = offset + COLUMN_HEADER_BYTES;
    const size = bitmapBytes(this.length);
    this.nullity = {
      nulls: flags & HAS_NULLS ? this.take(size) : undefined,
      undefineds: flags & HAS_UNDEFINEDS ? this.take(size) : undefined,
    };
  }

  /** The next `size` bytes; what follows begins at a multiple of 8. */
  take(size: number): Uint8Array {
    const start = this.position;
    const next = start + align8(size);
    if (next > this.end) throw corrupt('the data of a column is longer than the column');
    this.position = next;
    return this.bytes.subarray(start, start + size);
  }

  int32s(count: number): Int32Array {
    const part = this.take(count * 4);
    return new Int32Array(part.buffer, part.byteOffset, count);
  }

  float64s(): Float64Array {
    const part = this.take(this.length * 8);
    return new Float64Array(part.buffer, part.byteOffset, this.length);
  }

  bigint64s(): BigInt64Array {
    const part = this.take(this.length * 8);
    return new BigInt64Array(part.buffer, part.byteOffset, this.length);
  }

  /** The next column inside this one. */
  child(length: number): Column {
    if (this.depth >= MAX_COLUMN_DEPTH) throw corrupt('its columns are nested too deeply');
    const child = new EncodedColumn(this.bytes, this.position, this.end, this.depth + 1);
    if (child.length !== length) throw corrupt('the columns of a block differ in length');
    this.position = child.end;
    return child.open();
  }

  checkMemoryless(): void {
    if (this.length > MAX_MEMORYLESS_ROWS)
      throw corrupt(`a column without data says to have ${this.length} rows`);
  }

  children(): Column[] {
    if (this.extra === 0) this.checkMemoryless();
    // Every column takes at least a header, which bounds the loop for a damaged count.
    return Array.from({ length: this.checkedCount() }, () => this.child(this.length));
  }

  checkedCount(): number {
    if (this.extra * COLUMN_HEADER_BYTES > this.end - this.position)
      throw corrupt('it has fewer columns than it says');
    return this.extra;
  }

  open(): Column {
    const { length, nullity } = this;
    switch (this.kind) {
      case ColumnKind.Constant:
        this.checkMemoryless();
        return new ConstantColumn(length, decodeValue(this.take(this.extra)), nullity);
      case ColumnKind.Int32:
        return new Int32Column(this.int32s(length), nullity);
      case ColumnKind.Float64:
        return new Float64Column(this.float64s(), nullity);
      case ColumnKind.String:
        return this.openStrings();
      case ColumnKind.Boolean:
        return new BooleanColumn(this.take(length), nullity);
      case ColumnKind.Bigint64:
        return new Bigint64Column(this.bigint64s(), nullity);
      case ColumnKind.Date:
        return new DateColumn(this.float64s(), nullity);
      case ColumnKind.Bytes: {
        const ends = this.int32s(length);
        return new BytesColumn(ends, this.take(this.extra), this.variant === BUFFERS, nullity);
      }
      case ColumnKind.Tuple:
        return new TupleColumn(length, this.children(), nullity);
      case ColumnKind.Object: {
        const keys = this.child(this.checkedCount());
        if (keys.kind !== 'string') throw corrupt('the keys of an object column are no strings');
        return new ObjectColumn(length, keys.toArray() as string[], this.children(), nullity);
      }
      case ColumnKind.List: {
        const offsets = this.int32s(length + 1);
        return new ListColumn(offsets, this.child(this.extra), nullity);
      }
      case ColumnKind.Any:
        return new AnyColumn(length, this.take(this.extra), nullity);
      default:
        throw corrupt(`unknown column kind ${this.kind}`);
    }
  }

  private openStrings(): StringColumn {
    const { length, variant } = this;
    let lengths: Int8Array | Int32Array;
    if (variant & NARROW_LENGTHS) {
      const part = this.take(length);
      lengths = new Int8Array(part.buffer, part.byteOffset, length);
    } else lengths = this.int32s(length);
    const bytes = this.take(this.extra);
    return new StringColumn(lengths, bytes, (variant & ALL_LATIN1) !== 0, this.nullity);
  }
}

/**
 * The column that lies at an offset, a multiple of 8 in the underlying memory.
 *
 * @throws FiresteelError BLOCK_CORRUPT
 */
export function openColumn(bytes: Uint8Array, offset: number): Column {
  return new EncodedColumn(bytes, offset, bytes.length, 0).open();
}
