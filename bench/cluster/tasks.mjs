// Arguments: tasks, master.
import { FiresteelContext } from 'firesteel';
import { steady } from '../lib/steady.mjs';

const [tasks, master] = process.argv.slice(2);

const sc = await FiresteelContext.create({ master, appName: 'tasks' });
let rows = 0;
const { wallMs, cpuMs } = await steady(async () => {
  rows = await sc.parallelize([], Number(tasks)).count();
});
await sc.stop();
const tasksPerSecond = Number(tasks) / (wallMs / 1000);
console.log(JSON.stringify({ rows, metrics: { tasksPerSecond, wallMs, driverCpuMs: cpuMs } }));
