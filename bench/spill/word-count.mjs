// Arguments: distinct words, master, executor memory. Counts words of which each comes twice.
import { FiresteelContext } from 'firesteel';

const [distinct, master, memory] = process.argv.slice(2);
const words = Number(distinct);

const sc = await FiresteelContext.create({
  master,
  appName: 'spill',
  conf: { 'executor.memory': memory },
});
const spilled = { bytes: 0 };
sc.events.on('stageCompleted', ({ metrics }) => {
  spilled.bytes += metrics.diskBytesSpilled;
});
const counts = sc
  .range(0, 2 * words, 1, 32)
  .map((x) => /** @type {[string, number]} */ ([`word ${(x * 7919) % words}`, 1]))
  .reduceByKey((a, b) => a + b, 32);
const count = await counts.count();
const total = await counts.values().sum();
await sc.stop();
console.log(JSON.stringify({ count, total, metrics: { spilledMb: spilled.bytes / 1e6 } }));
