import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const chunkBytes = 256 * 1024;
const newline = 10;

/**
 * One thread's part of a file.
 * @typedef {{ path: string, index: number, threads: number }} Share
 */

/**
 * Reads a share of a text in large chunks, as hand-written programs do, and hands over whole lines
 * as one string each chunk. A line belongs to the share that holds its first byte. Lines are taken
 * to be shorter than a chunk and than a share.
 *
 * @param {Share} share
 * @param {(text: string) => void} visit
 */
export function readShare({ path, index, threads }, visit) {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  const end = Math.floor((size * (index + 1)) / threads);
  // One byte early, so that a share that begins with a line knows it.
  let position = index === 0 ? 0 : Math.floor((size * index) / threads) - 1;
  let skipping = index > 0;
  const buffer = Buffer.allocUnsafe(2 * chunkBytes);
  let kept = 0;
  for (let done = false; !done; ) {
    const read = readSync(file, buffer, kept, chunkBytes, position);
    let from = 0;
    let to = kept + read;
    position += read;
    if (skipping) {
      from = buffer.indexOf(newline) + 1;
      skipping = false;
    }
    if (read === 0) {
      done = true;
    } else if (position >= end) {
      // The last line is the one that holds the byte before `end`.
      const lastByte = Math.max(from, to - (position - end) - 1);
      const stop = buffer.subarray(0, to).indexOf(newline, lastByte);
      if (stop >= 0) {
        to = stop;
        done = true;
      }
    }
    if (done) {
      if (to > from) visit(buffer.toString('utf8', from, to));
    } else {
      const last = buffer.lastIndexOf(newline, to - 1);
      visit(buffer.toString('utf8', from, last));
      buffer.copyWithin(0, last + 1, to);
      kept = to - last - 1;
    }
  }
  closeSync(file);
}
