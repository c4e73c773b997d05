// Arguments: bytes of rows, master, executor memory, and partitions if not 128. Groups rows of a
// hundred bytes by key.
import { FiresteelContext } from 'firesteel';

const [bytes, master, memory, parts = '128'] = process.argv.slice(2);
const numPartitions = Number(parts);
const rows = Math.ceil(Number(bytes) / 100);

const sc = await FiresteelContext.create({
  master,
  appName: 'spill',
  conf: { 'executor.memory': memory },
});
const filler = '.'.repeat(80);
const groups = sc
  .range(0, rows, 1, numPartitions)
  .map((x) => /** @type {[number, string]} */ ([x % 1_000_003, `${x}`.padStart(12) + filler]))
  .groupByKey(numPartitions);
const count = await groups.count();
const total = await groups.map(([, values]) => values.length).sum();
await sc.stop();
console.log(JSON.stringify({ count, total }));
