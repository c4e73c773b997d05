// Arguments: rows, master.
import { FiresteelContext } from 'firesteel';
import { steady } from '../../lib/steady.mjs';

const [rows, master] = process.argv.slice(2);
const n = Number(rows);

const sc = await FiresteelContext.create({ master, appName: 'operator-chain' });

/** @param {number} operators */
function chain(operators) {
  let pairs = sc.range(0, n).map((x) => /** @type {[number, number]} */ ([x % 1000, x]));
  for (let c = 1; c <= operators; c++) {
    pairs = pairs.map(([k, v]) => /** @type {[number, number]} */ ([k, v + c]));
  }
  return pairs.map(([k, v]) => k + v).sum();
}

/** @type {Record<string, number>} */
const sums = {};
/** @type {Record<string, number>} */
const metrics = {};
for (const operators of [4, 8, 16]) {
  const { cpuMs } = await steady(async () => {
    sums[`of${operators}`] = await chain(operators);
  });
  metrics[`nsPerRow${operators}`] = (cpuMs * 1e6) / n;
}
await sc.stop();
console.log(JSON.stringify({ ...sums, metrics }));
