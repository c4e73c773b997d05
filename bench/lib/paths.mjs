import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The `bench` directory. */
const benchDir = fileURLToPath(new URL('..', import.meta.url));

/** The root of the repository. */
export const repoDir = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A path below `bench/.cache`, where inputs, compiled programs and rivals are kept between runs.
 * The directory that holds it is made.
 *
 * @param {...string} parts
 * @returns {string}
 */
export function cachePath(...parts) {
  const path = [benchDir.replace(/\/$/, ''), '.cache', ...parts].join('/');
  mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  return path;
}

/**
 * The path of a program of ours below `bench`.
 *
 * @param {string} path
 * @returns {string}
 */
export function program(path) {
  return `${benchDir}${path}`;
}
