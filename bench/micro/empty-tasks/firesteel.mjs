// Arguments: tasks, master.
import { FiresteelContext } from 'firesteel';
import { steady } from '../../lib/steady.mjs';

const [tasks, master] = process.argv.slice(2);

const sc = await FiresteelContext.create({ master, appName: 'empty-tasks' });
let rows = 0;
const metrics = await steady(async () => {
  rows = await sc.parallelize([], Number(tasks)).count();
});
await sc.stop();
console.log(JSON.stringify({ rows, metrics }));
