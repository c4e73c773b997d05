// Arguments: rows, master.
import { FiresteelContext } from 'firesteel';
import { steady } from '../../lib/steady.mjs';

const [rows, master] = process.argv.slice(2);
const n = Number(rows);

const sc = await FiresteelContext.create({ master, appName: 'integer-keys' });
/** @type {[number, number][]} */
let sums = [];
const { cpuMs } = await steady(async () => {
  sums = await sc
    .range(0, n)
    .map((x) => /** @type {[number, number]} */ ([x % 1000, x]))
    .map(([k, v]) => /** @type {[number, number]} */ ([k, v * 2]))
    .filter(([, v]) => v % 3 !== 0)
    .reduceByKey((a, b) => a + b)
    .collect();
});
await sc.stop();

const total = sums.reduce((sum, [, v]) => sum + v, 0);
const ofSeven = sums.find(([k]) => k === 7)?.[1];
console.log(
  JSON.stringify({ keys: sums.length, total, ofSeven, metrics: { nsPerRow: (cpuMs * 1e6) / n } }),
);
