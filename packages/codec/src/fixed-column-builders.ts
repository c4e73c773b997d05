import { align8, ColumnKind } from './block-format.js';
import { ColumnData, type GrowingColumn, writePadded } from './column-writer.js';

const START_CAPACITY = 256;

/** A column of int32 values. */
export class Int32ColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.Int32;
  length = 0;
  private items = new Int32Array(START_CAPACITY);

  /** The value must be an int32 and not -0. */
  append(value: number): void {
    if (this.length === this.items.length) this.items = grown(this.items);
    this.items[this.length++] = value;
  }

  /** The values so far; valid until the next append. */
  values(): Int32Array {
    return this.items.subarray(0, this.length);
  }

  /** Whether all values are the same; at least one row. */
  isConstant(): boolean {
    return allSame(this.items, this.length);
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return 0;
  }

  override dataBytes(): number {
    return align8(this.length * 4);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    writePadded(target, byteOffset, this.items, this.length * 4);
  }

  appendFiller(): void {
    this.append(0);
  }

  get memoryBytes(): number {
    return this.items.byteLength;
  }

  reset(): void {
    this.length = 0;
  }
}

/** A column of doubles; as the kind `date` of times in ms, NaN for an invalid date. */
export class Float64ColumnBuilder extends ColumnData implements GrowingColumn {
  length = 0;
  private items = new Float64Array(START_CAPACITY);

  constructor(
    override readonly kind: typeof ColumnKind.Float64 | typeof ColumnKind.Date = ColumnKind.Float64,
  ) {
    super();
  }

  append(value: number): void {
    if (this.length === this.items.length) this.items = grown(this.items);
    this.items[this.length++] = value;
  }

  /** The values so far; valid until the next append. */
  values(): Float64Array {
    return this.items.subarray(0, this.length);
  }

  /** Whether all values are the same, by Object.is; at least one row. */
  isConstant(): boolean {
    const first = this.items[0] as number;
    if (first === 0 || Number.isNaN(first))
      return this.values().every((value) => Object.is(value, first));
    return allSame(this.items, this.length);
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return 0;
  }

  override dataBytes(): number {
    return this.length * 8;
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    writePadded(target, byteOffset, this.items, this.length * 8);
  }

  appendFiller(): void {
    this.append(0);
  }

  get memoryBytes(): number {
    return this.items.byteLength;
  }

  reset(): void {
    this.length = 0;
  }
}

/** A column of booleans, one byte each. */
export class BooleanColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.Boolean;
  length = 0;
  private items = new Uint8Array(START_CAPACITY);

  append(value: boolean): void {
    if (this.length === this.items.length) this.items = grown(this.items);
    this.items[this.length++] = value ? 1 : 0;
  }

  /** The value of the first row. */
  first(): boolean {
    return this.items[0] === 1;
  }

  /** Whether all values are the same; at least one row. */
  isConstant(): boolean {
    return allSame(this.items, this.length);
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return 0;
  }

  override dataBytes(): number {
    return align8(this.length);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    writePadded(target, byteOffset, this.items, this.length);
  }

  appendFiller(): void {
    this.append(false);
  }

  get memoryBytes(): number {
    return this.items.byteLength;
  }

  reset(): void {
    this.length = 0;
  }
}

/** A column of bigints within int64. */
export class Bigint64ColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.Bigint64;
  length = 0;
  private items = new BigInt64Array(START_CAPACITY);

  append(value: bigint): void {
    if (this.length === this.items.length) {
      const larger = new BigInt64Array(this.items.length * 2);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length++] = value;
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return 0;
  }

  override dataBytes(): number {
    return this.length * 8;
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    writePadded(target, byteOffset, this.items, this.length * 8);
  }

  appendFiller(): void {
    this.append(0n);
  }

  get memoryBytes(): number {
    return this.items.byteLength;
  }

  reset(): void {
    this.length = 0;
  }
}

/** Twice the memory with the same content. */
export function grown<T extends Int32Array | Float64Array | Uint8Array>(items: T): T {
  const larger = new (items.constructor as new (length: number) => T)(items.length * 2);
  larger.set(items);
  return larger;
}

function allSame(items: ArrayLike<unknown>, length: number): boolean {
  const first = items[0];
  for (let i = 1; i < length; i++) if (items[i] !== first) return false;
  return true;
}
