// Arguments: input path, iterations. The far mark: one Float64Array, no objects, one thread.
import { dimensions } from '../lib/generate-points.mjs';
import { descend } from './descent.mjs';
import { forEachLine } from './read-lines.mjs';

const [path, iterations] = process.argv.slice(2);

const width = dimensions + 1;
let rows = new Float64Array(width * 1024);
let points = 0;

function load() {
  forEachLine(path, (line) => {
    if ((points + 1) * width > rows.length) {
      const wider = new Float64Array(rows.length * 2);
      wider.set(rows);
      rows = wider;
    }
    const fields = line.split(' ');
    for (let i = 0; i < width; i++) rows[points * width + i] = Number(fields[i]);
    points++;
  });
}

/** @param {number[]} weights */
function gradient(weights) {
  if (points === 0) load();
  const w = Float64Array.from(weights);
  const sum = new Float64Array(dimensions);
  for (let at = 0; at < points * width; at += width) {
    const y = rows[at];
    let dot = 0;
    for (let i = 0; i < dimensions; i++) dot += w[i] * rows[at + 1 + i];
    const scale = (1 / (1 + Math.exp(-y * dot)) - 1) * y;
    for (let i = 0; i < dimensions; i++) sum[i] += rows[at + 1 + i] * scale;
  }
  return [...sum];
}

await descend(Number(iterations), gradient, () => points);
