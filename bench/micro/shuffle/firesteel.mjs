// Arguments: input path, partitions, master.
import { FiresteelContext } from 'firesteel';

const [path, partitions, master] = process.argv.slice(2);

const sc = await FiresteelContext.create({ master, appName: 'shuffle' });
const result = await sc
  .textFile(path)
  .flatMap((line) => line.split(' '))
  .filter((word) => word !== '')
  .map((word) => /** @type {[string, number]} */ ([word, 1]))
  .partitionBy(Number(partitions))
  .aggregate(
    { rows: 0, letters: 0 },
    (sum, [word, n]) => {
      sum.rows += n;
      sum.letters += word.length;
      return sum;
    },
    (a, b) => ({ rows: a.rows + b.rows, letters: a.letters + b.letters }),
  );
await sc.stop();
console.log(JSON.stringify(result));
