// Arguments: rows, what happens (killed or undisturbed).
import { FiresteelContext } from 'firesteel';
import { awaitExecutors } from '../lib/executors.mjs';

const [rows, what] = process.argv.slice(2);
const mapTasks = 40;

const sc = await FiresteelContext.create({
  master: 'local-cluster[2,1,1024]',
  appName: 'recovery',
});
const pids = await awaitExecutors(sc, 2);
let ended = 0;
sc.events.on('taskEnd', ({ outcome }) => {
  if (outcome === 'success') ended += 1;
  if (what === 'killed' && ended === mapTasks / 2) process.kill(pids[0], 'SIGKILL');
});
const startedAt = performance.now();
const sums = await sc
  .range(0, Number(rows), 1, mapTasks)
  .map((x) => {
    let mixed = x;
    for (let i = 0; i < 1_000; i++) mixed = (mixed * 31 + i) % 1_000_003;
    return /** @type {[number, number]} */ ([x % 1000, mixed]);
  })
  .reduceByKey((a, b) => a + b, 8)
  .values()
  .sum();
const jobMs = performance.now() - startedAt;
await sc.stop();
console.log(JSON.stringify({ sums, metrics: { jobMs } }));
