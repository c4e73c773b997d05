import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** A directory of the calling suite, removed when its tests have ended. */
export class Scratch {
  readonly path = mkdtempSync(join(tmpdir(), 'firesteel-behaviour-'));
  #count = 0;

  constructor() {
    afterAll(() => rmSync(this.path, { recursive: true, force: true }));
  }

  /** A path in the directory at which nothing exists, another one with each call. */
  fresh(name = 'path'): string {
    return join(this.path, `${name}-${this.#count++}`);
  }

  /** Writes files into a new directory in here and returns its path. */
  directory(files: Readonly<Record<string, string | Uint8Array>>): string {
    const directory = this.fresh('directory');
    mkdirSync(directory);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), content);
    }
    return directory;
  }

  file(content: string | Uint8Array, name = 'file.txt'): string {
    return join(this.directory({ [name]: content }), name);
  }
}

/** The lines of a file that tasks append to; none while it does not exist. */
export function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

/** The names and contents of the files in a directory. */
export function filesIn(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory)
      .sort()
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
}
