// Counts the words of any files, directories or globs and prints the most frequent ones.
//
//   npm run wordcount -- README.md 'docs/**/*.md'
//   npx firesteel submit examples/wordcount.ts README.md
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';

const shownWords = 20;
const inputs = process.argv.slice(2);
if (inputs.length === 0) inputs.push(join(import.meta.dirname, 'data/apache-license-2.0.txt'));

const sc = await FiresteelContext.create();
const counts = await sc
  .textFile(inputs.join(','))
  .flatMap((line) => line.split(/\s+/))
  .filter((word) => word !== '')
  .map((word): [string, number] => [word, 1])
  .reduceByKey((a, b) => a + b)
  .top(shownWords, { by: ([, count]) => count });
await sc.stop();

const width = Math.max(0, ...counts.map(([, count]) => count.toLocaleString('en-US').length));
for (const [word, count] of counts) {
  console.log(`${count.toLocaleString('en-US').padStart(width)}  ${word}`);
}
