import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { SchedulerEvent } from '@firesteel/scheduler';
import { decodeEvent, decodeLogStart, type LogStart } from './format.js';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads an event log from where it stopped the last time: what was written since then, line by
 * line. A last line that is not complete waits for its end, which does not come after a crash.
 */
export class LogFollower {
  readonly #path: string;
  /** Behind the last complete line. */
  #offset = 0;
  #start: LogStart | undefined;
  #damagedLines = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined before anything was read. */
  get start(): LogStart | undefined {
    return this.#start;
  }

  /** Lines that were no event, or of an event that `apply` did not take. */
  get damagedLines(): number {
    return this.#damagedLines;
  }

  /**
   * @param path when the file was renamed since
   * @throws FiresteelError CORRUPT_INPUT for a file that is no event log, or of a newer version
   */
  async read(apply: (event: SchedulerEvent) => void, path = this.#path): Promise<void> {
    const file = await open(path, 'r');
    try {
      await this.#readFrom(file, apply);
    } finally {
      await file.close();
    }
  }

  async #readFrom(file: FileHandle, apply: (event: SchedulerEvent) => void): Promise<void> {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const decoder = new StringDecoder('utf8');
    let position = this.#offset;
    let text = '';
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      const lines = (text + decoder.write(chunk.subarray(0, bytesRead))).split('\n');
      text = lines.pop() as string;
      for (const line of lines) this.#take(line, apply);
      const end = chunk.lastIndexOf(0x0a, bytesRead - 1);
      if (end >= 0) this.#offset = position - bytesRead + end + 1;
    }
  }

  #take(line: string, apply: (event: SchedulerEvent) => void): void {
    if (this.#start === undefined) {
      this.#start = decodeLogStart(line, this.#path);
      return;
    }
    const event = decodeEvent(line);
    try {
      if (event !== undefined) {
        apply(event);
        return;
      }
    } catch {
      // An event with parts missing; those after it may be whole.
    }
    this.#damagedLines++;
  }
}
