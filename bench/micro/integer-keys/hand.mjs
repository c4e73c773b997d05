// Argument: rows. The job as one loop over a typed array of sums.
import { steady } from '../../lib/steady.mjs';

const n = Number(process.argv[2]);

function loop() {
  const sums = new Float64Array(1000);
  for (let x = 0; x < n; x++) {
    const v = x * 2;
    if (v % 3 !== 0) sums[x % 1000] += v;
  }
  return sums;
}

let sums = new Float64Array(0);
const { cpuMs } = await steady(() => {
  sums = loop();
});
const total = sums.reduce((sum, v) => sum + v, 0);
console.log(
  JSON.stringify({
    keys: sums.length,
    total,
    ofSeven: sums[7],
    metrics: { nsPerRow: (cpuMs * 1e6) / n },
  }),
);
