// Arguments: rows, distinct keys, master.
import { FiresteelContext } from 'firesteel';

const [rows, distinctKeys, master] = process.argv.slice(2);
const keys = Number(distinctKeys);

const sc = await FiresteelContext.create({ master, appName: 'distinct-keys' });
const result = await sc
  .range(0, Number(rows))
  .map(
    (x) => /** @type {[string, number]} */ ([`user${(Math.imul(x, 0x9e3779b1) >>> 0) % keys}`, 1]),
  )
  .reduceByKey((a, b) => a + b)
  .aggregate(
    { distinct: 0, letters: 0, squares: 0 },
    (sum, [key, n]) => {
      sum.distinct++;
      sum.letters += key.length;
      sum.squares += n * n;
      return sum;
    },
    (a, b) => ({
      distinct: a.distinct + b.distinct,
      letters: a.letters + b.letters,
      squares: a.squares + b.squares,
    }),
  );
await sc.stop();
console.log(JSON.stringify(result));
