// Argument: agents. The least that any decision does.
import { steady } from '../../lib/steady.mjs';
import { makeOffers } from './make-offers.mjs';

const offers = makeOffers(Number(process.argv[2]));
let count = 0;
let cpus = 0;
const { cpuMs } = await steady(() => {
  count = 0;
  for (const { resources = [] } of offers) {
    for (const { name, scalar } of resources) if (name === 'cpus') cpus += scalar?.value ?? 0;
    count++;
  }
});
if (cpus === 0) throw new Error('there are no cpus');
console.log(JSON.stringify({ offers: count, metrics: { decisionMs: cpuMs } }));
