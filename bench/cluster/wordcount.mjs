// Arguments: input path, master.
import { statSync } from 'node:fs';
import { FiresteelContext } from 'firesteel';
import { awaitExecutors } from '../lib/executors.mjs';
import { measured } from '../operators/job-metrics.mjs';

const [path, master] = process.argv.slice(2);

const sc = await FiresteelContext.create({ master, appName: 'wordcount' });
if (master.startsWith('local-cluster')) await awaitExecutors(sc, 2);
const result = await measured(statSync(path).size, async () => {
  const counts = sc
    .textFile(path)
    .flatMap((line) => line.split(' '))
    .filter((word) => word !== '')
    .map((word) => /** @type {[string, number]} */ ([word, 1]))
    .reduceByKey((a, b) => a + b);
  return { distinct: await counts.count(), total: await counts.values().sum() };
});
await sc.stop();
console.log(JSON.stringify(result));
