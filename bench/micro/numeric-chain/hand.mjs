// Argument: rows. The chain as one loop.
import { steady } from '../../lib/steady.mjs';
import { extraOperators } from './extra-operators.mjs';

const n = Number(process.argv[2]);

/** @param {number} start */
function loop(start) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const odd = (i + start) * 2 + 1;
    if (odd % 3 === 0) continue;
    const half = odd * 0.5;
    if (half > 10) sum += half;
  }
  return sum;
}

let sum = 0;
const { cpuMs } = await steady(() => {
  sum = loop(0);
});
// The extra operators add 0, 1, 2 …
const extendedSum = loop((extraOperators * (extraOperators - 1)) / 2);
console.log(JSON.stringify({ sum, extendedSum, metrics: { nsPerRow: (cpuMs * 1e6) / n } }));
