import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory with its missing parents. Node's own `mkdirSync(path, { recursive: true })`
 * never returns where a file system refuses new entries with ENOENT, as `/proc` does.
 *
 * @param mode permissions of what is made
 * @returns the topmost directory that was made; undefined if the directory existed
 * @throws the error of the system
 */
export function makeDirectory(path: string, mode = 0o777): string | undefined {
  const missing: string[] = [];
  for (let next = path; !existsSync(next); next = dirname(next)) missing.push(next);
  for (const directory of missing.toReversed()) {
    try {
      mkdirSync(directory, { mode });
    } catch (error) {
      // Another process may make the same directories at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return missing.at(-1);
}
