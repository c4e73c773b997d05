import { closeSync, constants, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FiresteelError, makeDirectory, processIdentity } from '@firesteel/common';
import type { SchedulerEvent } from '@firesteel/scheduler';
import {
  EVENT_LOG_VERSION,
  encodeEvent,
  IN_PROGRESS_SUFFIX,
  LOG_SUFFIX,
  type LogStart,
} from './format.js';

const BUFFER_LENGTH = 64 * 1024;
/** So much of what has happened may be lost in a crash. */
const FLUSH_INTERVAL_MS = 1000;

/** Events of these kinds are written at once, since a reader waits for them. */
const urgent: ReadonlySet<SchedulerEvent['kind']> = new Set([
  'applicationStart',
  'applicationEnd',
  'jobStart',
  'jobEnd',
  'executorAdded',
  'executorRemoved',
]);

/**
 * Writes events to a file as they happen: many at a time, at the latest a second after the first
 * of them, and when the process exits. A disk that is full ends the log with a warning, and not
 * the application.
 */
export class EventLogWriter {
  readonly path: string;
  readonly #flushAtExit = () => this.flush();
  #file: number | undefined;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param directory is made if it is missing, for the eyes of its owner
   * @throws FiresteelError OUTPUT_FAILED
   */
  constructor(directory: string, appId: string) {
    this.path = join(directory, `${appId}${LOG_SUFFIX}`);
    try {
      makeDirectory(directory, 0o700);
      const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;
      const flags = O_APPEND | O_CREAT | O_EXCL | O_WRONLY;
      this.#file = openSync(this.path + IN_PROGRESS_SUFFIX, flags, 0o640);
    } catch (error) {
      throw new FiresteelError(
        'OUTPUT_FAILED',
        `The event log cannot be written to ${directory}: ${(error as Error).message}. Set eventLog.dir to a directory that this user may write to, or eventLog.enabled to false.`,
        { cause: error, data: { path: directory } },
      );
    }
    process.on('exit', this.#flushAtExit);
    const start: LogStart = {
      kind: 'logStart',
      version: EVENT_LOG_VERSION,
      process: processIdentity(),
    };
    this.#lines = `${JSON.stringify(start)}\n`;
  }

  write(event: SchedulerEvent): void {
    if (this.#file === undefined) return;
    this.#lines += `${encodeEvent(event)}\n`;
    if (this.#lines.length >= BUFFER_LENGTH || urgent.has(event.kind)) {
      this.flush();
      return;
    }
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_INTERVAL_MS).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#file === undefined || this.#lines === '') return;
    const bytes = Buffer.from(this.#lines);
    this.#lines = '';
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      this.#giveUp(error as Error);
    }
  }

  /** The application has ended: its log gets the name of a whole one. */
  close(): void {
    this.flush();
    if (this.#file === undefined) return;
    try {
      this.#closeFile();
      renameSync(this.path + IN_PROGRESS_SUFFIX, this.path);
    } catch (error) {
      this.#giveUp(error as Error);
    }
  }

  #giveUp(error: Error): void {
    process.emitWarning(`The event log ${this.path} ends here: ${error.message}`, {
      type: 'FiresteelWarning',
      code: 'EVENT_LOG_FAILED',
    });
    if (this.#file !== undefined) this.#closeFile();
  }

  #closeFile(): void {
    process.off('exit', this.#flushAtExit);
    const file = this.#file as number;
    this.#file = undefined;
    closeSync(file);
  }
}
