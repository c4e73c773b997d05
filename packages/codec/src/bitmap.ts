import { bitmapBytes } from './block-format.js';

/** Row flags that grow by use: bit `i & 7` of byte `i >> 3`. */
export class Bitmap {
  private bytes = new Uint8Array(128);

  get memoryBytes(): number {
    return this.bytes.length;
  }

  set(row: number): void {
    const index = row >>> 3;
    if (index >= this.bytes.length) {
      const grown = new Uint8Array(Math.max(index + 1, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes[index] = (this.bytes[index] as number) | (1 << (row & 7));
  }

  /** Writes the flags of the first `length` rows, padded; returns the bytes written. */
  writeTo(target: Uint8Array, byteOffset: number, length: number): number {
    const size = bitmapBytes(length);
    const known = Math.min(size, this.bytes.length);
    target.set(this.bytes.subarray(0, known), byteOffset);
    target.fill(0, byteOffset + known, byteOffset + size);
    return size;
  }
}

export function bitAt(bytes: Uint8Array, row: number): boolean {
  return ((bytes[row >>> 3] as number) & (1 << (row & 7))) !== 0;
}
