// Arguments: tasks, threads. As many calls of an empty function through a pool.
import { Piscina } from 'piscina';
import { steady } from '../../lib/steady.mjs';

const tasks = Number(process.argv[2]);
const threads = Number(process.argv[3]);

const pool = new Piscina({
  filename: new URL('./nothing.mjs', import.meta.url).href,
  minThreads: threads,
  maxThreads: threads,
  atomics: 'disabled',
  concurrentTasksPerWorker: 2,
});
let rows = 0;
const metrics = await steady(async () => {
  const results = await Promise.all(
    Array.from({ length: tasks }, () => pool.run(undefined, { name: 'countNothing' })),
  );
  rows = results.reduce((sum, count) => sum + count, 0);
});
await pool.destroy();
console.log(JSON.stringify({ rows, metrics }));
