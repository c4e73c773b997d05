// Argument: rows. Rows as two typed arrays, which only the author of the loop can read.
import { steady } from '../../lib/steady.mjs';

const n = Number(process.argv[2]);

const keys = Int32Array.from({ length: n }, (_, i) => i);
const values = Float64Array.from({ length: n }, (_, i) => i / 2);
const bytesPerRow = (keys.byteLength + values.byteLength) / n;

let total = 0;
const { cpuMs } = await steady(() => {
  total = 0;
  for (let i = 0; i < n; i++) total += keys[i] % 3 === 0 ? values[i] : 0;
});
console.log(JSON.stringify({ total, metrics: { nsPerRow: (cpuMs * 1e6) / n, bytesPerRow } }));
