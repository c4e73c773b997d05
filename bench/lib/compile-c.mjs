import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { cachePath } from './paths.mjs';

/**
 * Compiles a C program with the system's compiler into the cache, unless that is up to date.
 *
 * @param {string} source path of the `.c` file
 * @param {string} name
 * @returns {{ path: string } | { skipped: string }}
 * @throws {Error} when there is a compiler and it refuses the program
 */
export function compileC(source, name) {
  const path = cachePath('bin', name);
  if (existsSync(path) && statSync(path).mtimeMs >= statSync(source).mtimeMs) return { path };
  const { error, status, stderr } = spawnSync('cc', ['-O2', '-o', path, source], {
    encoding: 'utf8',
  });
  if (error !== undefined) return { skipped: 'no C compiler (cc) is installed' };
  if (status !== 0) throw new Error(`cc could not compile ${source}:\n${stderr}`);
  return { path };
}
