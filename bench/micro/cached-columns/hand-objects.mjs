// Argument: rows. Rows kept as people keep them: an array of tuples.
import { steady } from '../../lib/steady.mjs';

const n = Number(process.argv[2]);

/** @type {[number, number][]} */
const rows = [];
const before = process.memoryUsage().heapUsed;
for (let i = 0; i < n; i++) rows.push([i, i / 2]);
const bytesPerRow = (process.memoryUsage().heapUsed - before) / n;

let total = 0;
const { cpuMs } = await steady(() => {
  total = 0;
  for (const [k, v] of rows) total += k % 3 === 0 ? v : 0;
});
console.log(JSON.stringify({ total, metrics: { nsPerRow: (cpuMs * 1e6) / n, bytesPerRow } }));
