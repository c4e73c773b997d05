// Arguments: input path, iterations, style (map-reduce or aggregate). The closures of firesteel.mjs
// in a hand-written loop over the same objects, one thread.
import { dimensions } from '../lib/generate-points.mjs';
import { descend } from './descent.mjs';
import { forEachLine } from './read-lines.mjs';

/** @import { Point } from './descent.mjs' */

const [path, iterations, style] = process.argv.slice(2);

/** @type {Point[]} */
const points = [];

function load() {
  forEachLine(path, (line) => {
    const [y, ...x] = line.split(' ').map(Number);
    points.push(/** @type {Point} */ ({ y, x }));
  });
}

/**
 * @param {number[]} weights
 * @param {Point} point
 */
function gradient(weights, { y, x }) {
  let dot = 0;
  for (let i = 0; i < x.length; i++) dot += weights[i] * x[i];
  const scale = (1 / (1 + Math.exp(-y * dot)) - 1) * y;
  return x.map((value) => value * scale);
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function add(a, b) {
  return a.map((value, i) => value + b[i]);
}

/** @param {number[]} weights */
function byMapAndReduce(weights) {
  if (points.length === 0) load();
  let sum = gradient(weights, points[0]);
  for (let i = 1; i < points.length; i++) sum = add(sum, gradient(weights, points[i]));
  return sum;
}

/** @param {number[]} weights */
function inPlace(weights) {
  if (points.length === 0) load();
  const sum = new Array(dimensions).fill(0);
  for (let p = 0; p < points.length; p++) {
    const { y, x } = points[p];
    let dot = 0;
    for (let i = 0; i < x.length; i++) dot += weights[i] * x[i];
    const scale = (1 / (1 + Math.exp(-y * dot)) - 1) * y;
    for (let i = 0; i < x.length; i++) sum[i] += x[i] * scale;
  }
  return sum;
}

await descend(
  Number(iterations),
  style === 'aggregate' ? inPlace : byMapAndReduce,
  () => points.length,
);
