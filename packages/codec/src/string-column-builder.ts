import { ALL_LATIN1, align8, ColumnKind, NARROW_LENGTHS } from './block-format.js';
import { ColumnData, type GrowingColumn, writePadded } from './column-writer.js';
import { isLatin1 } from './text.js';

/** Up to this length a loop over the characters beats a call into native code. */
const LOOP_LIMIT = 48;

/**
 * A column of strings: their bytes one after the other, and their lengths. A string whose code
 * units are all below 256 is stored as latin1 under its length, any other one as UTF-16LE under its
 * negative length in code units, so that lone surrogates survive.
 */
export class StringColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.String;
  length = 0;
  private lengths = new Int32Array(256);
  private bytes: Buffer = Buffer.alloc(2048);
  private bytesUsed = 0;
  private narrow = true;
  private allLatin1 = true;

  append(text: string): void {
    const n = text.length;
    if (n > LOOP_LIMIT) {
      this.appendLong(text);
      return;
    }
    const start = this.bytesUsed;
    if (start + n > this.bytes.length) this.reserve(n);
    const bytes = this.bytes;
    for (let i = 0; i < n; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 255) {
        this.appendWide(text);
        return;
      }
      bytes[start + i] = unit;
    }
    this.bytesUsed = start + n;
    this.pushLength(n);
  }

  /** Appends the string whose latin1 bytes lie in `source`, without making it. */
  appendLatin1(source: Uint8Array, start: number, length: number): void {
    if (this.bytesUsed + length > this.bytes.length) this.reserve(length);
    const bytes = this.bytes;
    const at = this.bytesUsed;
    if (length <= LOOP_LIMIT)
      for (let i = 0; i < length; i++) bytes[at + i] = source[start + i] as number;
    else bytes.set(source.subarray(start, start + length), at);
    this.bytesUsed = at + length;
    if (length > 127) this.narrow = false;
    this.pushLength(length);
  }

  override variant(): number {
    return (this.narrow ? NARROW_LENGTHS : 0) | (this.allLatin1 ? ALL_LATIN1 : 0);
  }

  override extra(): number {
    return this.bytesUsed;
  }

  override dataBytes(): number {
    return align8(this.narrow ? this.length : this.length * 4) + align8(this.bytesUsed);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    const lengths = this.narrow ? new Int8Array(this.used()) : this.lengths;
    const size = this.narrow ? this.length : this.length * 4;
    const bytesOffset = writePadded(target, byteOffset, lengths, size);
    writePadded(target, bytesOffset, this.bytes, this.bytesUsed);
  }

  appendFiller(): void {
    this.pushLength(0);
  }

  reset(): void {
    this.length = 0;
    this.bytesUsed = 0;
    this.narrow = true;
    this.allLatin1 = true;
  }

  private used(): Int32Array {
    return this.lengths.subarray(0, this.length);
  }

  private appendLong(text: string): void {
    if (!isLatin1(text)) {
      this.appendWide(text);
      return;
    }
    this.reserve(text.length);
    this.bytesUsed += this.bytes.write(text, this.bytesUsed, 'latin1');
    if (text.length > 127) this.narrow = false;
    this.pushLength(text.length);
  }

  private appendWide(text: string): void {
    this.reserve(text.length * 2);
    this.bytesUsed += this.bytes.write(text, this.bytesUsed, 'utf16le');
    if (text.length > 128) this.narrow = false;
    this.allLatin1 = false;
    this.pushLength(-text.length);
  }

  private pushLength(length: number): void {
    if (this.length === this.lengths.length) {
      const larger = new Int32Array(this.lengths.length * 2);
      larger.set(this.lengths);
      this.lengths = larger;
    }
    this.lengths[this.length++] = length;
  }

  private reserve(bytes: number): void {
    const needed = this.bytesUsed + bytes;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.bytesUsed));
    this.bytes = larger;
  }
}
