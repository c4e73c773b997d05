import { closeSync, openSync, readSync } from 'node:fs';

const chunkBytes = 256 * 1024;

/**
 * Reads an ASCII text in chunks and hands over its lines.
 *
 * @param {string} path
 * @param {(line: string) => void} visit
 */
export function forEachLine(path, visit) {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let rest = '';
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
    const lines = (rest + buffer.toString('latin1', 0, read)).split('\n');
    rest = /** @type {string} */ (lines.pop());
    for (const line of lines) visit(line);
  }
  if (rest !== '') visit(rest);
  closeSync(file);
}
