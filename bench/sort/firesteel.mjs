// Arguments: input path, output directory, master, executor memory. Sorts lines by their first ten
// characters, as TeraSort does, and prints what `sampleOf` makes of the output.
import { FiresteelContext } from 'firesteel';
import { sampleOf } from './sample.mjs';

const [input, output, master, memory] = process.argv.slice(2);

const sc = await FiresteelContext.create({
  master,
  appName: 'sort',
  conf: { 'executor.memory': memory, 'driver.maxResultSize': '0' },
});
await sc
  .textFile(input)
  .sortBy((line) => line.slice(0, 10))
  .saveAsTextFile(output, { mode: 'overwrite' });
await sc.stop();
console.log(JSON.stringify(sampleOf(output)));
