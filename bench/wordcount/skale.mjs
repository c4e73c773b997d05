// Arguments: input path, directory that holds node_modules/skale. The number of workers comes from
// SKALE_WORKERS. skale re-runs the lineage for every action, so this program needs only one.
import { createRequire } from 'node:module';

const [path, home] = process.argv.slice(2);
const skale = createRequire(`${home}/`)('skale');

const sc = skale.context();
/** @type {[string, number][]} */
const counts = await sc
  .textFile(path)
  .flatMap((/** @type {string} */ line) => line.split(' '))
  .filter((/** @type {string} */ word) => word !== '')
  .map((/** @type {string} */ word) => [word, 1])
  .reduceByKey((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0)
  .collect();
sc.end();
let total = 0;
for (const [, n] of counts) total += n;
const top = counts.sort((a, b) => b[1] - a[1]).slice(0, 10);
console.log(JSON.stringify({ distinct: counts.length, total, top }));
