import { copyAscii } from './ascii-lines.js';
import { ALL_LATIN1, align8, ColumnKind, NARROW_LENGTHS } from './block-format.js';
import { ColumnData, type GrowingColumn, writePadded } from './column-writer.js';
import { isLatin1 } from './text.js';

/** Up to this length a loop beats the making of a view. */
const SHORT_COPY = 32;
/** So many characters are collected before they are turned into bytes together. */
const FLUSH_LENGTH = 8192;

/**
 * A column of strings: their bytes one after the other, and their lengths. A string whose code
 * units are all below 256 is stored as latin1 under its length, any other one as UTF-16LE under its
 * negative length in code units, so that lone surrogates survive.
 *
 * Strings are concatenated first, which V8 does by reference, and copied some kilobytes at a time:
 * half the cost of a loop over the characters, a quarter of a native call for each string.
 */
export class StringColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.String;
  length = 0;
  private lengths = new Int32Array(256);
  private bytes: Buffer = Buffer.alloc(2048);
  private view = viewOf(this.bytes);
  private bytesUsed = 0;
  private narrow = true;
  private allLatin1 = true;
  /** The rows from `flushedRows` on, one after the other. */
  private pending = '';
  private flushedRows = 0;

  append(text: string): void {
    this.pending += text;
    this.pushLength(text.length);
    if (this.pending.length > FLUSH_LENGTH) this.flush();
  }

  /** Appends the string whose latin1 bytes lie in `source`, without making it. */
  appendLatin1(source: Uint8Array, start: number, length: number): void {
    if (this.flushedRows !== this.length) this.flush();
    if (this.bytesUsed + length > this.bytes.length) this.reserve(length);
    const bytes = this.bytes;
    const at = this.bytesUsed;
    if (length <= SHORT_COPY)
      for (let i = 0; i < length; i++) bytes[at + i] = source[start + i] as number;
    else bytes.set(source.subarray(start, start + length), at);
    this.bytesUsed = at + length;
    this.pushLength(length);
    this.flushedRows = this.length;
  }

  /** Appends a string of ASCII that lies in `source`, without making it. */
  appendAscii(source: DataView, start: number, length: number): void {
    if (this.flushedRows !== this.length) this.flush();
    if (this.bytesUsed + length > this.bytes.length) this.reserve(length);
    copyAscii(source, start, this.view, this.bytesUsed, length);
    this.bytesUsed += length;
    this.pushLength(length);
    this.flushedRows = this.length;
  }

  override variant(): number {
    this.flush();
    return (this.narrow ? NARROW_LENGTHS : 0) | (this.allLatin1 ? ALL_LATIN1 : 0);
  }

  override extra(): number {
    this.flush();
    return this.bytesUsed;
  }

  override dataBytes(): number {
    this.flush();
    return align8(this.narrow ? this.length : this.length * 4) + align8(this.bytesUsed);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    this.flush();
    const lengths = this.lengths.subarray(0, this.length);
    const bytesOffset = this.narrow
      ? writePadded(target, byteOffset, new Int8Array(lengths), this.length)
      : writePadded(target, byteOffset, lengths, this.length * 4);
    writePadded(target, bytesOffset, this.bytes, this.bytesUsed);
  }

  appendFiller(): void {
    this.pushLength(0);
  }

  get memoryBytes(): number {
    return this.lengths.byteLength + this.bytes.length + 2 * this.pending.length;
  }

  reset(): void {
    this.length = 0;
    this.bytesUsed = 0;
    this.narrow = true;
    this.allLatin1 = true;
    this.pending = '';
    this.flushedRows = 0;
  }

  private flush(): void {
    const text = this.pending;
    this.pending = '';
    if (isLatin1(text)) {
      this.reserve(text.length);
      this.bytesUsed += this.bytes.write(text, this.bytesUsed, 'latin1');
    } else {
      this.reserve(text.length * 2);
      this.writeMixed(text);
    }
    this.flushedRows = this.length;
  }

  /** Decides string by string between one and two bytes for each code unit. */
  private writeMixed(text: string): void {
    // Units in typed memory are several times cheaper to look at than those of a string.
    const units = new Uint16Array(text.length);
    Buffer.from(units.buffer).write(text, 'utf16le');
    const { bytes, lengths } = this;
    let start = 0;
    let at = this.bytesUsed;
    for (let row = this.flushedRows; row < this.length; row++) {
      const end = start + (lengths[row] as number);
      let all = 0;
      for (let i = start; i < end; i++) all |= units[i] as number;
      if (all < 256) for (let i = start; i < end; i++) bytes[at++] = units[i] as number;
      else {
        for (let i = start; i < end; i++) {
          const unit = units[i] as number;
          bytes[at++] = unit;
          bytes[at++] = unit >>> 8;
        }
        lengths[row] = start - end;
        this.allLatin1 = false;
      }
      start = end;
    }
    this.bytesUsed = at;
  }

  private pushLength(length: number): void {
    if (this.length === this.lengths.length) {
      const larger = new Int32Array(this.lengths.length * 2);
      larger.set(this.lengths);
      this.lengths = larger;
    }
    this.lengths[this.length++] = length;
    if (length > 127) this.narrow = false;
  }

  private reserve(bytes: number): void {
    const needed = this.bytesUsed + bytes;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.bytesUsed));
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
