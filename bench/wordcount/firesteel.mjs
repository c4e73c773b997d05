// Arguments: input path, master. What a user writes: ordinary closures over the public API.
import { FiresteelContext } from 'firesteel';

const [path, master] = process.argv.slice(2);

const sc = await FiresteelContext.create({ master, appName: 'wordcount' });
const counts = sc
  .textFile(path)
  .flatMap((line) => line.split(' '))
  .filter((word) => word !== '')
  .map((word) => /** @type {[string, number]} */ ([word, 1]))
  .reduceByKey((a, b) => a + b);
const distinct = await counts.count();
const total = await counts.values().sum();
const top = await counts.top(10, { by: ([, n]) => n });
await sc.stop();
console.log(JSON.stringify({ distinct, total, top }));
