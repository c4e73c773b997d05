// Arguments: rows, master.
import { FiresteelContext } from 'firesteel';
import { steady } from '../../lib/steady.mjs';
import { extraOperators } from './extra-operators.mjs';

const [rows, master] = process.argv.slice(2);
const n = Number(rows);

const sc = await FiresteelContext.create({ master, appName: 'numeric-chain' });

/** @param {number} extra further narrow operators in front of the chain */
function chain(extra) {
  let numbers = sc.range(0, n);
  for (let i = 0; i < extra; i++) numbers = numbers.map((x) => x + i);
  return numbers
    .map((x) => x * 2 + 1)
    .filter((x) => x % 3 !== 0)
    .map((x) => x * 0.5)
    .filter((x) => x > 10)
    .sum();
}

/** Other closures over other kinds of rows, to spoil type feedback that jobs would share. */
async function runSixOtherJobs() {
  const few = Math.min(n, 500_000);
  await sc
    .range(0, few)
    .map((x) => `word${x % 100}`)
    .filter((w) => w.length > 5)
    .count();
  await sc
    .range(0, few)
    .map((x) => ({ id: x, score: x / 7 }))
    .filter((row) => row.score > 3)
    .count();
  await sc
    .range(0, few)
    .map((x) => /** @type {[number, number]} */ ([x % 10, x]))
    .reduceByKey((a, b) => Math.max(a, b))
    .collect();
  await sc
    .range(0, few)
    .flatMap((x) => [x, x + 0.5])
    .map((x) => x * x)
    .sum();
  await sc
    .range(0, few)
    .map((x) => /** @type {[string, number]} */ ([`k${x % 50}`, 1]))
    .reduceByKey((a, b) => a + b)
    .collect();
  await sc
    .range(0, few)
    .map((x) => x % 2 === 0)
    .filter((even) => even)
    .count();
}

let sum = 0;
let extendedSum = 0;
const base = await steady(async () => {
  sum = await chain(0);
});
const extended = await steady(async () => {
  extendedSum = await chain(extraOperators);
});
await runSixOtherJobs();
const after = await steady(async () => {
  sum = await chain(0);
});
await sc.stop();

const nsPerRow = (/** @type {number} */ cpuMs) => (cpuMs * 1e6) / n;
console.log(
  JSON.stringify({
    sum,
    extendedSum,
    metrics: {
      nsPerRow: nsPerRow(base.cpuMs),
      nsPerExtraOperator: nsPerRow(extended.cpuMs - base.cpuMs) / extraOperators,
      nsPerRowAfterSixJobs: nsPerRow(after.cpuMs),
    },
  }),
);
