import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FiresteelError, mayBeAlive } from '@firesteel/common';
import type { ApplicationSource, ServedApplication } from '../api/application-source.js';
import type { ApplicationState, ApplicationView } from '../api/types.js';
import { LogFollower } from '../event-log/follower.js';
import {
  decodeEvent,
  decodeLogStart,
  IN_PROGRESS_SUFFIX,
  LOG_SUFFIX,
} from '../event-log/format.js';
import { ApplicationStore, type Retention } from '../store/application-store.js';

/** Applications that are kept in memory, those looked at last. */
const MAX_OPEN = 20;
/** The first lines of a log, with the start of the application, are shorter. */
const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 64 * 1024;

interface LogFile {
  readonly path: string;
  readonly isInProgress: boolean;
}

interface OpenLog {
  readonly store: ApplicationStore;
  readonly follower: LogFollower;
  /** One reader at a time. */
  reading: Promise<void>;
}

/** What a log tells by itself; whether the application runs depends on the process that writes it. */
interface Summary {
  readonly view: Omit<ApplicationView, 'state'>;
  readonly writer: string;
}

/** The event logs of a directory: of applications that have ended, that run, or that crashed. */
export class LogDirectory implements ApplicationSource {
  readonly isLive = false;
  readonly #directory: string;
  readonly #retention: Retention;
  readonly #open = new Map<string, OpenLog>();
  /** By path, size and time of the last change of a file; undefined for one that is no log. */
  #summaries = new Map<string, Summary | undefined>();

  constructor(directory: string, retention: Retention) {
    this.#directory = directory;
    this.#retention = retention;
  }

  /** Newest first. @throws FiresteelError PATH_NOT_READABLE */
  async list(): Promise<readonly ApplicationView[]> {
    const summaries = new Map<string, Summary | undefined>();
    const views: ApplicationView[] = [];
    for (const [appId, file] of await this.#files()) {
      const status = await stat(file.path).catch(() => undefined);
      if (status === undefined) continue;
      const key = `${file.path}\n${status.size}\n${status.mtimeMs}`;
      const summary = this.#summaries.has(key)
        ? this.#summaries.get(key)
        : await summarise(appId, file.path, status.mtimeMs);
      summaries.set(key, summary);
      if (summary !== undefined)
        views.push({ ...summary.view, state: stateOf(file, summary.writer) });
    }
    this.#summaries = summaries;
    return views.sort((a, b) => b.startTime - a.startTime);
  }

  async open(appId: string): Promise<ServedApplication | undefined> {
    const file = (await this.#files()).get(appId);
    if (file === undefined) return undefined;
    let log = this.#open.get(appId);
    if (log === undefined) {
      const store = new ApplicationStore(this.#retention);
      log = { store, follower: new LogFollower(file.path), reading: Promise.resolve() };
    }
    // The one that was looked at last is the last one to be forgotten.
    this.#open.delete(appId);
    this.#open.set(appId, log);
    if (this.#open.size > MAX_OPEN) this.#open.delete(this.#open.keys().next().value as string);
    const { store, follower, reading } = log;
    log.reading = reading
      .catch(() => {})
      .then(() => follower.read((event) => store.apply(event), file.path));
    try {
      await log.reading;
    } catch (error) {
      this.#open.delete(appId);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    return { store, state: stateOf(file, follower.start?.process), eventLogPath: file.path };
  }

  async #files(): Promise<Map<string, LogFile>> {
    const files = new Map<string, LogFile>();
    let names: string[];
    try {
      names = await readdir(this.#directory);
    } catch (error) {
      throw new FiresteelError(
        'PATH_NOT_READABLE',
        `The directory of event logs cannot be read: ${(error as Error).message}.`,
        { cause: error, data: { path: this.#directory } },
      );
    }
    for (const name of names) {
      const isInProgress = name.endsWith(IN_PROGRESS_SUFFIX);
      const whole = isInProgress ? name.slice(0, -IN_PROGRESS_SUFFIX.length) : name;
      if (!whole.endsWith(LOG_SUFFIX)) continue;
      const appId = whole.slice(0, -LOG_SUFFIX.length);
      files.set(appId, { path: join(this.#directory, name), isInProgress });
    }
    return files;
  }
}

function stateOf({ isInProgress }: LogFile, writer: string | undefined): ApplicationState {
  if (!isInProgress) return 'ended';
  return writer === undefined || mayBeAlive(writer) ? 'running' : 'crashed';
}

/** By the first lines and the last one of a log; undefined if it is none. */
async function summarise(
  appId: string,
  path: string,
  modifiedMs: number,
): Promise<Summary | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const [first = '', ...others] = (await textAt(handle, 0, HEAD_BYTES)).split('\n');
    const { process: writer } = decodeLogStart(first, path);
    const start = others
      .slice(0, 10)
      .map(decodeEvent)
      .find((event) => event?.kind === 'applicationStart');
    if (start?.kind !== 'applicationStart') return undefined;
    const tail = await textAt(handle, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
    const last = decodeEvent(tail.split('\n').at(-2) ?? '');
    const { appName: name, master, version, time: startTime } = start;
    const endTime = last?.kind === 'applicationEnd' ? last.time : undefined;
    const view = {
      id: appId,
      name,
      master,
      version,
      startTime,
      ...(endTime !== undefined && { endTime }),
      lastEventTime: last?.time ?? modifiedMs,
    };
    return { view, writer };
  } catch (error) {
    if (FiresteelError.is(error, 'CORRUPT_INPUT')) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

async function textAt(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('utf8', 0, bytesRead);
}
