import { closeSync, createWriteStream, mkdirSync, openSync, writeSync } from 'node:fs';
import { cp, rm, stat } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { fileURLToPath } from 'node:url';
import { FiresteelError, invalidArgument } from '@firesteel/common';
import { fileSystemOf } from '@firesteel/io';
import { setFilesDirectory } from '@firesteel/plan';
import { LocalDirs } from '@firesteel/storage';

/** An added file or directory, as tasks know it. */
interface AddedFile {
  readonly name: string;
  /** Of the copy that was taken. */
  readonly path: string;
}

/** The driver's copies of what `sc.addFile` has added. */
export class AddedFiles {
  /** Where the copies are, each under its name. */
  readonly directory: string;
  readonly #dirs: LocalDirs;
  /** By name, the path as it was written. */
  readonly #added = new Map<string, string>();

  constructor(localDirs: readonly string[]) {
    this.#dirs = LocalDirs.forApplication(localDirs);
    this.directory = this.#dirs.file(0, 'added');
    setFilesDirectory(this.directory);
  }

  /** Undefined if the path was added before. */
  async add(path: string, isRecursive: boolean): Promise<AddedFile | undefined> {
    const name = nameOf(path);
    const known = this.#added.get(name);
    if (known === path) {
      process.emitWarning(
        `${path} was added before; the copy that was taken then is not renewed.`,
        {
          type: 'FiresteelWarning',
          code: 'FILE_ADDED_BEFORE',
        },
      );
      return undefined;
    }
    if (known !== undefined)
      throw invalidArgument(
        `The name ${name} of an added file`,
        `unique, it belongs to ${known}`,
        path,
      );
    // Reserved before the first await: two calls may overlap.
    this.#added.set(name, path);
    if (this.#added.size === 1) process.once('exit', this.#onExit);
    const copy = this.#dirs.fileToWrite(0, 'added', name);
    try {
      await copyTo(copy, path, isRecursive);
    } catch (error) {
      this.#added.delete(name);
      await rm(copy, { recursive: true, force: true });
      throw error;
    }
    return { name, path: copy };
  }

  list(): readonly string[] {
    return [...this.#added.values()];
  }

  remove(): void {
    process.off('exit', this.#onExit);
    this.#dirs.remove();
  }

  readonly #onExit = () => this.#dirs.remove();
}

function nameOf(path: string): string {
  const name =
    schemeOf(path) === undefined
      ? basename(resolve(path))
      : decodeURIComponent(posix.basename(new URL(path).pathname));
  // An encoded slash would lead out of the directory of the copies.
  if (name === '' || name === '.' || name === '..' || name.includes('/'))
    throw invalidArgument('The path of addFile', 'one with a file name at its end', path);
  return name;
}

function schemeOf(path: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(path)?.[1]?.toLowerCase();
}

async function copyTo(copy: string, path: string, isRecursive: boolean): Promise<void> {
  const scheme = schemeOf(path);
  if (scheme === 'http' || scheme === 'https') await download(copy, path);
  else if (scheme === undefined || scheme === 'file')
    await copyLocal(copy, scheme === undefined ? path : fileURLToPath(path), isRecursive);
  else copyFrom(copy, path);
}

async function copyLocal(copy: string, path: string, isRecursive: boolean): Promise<void> {
  try {
    if ((await stat(path)).isDirectory() && !isRecursive)
      throw invalidArgument('The path of addFile', 'a file, unless recursive is true', path);
    await cp(path, copy, { recursive: true, dereference: true });
  } catch (cause) {
    if (FiresteelError.is(cause)) throw cause;
    throw notReadable(path, cause as NodeJS.ErrnoException);
  }
}

async function download(copy: string, url: string): Promise<void> {
  try {
    const { ok, status, body } = await fetch(url);
    if (!ok || body === null) throw new Error(`the server answered with status ${status}`);
    await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(copy));
  } catch (cause) {
    throw notReadable(url, cause as NodeJS.ErrnoException);
  }
}

const COPY_BYTES = 1024 * 1024;

/** From a file system that is not the local one: the files that the path means. */
function copyFrom(copy: string, path: string): void {
  const fileSystem = fileSystemOf(path);
  const files = fileSystem.listFiles(path);
  const isDirectory = files.length !== 1 || files[0]?.path !== path;
  if (isDirectory) mkdirSync(copy);
  for (const { path: from } of files) {
    const source = fileSystem.open(from);
    const target = openSync(isDirectory ? join(copy, posix.basename(from)) : copy, 'wx', 0o600);
    try {
      for (let position = 0; position < source.size; ) {
        const bytes = source.readAt(position, COPY_BYTES);
        if (bytes.length === 0) break;
        writeSync(target, bytes);
        position += bytes.length;
      }
    } finally {
      closeSync(target);
      source.close();
    }
  }
}

function notReadable(path: string, cause: NodeJS.ErrnoException): FiresteelError {
  const isMissing = cause.code === 'ENOENT';
  return new FiresteelError(
    isMissing ? 'PATH_NOT_FOUND' : 'PATH_NOT_READABLE',
    isMissing
      ? `${path} does not exist, so it cannot be added.`
      : `${path} cannot be added: ${cause.message}.`,
    { cause, data: { path } },
  );
}
