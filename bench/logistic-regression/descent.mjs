import { performance } from 'node:perf_hooks';
import { dimensions } from '../lib/generate-points.mjs';
import { median } from '../lib/measure.mjs';

/** @typedef {{ y: number, x: number[] }} Point */

/** The step along the mean gradient. */
const rate = 1;

/**
 * Gradient descent from zero weights, timed: the first iteration pays for reading and parsing, the
 * others find the points in memory. Prints the result.
 *
 * @param {number} iterations at least 2
 * @param {(weights: number[]) => Promise<number[]> | number[]} gradient of the sum of all points
 * @param {() => Promise<number> | number} countPoints called after the first iteration
 */
export async function descend(iterations, gradient, countPoints) {
  let weights = new Array(dimensions).fill(0);
  /** @type {number[]} */
  const wallMs = [];
  /** @type {number[]} */
  const cpuMs = [];
  let points = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const start = performance.now();
    const cpuBefore = process.cpuUsage();
    const sum = await gradient(weights);
    wallMs.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuMs.push((user + system) / 1000);
    if (iteration === 0) points = await countPoints();
    weights = weights.map((w, i) => w - (rate * sum[i]) / points);
  }
  const firstMs = wallMs[0];
  const firstCpuMs = cpuMs[0];
  const cachedMs = median(wallMs.slice(1));
  const cachedCpuMs = median(cpuMs.slice(1));
  const metrics = { firstMs, cachedMs, firstCpuMs, cachedCpuMs };
  console.log(JSON.stringify({ points, weights, metrics }));
}
