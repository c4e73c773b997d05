import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { cachePath } from './paths.mjs';
import { randomSource } from './random.mjs';
import { formatSize } from './sizes.mjs';

const seed = 19_470_105;
/** Part of the file name: raise it when the points change, so that no old file is taken for them. */
const version = 1;
const linesPerWrite = 4096;

/** How many coordinates a point has. */
export const dimensions = 10;

/**
 * The path of a text of labelled points, one to a line: the label (1 or -1) and ten coordinates in
 * [-2, 2) with six decimals, about 97 bytes. Labels follow a fixed plane with some noise. Written
 * once and kept in `bench/.cache`.
 *
 * @param {number} points
 * @returns {string}
 */
export function generatePoints(points) {
  const path = cachePath('points', `points-v${version}-${formatSize(points, 'rows')}.txt`);
  if (existsSync(path)) return path;
  const random = randomSource(seed);
  const plane = Array.from({ length: dimensions }, () => random() * 2 - 1);
  const partial = `${path}.${process.pid}.partial`;
  const file = openSync(partial, 'w');
  for (let written = 0; written < points; written += linesPerWrite) {
    const lines = Math.min(linesPerWrite, points - written);
    writeSync(file, Array.from({ length: lines }, () => pointLine(plane, random)).join(''));
  }
  closeSync(file);
  renameSync(partial, path);
  return path;
}

/**
 * @param {readonly number[]} plane
 * @param {() => number} random
 * @returns {string}
 */
function pointLine(plane, random) {
  let side = random() - 0.5;
  let text = '';
  for (const normal of plane) {
    const millionths = Math.floor(random() * 4e6) - 2e6;
    side += (normal * millionths) / 1e6;
    text += ` ${sixDecimals(millionths)}`;
  }
  return `${side > 0 ? 1 : -1}${text}\n`;
}

/**
 * `toFixed` without its cost.
 *
 * @param {number} millionths
 * @returns {string}
 */
function sixDecimals(millionths) {
  const digits = `${Math.abs(millionths)}`.padStart(7, '0');
  return `${millionths < 0 ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
