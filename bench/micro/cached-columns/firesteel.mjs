// Arguments: rows, master.
import { FiresteelContext } from 'firesteel';
import { steady } from '../../lib/steady.mjs';

const [rows, master] = process.argv.slice(2);
const n = Number(rows);

const sc = await FiresteelContext.create({ master, appName: 'cached-columns' });
const cached = sc
  .range(0, n)
  .map((i) => /** @type {[number, number]} */ ([i, i / 2]))
  .cache();
let total = 0;
const { cpuMs } = await steady(async () => {
  total = await cached.map(([k, v]) => (k % 3 === 0 ? v : 0)).sum();
});
const memoryBytes = sc.getRDDStorageInfo()[0]?.memoryBytes ?? 0;
await sc.stop();
console.log(
  JSON.stringify({
    total,
    metrics: { nsPerRow: (cpuMs * 1e6) / n, bytesPerRow: memoryBytes / n },
  }),
);
