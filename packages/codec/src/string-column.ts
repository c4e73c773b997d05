import { isAscii } from 'node:buffer';
import type { AsciiStrings } from './ascii-lines.js';
import { corrupt } from './block-errors.js';
import { ColumnBase, type Nullity } from './column-base.js';
import { asBuffer } from './text.js';

/** Strings are cut out of a text of about this size; a string that is kept keeps its text. */
const RUN_BYTES = 16 * 1024;
/** Longer strings are decoded alone. */
const LONG_STRING_BYTES = 1024;

/** Strings: their bytes one after the other, and their lengths. */
export class StringColumn extends ColumnBase {
  readonly kind = 'string';
  private readonly buffer: Buffer;
  /** The byte offsets of the rows and the end; made by the first random access. */
  private offsets: Int32Array | undefined;
  private asciiStrings: AsciiStrings | null | undefined;
  /** Where the last sequential read stopped. */
  private nextRow = 0;
  private nextOffset = 0;

  /**
   * @param lengths `n >= 0`: n latin1 bytes; `n < 0`: -n code units as UTF-16LE
   * @param allLatin1 whether no length is negative
   */
  constructor(
    readonly lengths: Int8Array | Int32Array,
    readonly bytes: Uint8Array,
    readonly allLatin1: boolean,
    nullity: Nullity,
  ) {
    super(lengths.length, nullity);
    this.buffer = asBuffer(bytes);
  }

  /** Where the strings lie if all of them are ASCII; else null, as with a row that is no string. */
  ascii(): AsciiStrings | null {
    if (this.asciiStrings === undefined) {
      const { allLatin1, bytes, nulls, undefineds } = this;
      const isPlain = allLatin1 && nulls === undefined && undefineds === undefined;
      this.asciiStrings = isPlain && isAscii(bytes) ? this.allStrings() : null;
    }
    return this.asciiStrings;
  }

  private allStrings(): AsciiStrings {
    const { buffer, byteOffset, length } = this.bytes;
    this.offsets ??= this.allOffsets();
    return { view: new DataView(buffer, byteOffset, length), starts: this.offsets };
  }

  protected override valueAt(row: number): string {
    this.offsets ??= this.allOffsets();
    return this.decode(this.offsets[row] as number, this.lengths[row] as number);
  }

  protected override valuesBetween(from: number, to: number): unknown[] {
    const { lengths, buffer } = this;
    const out: string[] = [];
    let offset = this.offsetOf(from);
    let row = from;
    while (row < to) {
      const first = row;
      const start = offset;
      const limit = start + RUN_BYTES;
      let longest = 0;
      while (row < to && offset < limit) {
        const length = lengths[row] as number;
        const size = length < 0 ? -2 * length : length;
        if (size > LONG_STRING_BYTES) {
          longest = size;
          break;
        }
        offset += size;
        row++;
      }
      this.checkEnd(offset);
      const text = buffer.toString('latin1', start, offset);
      let at = 0;
      for (let i = first; i < row; i++) {
        const length = lengths[i] as number;
        if (length < 0) {
          out.push(this.decode(start + at, length));
          at -= 2 * length;
        } else {
          out.push(text.substring(at, at + length));
          at += length;
        }
      }
      if (longest > 0) {
        out.push(this.decode(offset, lengths[row] as number));
        offset += longest;
        row++;
      }
    }
    this.nextRow = to;
    this.nextOffset = offset;
    return out;
  }

  private decode(offset: number, length: number): string {
    const end = offset + (length < 0 ? -2 * length : length);
    this.checkEnd(end);
    return this.buffer.toString(length < 0 ? 'utf16le' : 'latin1', offset, end);
  }

  private checkEnd(end: number): void {
    if (end > this.bytes.length) throw corrupt('the lengths of strings exceed their bytes');
  }

  private offsetOf(row: number): number {
    if (row === this.nextRow) return this.nextOffset;
    if (row === 0) return 0;
    this.offsets ??= this.allOffsets();
    return this.offsets[row] as number;
  }

  private allOffsets(): Int32Array {
    const offsets = new Int32Array(this.length + 1);
    let offset = 0;
    for (let i = 0; i < this.length; i++) {
      const length = this.lengths[i] as number;
      offset += length < 0 ? -2 * length : length;
      this.checkEnd(offset);
      offsets[i + 1] = offset;
    }
    return offsets;
  }
}
