import { blockTooLarge } from './block-errors.js';
import { align8, ColumnKind, MAX_MEMORYLESS_ROWS } from './block-format.js';
import { ColumnData, type GrowingColumn, writePadded } from './column-writer.js';
import { estimateRowsBytes } from './size-estimate.js';
import { encodeValue, encodeValues } from './value-codec.js';

/** The same value in every row. */
export class ConstantColumnData extends ColumnData {
  readonly kind = ColumnKind.Constant;
  private readonly encoded: Uint8Array;

  constructor(
    readonly length: number,
    value: unknown,
  ) {
    super();
    if (length > MAX_MEMORYLESS_ROWS) throw blockTooLarge(`${length} null or undefined values`);
    this.encoded = encodeValue(value);
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return this.encoded.length;
  }

  override dataBytes(): number {
    return align8(this.encoded.length);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    writePadded(target, byteOffset, this.encoded, this.encoded.length);
  }
}

/** Values that fit no other column: held as they are and encoded in one call when asked for. */
export class AnyColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.Any;
  private values: unknown[] = [];
  private encoded: Uint8Array | undefined;
  /** What a value takes, as estimated when there were `measuredAt` of them. */
  private valueBytes = 0;
  private measuredAt = 0;

  /** @param path where the values lie in the user's rows, for messages */
  constructor(private readonly path: string) {
    super();
  }

  get length(): number {
    return this.values.length;
  }

  append(value: unknown): void {
    this.values.push(value);
    this.encoded = undefined;
  }

  override variant(): number {
    return 0;
  }

  override extra(): number {
    return this.bytes().length;
  }

  override dataBytes(): number {
    return align8(this.bytes().length);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    const bytes = this.bytes();
    writePadded(target, byteOffset, bytes, bytes.length);
  }

  appendFiller(): void {
    this.append(null);
  }

  /** Estimated from a sample, anew whenever there are twice as many. */
  get memoryBytes(): number {
    const { length } = this.values;
    if (length >= 2 * this.measuredAt && length > 0) {
      this.valueBytes = estimateRowsBytes(this.values) / length;
      this.measuredAt = length;
    }
    return length * this.valueBytes + (this.encoded?.length ?? 0);
  }

  reset(): void {
    this.measuredAt = 0;
    this.values = [];
    this.encoded = undefined;
  }

  private bytes(): Uint8Array {
    this.encoded ??= encodeValues(this.values, this.path);
    return this.encoded;
  }
}
