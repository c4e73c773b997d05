// Arguments: rows, master (coarse or local-cluster).
import { FiresteelContext } from 'firesteel';
import { startMesosCluster } from 'mesos-testkit';
import { steady } from '../../lib/steady.mjs';

const [rows, master] = process.argv.slice(2);
const keys = 1_000;

const cluster = master === 'coarse' ? await startMesosCluster({ agents: 2 }) : undefined;
const startedAt = performance.now();
const sc = await FiresteelContext.create(
  cluster === undefined
    ? { master: 'local-cluster[2,1,512]', appName: 'mesos-job' }
    : {
        master: `mesos://${cluster.master}`,
        appName: 'mesos-job',
        conf: { 'cores.max': 2, 'executor.cores': 1, 'executor.memory': '512m' },
      },
);
await sc.range(1).count();
const startMs = performance.now() - startedAt;
let found = 0;
/** @type {(rows: number) => ReturnType<typeof steady>} */
const sums = (rows) =>
  steady(async () => {
    found = await sc
      .range(0, rows, 1, 4)
      .map((x) => /** @type {[number, number]} */ ([x % keys, 1]))
      .reduceByKey((a, b) => a + b, 2)
      .count();
  });
const metrics = await sums(Number(rows));
// Of some seconds, as the jobs of users are.
const { wallMs: longWallMs } = await sums(Number(rows) * 50);
await sc.stop();
await cluster?.close();
console.log(JSON.stringify({ rows: found, metrics: { ...metrics, longWallMs, startMs } }));
