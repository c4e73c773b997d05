import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { FiresteelError } from '@firesteel/common';
import { outputFailed, systemCode } from './file-errors.js';
import { LineEncoder } from './line-encoder.js';
import { outputDirectory, TEMPORARY } from './text-output.js';

export type TextCompression = 'none' | 'gzip';

/** Writes one partition of a text output; every method is synchronous. */
export interface TextPartWriter {
  /**
   * Writes each line with a LF behind it, as UTF-8.
   *
   * @throws FiresteelError OUTPUT_FAILED
   */
  writeLines(lines: readonly string[]): void;
  /**
   * Publishes the part, unless another attempt has done that before: then this one's file is
   * discarded and the published one counts. `bytes` is the size of the published file.
   *
   * @throws FiresteelError OUTPUT_FAILED
   */
  commit(): { bytes: number };
  /** Removes what was written; idempotent, and without effect after `commit`. */
  abort(): void;
}

/**
 * Opens one attempt to write partition `partition` of the output that the driver prepared in
 * `directory`; on executors. The part appears as `part-00000` (`part-00000.gz`) when it commits.
 *
 * @throws FiresteelError OUTPUT_FAILED, also when the driver has given up the output meanwhile
 */
export function openTextPart(
  directory: string,
  partition: number,
  attempt: number,
  compression: TextCompression,
): TextPartWriter {
  const target = outputDirectory(directory);
  const name = `part-${String(partition).padStart(5, '0')}${compression === 'gzip' ? '.gz' : ''}`;
  return new LocalTextPart(
    path.join(target, TEMPORARY, `attempt-${partition}-${attempt}`),
    path.join(target, name),
    compression,
  );
}

/**
 * The attempt writes to a directory of its own and publishes with a hard link, which, unlike a
 * rename, fails when the name is taken: the first attempt wins.
 */
class LocalTextPart implements TextPartWriter {
  readonly #attemptDirectory: string;
  readonly #attemptFile: string;
  readonly #finalFile: string;
  readonly #encoder: LineEncoder;
  #fd: number | undefined;

  constructor(attemptDirectory: string, finalFile: string, compression: TextCompression) {
    this.#attemptDirectory = attemptDirectory;
    this.#attemptFile = path.join(attemptDirectory, path.basename(finalFile));
    this.#finalFile = finalFile;
    this.#encoder = new LineEncoder(compression, (bytes) => this.#write(bytes));
    try {
      // Not recursive: an output that was aborted must not come back.
      mkdirSync(attemptDirectory);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw this.#failed('create', error);
    }
    try {
      this.#fd = openSync(this.#attemptFile, 'w');
    } catch (error) {
      throw this.#failed('create', error);
    }
  }

  writeLines(lines: readonly string[]): void {
    this.#encoder.encode(lines);
  }

  commit(): { bytes: number } {
    this.#encoder.finish();
    this.#close('write');
    try {
      this.#publish();
      return { bytes: statSync(this.#finalFile).size };
    } catch (error) {
      throw this.#failed('publish', error);
    } finally {
      this.#removeAttempt();
    }
  }

  abort(): void {
    try {
      this.#close('close');
    } catch {
      // The file is removed next.
    }
    this.#removeAttempt();
  }

  #publish(): void {
    try {
      linkSync(this.#attemptFile, this.#finalFile);
    } catch (error) {
      const code = systemCode(error);
      if (code === 'EEXIST') return;
      if (code === 'ENOENT' || code === 'EACCES') throw error;
      // A file system without hard links. Between the two calls another attempt may publish; then
      // this one replaces it as a whole, with the same lines.
      if (!existsSync(this.#finalFile)) renameSync(this.#attemptFile, this.#finalFile);
    }
  }

  #write(bytes: Uint8Array): void {
    if (this.#fd === undefined)
      throw new FiresteelError('INTERNAL', `${this.#finalFile} was written after it was closed.`);
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#fd, bytes, done, bytes.length - done);
    } catch (error) {
      throw this.#failed('write', error);
    }
  }

  #close(what: string): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    this.#fd = undefined;
    try {
      closeSync(fd);
    } catch (error) {
      throw this.#failed(what, error);
    }
  }

  /** Best effort: the driver removes the whole temporary directory in the end. */
  #removeAttempt(): void {
    try {
      rmSync(this.#attemptDirectory, { recursive: true, force: true });
    } catch {}
  }

  #failed(what: string, error: unknown): FiresteelError {
    return outputFailed(this.#finalFile, `${what} output file`, error);
  }
}
