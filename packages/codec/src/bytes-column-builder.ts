import { align8, BUFFERS, ColumnKind } from './block-format.js';
import { ColumnData, type GrowingColumn, writePadded } from './column-writer.js';
import { grown } from './fixed-column-builders.js';

/** A column of Uint8Arrays, or one of Buffers: their bytes one after the other, and their ends. */
export class BytesColumnBuilder extends ColumnData implements GrowingColumn {
  readonly kind = ColumnKind.Bytes;
  length = 0;
  /** Whether the values are Buffers; set before the first append. */
  buffers = false;
  private ends = new Int32Array(64);
  private bytes = new Uint8Array(4096);
  private bytesUsed = 0;

  append(value: Uint8Array): void {
    const needed = this.bytesUsed + value.length;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.bytesUsed));
      this.bytes = larger;
    }
    this.bytes.set(value, this.bytesUsed);
    this.bytesUsed = needed;
    this.appendFiller();
  }

  override variant(): number {
    return this.buffers ? BUFFERS : 0;
  }

  override extra(): number {
    return this.bytesUsed;
  }

  override dataBytes(): number {
    return align8(this.length * 4) + align8(this.bytesUsed);
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    const bytesOffset = writePadded(target, byteOffset, this.ends, this.length * 4);
    writePadded(target, bytesOffset, this.bytes, this.bytesUsed);
  }

  appendFiller(): void {
    if (this.length === this.ends.length) this.ends = grown(this.ends);
    this.ends[this.length++] = this.bytesUsed;
  }

  get memoryBytes(): number {
    return this.ends.byteLength + this.bytes.length;
  }

  reset(): void {
    this.length = 0;
    this.bytesUsed = 0;
  }
}
