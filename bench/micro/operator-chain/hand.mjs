// Argument: rows. The same additions on two local variables.
import { steady } from '../../lib/steady.mjs';

const n = Number(process.argv[2]);

/** @param {number} operators */
function loop(operators) {
  let sum = 0;
  for (let x = 0; x < n; x++) {
    const k = x % 1000;
    let v = x;
    for (let c = 1; c <= operators; c++) v += c;
    sum += k + v;
  }
  return sum;
}

/** @type {Record<string, number>} */
const sums = {};
/** @type {Record<string, number>} */
const metrics = {};
for (const operators of [4, 8, 16]) {
  const { cpuMs } = await steady(() => {
    sums[`of${operators}`] = loop(operators);
  });
  metrics[`nsPerRow${operators}`] = (cpuMs * 1e6) / n;
}
console.log(JSON.stringify({ ...sums, metrics }));
