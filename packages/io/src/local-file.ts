import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readError } from './file-errors.js';
import type { RandomAccessFile } from './file-system.js';

/**
 * A file of the local file system, read in order from `position`. Reads are synchronous: on an
 * executor thread that is both the fastest way to read (no thread pool hop for each buffer) and
 * what keeps the iterables that user functions see synchronous.
 */
export class LocalFile implements RandomAccessFile {
  readonly path: string;
  #fd: number | undefined;
  #position: number;
  #bytesRead = 0;

  constructor(path: string, position = 0) {
    this.path = path;
    this.#position = position;
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      throw readError(path, error);
    }
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Size of the file as it is now. */
  get size(): number {
    return this.#fd === undefined ? 0 : fstatSync(this.#fd).size;
  }

  /** `length` bytes from `position` on, fewer at the end of the file; in memory of their own. */
  readAt(position: number, length: number): Buffer {
    const bytes = Buffer.from(new ArrayBuffer(length));
    this.#position = position;
    let done = 0;
    while (done < length) {
      const count = this.read(bytes, done, length - done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  }

  read(target: Uint8Array, offset: number, length: number): number {
    if (this.#fd === undefined) return 0;
    let count: number;
    try {
      count = readSync(this.#fd, target, offset, length, this.#position);
    } catch (error) {
      throw readError(this.path, error);
    }
    this.#position += count;
    this.#bytesRead += count;
    return count;
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }
}
