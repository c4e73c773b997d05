import { closeSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from './byte-source.js';
import { readError } from './file-errors.js';

/**
 * A file of the local file system, read in order from `position`. Reads are synchronous: on an
 * executor thread that is both the fastest way to read (no thread pool hop for each buffer) and
 * what keeps the iterables that user functions see synchronous.
 */
export class LocalFile implements ByteSource {
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
