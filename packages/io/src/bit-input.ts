import type { FiresteelError } from '@firesteel/common';
import type { ByteSource } from './byte-source.js';
import { corruptInput } from './file-errors.js';

const SIZE = 64 * 1024;
/** Zeros behind the last byte, so that the decoder may look ahead without asking each time. */
const SLACK = 16;

/**
 * Compressed bytes as a stream of bits, lowest bit first. The fields are open because the
 * decoder keeps them in local variables while it runs; `ensure` is its way back to the source.
 */
export class BitInput {
  readonly data = new Uint8Array(SIZE + SLACK);
  readonly view = new DataView(this.data.buffer);
  /** Next byte of `data` to move into `hold`. */
  position = 0;
  end = 0;
  /** Up to 31 bits already taken out of `data`. */
  hold = 0;
  holdBits = 0;
  readonly #source: ByteSource;
  #atEnd = false;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes of the file before the next bit. */
  get offset(): number {
    return this.#source.bytesRead - this.end + this.position - (this.holdBits >>> 3);
  }

  /** The error for damaged data here; a file that was cut off is damaged only by that. */
  corrupt(reason: string): FiresteelError {
    if (this.position - (this.holdBits >>> 3) > this.end) return this.truncated();
    return corruptInput(this.#source.path, this.offset, reason);
  }

  truncated(): FiresteelError {
    return corruptInput(
      this.#source.path,
      this.#source.bytesRead,
      'the file ends in the middle of its gzip data; it was cut off',
    );
  }

  /**
   * Makes `data` hold SLACK bytes after `position`, the zeros behind the end of the file included.
   *
   * @throws FiresteelError CORRUPT_INPUT when bits behind the end were already used
   */
  ensure(): void {
    this.#unreadHold();
    if (this.position > this.end) throw this.truncated();
    while (!this.#atEnd && this.end - this.position < SLACK) this.#read();
  }

  /** The next `count` bits, at most 16. */
  bits(count: number): number {
    if (this.holdBits < count) {
      if (this.position + SLACK > this.end) this.ensure();
      while (this.holdBits < count) {
        this.hold |= this.data[this.position++]! << this.holdBits;
        this.holdBits += 8;
      }
      if (this.position > this.end) throw this.truncated();
    }
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.holdBits -= count;
    return value;
  }

  /** Drops the rest of a byte that was begun; from here on whole bytes can be read. */
  alignToByte(): void {
    this.#unreadHold();
    this.hold = 0;
    this.holdBits = 0;
    if (this.position > this.end) throw this.truncated();
  }

  /** After `alignToByte`: true when no byte is left. */
  isAtEnd(): boolean {
    while (!this.#atEnd && this.position === this.end) this.#read();
    return this.position === this.end;
  }

  /** After `alignToByte`: the next byte. */
  byte(): number {
    if (this.isAtEnd()) throw this.truncated();
    return this.data[this.position++]!;
  }

  /** After `alignToByte`: copies up to `length` bytes, at least one. */
  copyBytes(target: Uint8Array, offset: number, length: number): number {
    if (this.isAtEnd()) throw this.truncated();
    const count = Math.min(length, this.end - this.position);
    target.set(this.data.subarray(this.position, this.position + count), offset);
    this.position += count;
    return count;
  }

  #unreadHold(): void {
    const bytes = this.holdBits >>> 3;
    this.position -= bytes;
    this.holdBits &= 7;
    this.hold &= (1 << this.holdBits) - 1;
  }

  #read(): void {
    this.data.copyWithin(0, this.position, this.end);
    this.end -= this.position;
    this.position = 0;
    const count = this.#source.read(this.data, this.end, SIZE - this.end);
    this.end += count;
    this.#atEnd = count === 0;
    this.data.fill(0, this.end, this.end + SLACK);
  }
}
