import type { FiresteelError } from '@firesteel/common';
import type { ByteSource } from './byte-source.js';
import { corruptInput } from './file-errors.js';

const BUFFER_BYTES = 64 * 1024;

/** Reads the structure of compressed data: so many bytes at a time, or an error that says where. */
export class FrameInput {
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  constructor(
    private readonly source: ByteSource,
    /** Such as `LZ4`, for messages. */
    private readonly format: string,
  ) {}

  /** True when no byte of the file is left. */
  isAtEnd(): boolean {
    return !this.#has(1);
  }

  /**
   * The next `count` bytes; the next call may overwrite them.
   *
   * @throws FiresteelError CORRUPT_INPUT at the end of the file
   */
  take(count: number): Buffer {
    if (!this.#has(count))
      throw this.corrupt(`the file ends in the middle of its ${this.format} data; it was cut off`);
    const bytes = this.#buffer.subarray(this.#start, this.#start + count);
    this.#start += count;
    return bytes;
  }

  skip(count: number): void {
    for (let left = count; left > 0; left -= BUFFER_BYTES) this.take(Math.min(left, BUFFER_BYTES));
  }

  /** The error for damage just before the next byte. */
  corrupt(reason: string): FiresteelError {
    const offset = this.source.bytesRead - (this.#end - this.#start);
    return corruptInput(this.source.path, offset, reason);
  }

  #has(count: number): boolean {
    if (this.#end - this.#start >= count) return true;
    if (this.#start + count > this.#buffer.length) this.#makeRoom(count);
    while (this.#end - this.#start < count) {
      const room = this.#buffer.length - this.#end;
      const read = this.source.read(this.#buffer, this.#end, room);
      if (read === 0) return false;
      this.#end += read;
    }
    return true;
  }

  #makeRoom(count: number): void {
    const old = this.#buffer;
    if (count > old.length) this.#buffer = Buffer.allocUnsafe(count);
    old.copy(this.#buffer, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }
}
