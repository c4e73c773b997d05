import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { FiresteelError } from '@firesteel/common';
import type { FileOutput } from '@firesteel/plan';
import { outputFailed, systemCode } from './file-errors.js';
import { attemptsDirectory, outputDirectory, partName } from './output-paths.js';

/** The file that one attempt to write a partition fills; every method is synchronous. */
export interface PartFile {
  /** By which `OutputJob.commit` finds the file. */
  readonly file: string;
  /** Bytes written so far. */
  readonly bytes: number;
  /** Takes a copy of the bytes, or what becomes of them: the caller uses their memory again. */
  write(bytes: Uint8Array): void;
  /** Completes the file. */
  close(): void;
  /** Removes what was written; best effort, idempotent. */
  abort(): void;
}

/**
 * The file that one attempt to write a partition fills, in a directory of its own; on executors.
 * Every method is synchronous. It takes its place when the driver commits the output.
 */
export class AttemptFile implements PartFile {
  /** The file, relative to the directory of all attempts. */
  readonly file: string;
  /** The name under which errors speak of it: the one that it is going to have. */
  readonly finalPath: string;
  readonly #directory: string;
  #fd: number | undefined;
  #bytes = 0;

  /** @throws FiresteelError OUTPUT_FAILED, also when the driver has given up the output meanwhile */
  constructor(output: FileOutput, partition: number, attempt: number) {
    const name = partName(output, partition);
    this.finalPath = path.join(outputDirectory(output.path), name);
    const directory = `attempt-${partition}-${attempt}`;
    this.file = path.join(directory, name);
    this.#directory = path.join(attemptsDirectory(output), directory);
    try {
      // Not recursive: an output that was aborted must not come back.
      mkdirSync(this.#directory);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw this.#failed('create', error);
    }
    try {
      this.#fd = openSync(path.join(this.#directory, name), 'w');
    } catch (error) {
      throw this.#failed('create', error);
    }
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  write(bytes: Uint8Array): void {
    if (this.#fd === undefined)
      throw new FiresteelError('INTERNAL', `${this.finalPath} was written after it was closed.`);
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#fd, bytes, done, bytes.length - done);
    } catch (error) {
      throw this.#failed('write', error);
    }
    this.#bytes += bytes.length;
  }

  /** @throws FiresteelError OUTPUT_FAILED */
  close(): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    this.#fd = undefined;
    try {
      closeSync(fd);
    } catch (error) {
      throw this.#failed('write', error);
    }
  }

  /** Removes what was written; best effort, as the driver removes all attempts in the end. */
  abort(): void {
    try {
      this.close();
    } catch {
      // The file is removed next.
    }
    try {
      rmSync(this.#directory, { recursive: true, force: true });
    } catch {}
  }

  #failed(what: string, error: unknown): FiresteelError {
    return outputFailed(this.finalPath, `${what} output file`, error);
  }
}
