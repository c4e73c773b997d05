// Makes an inverted index: for each word, the files that hold it and how often, most often first.
// Prints the entries of some words.
//
//   npx firesteel submit examples/inverted-index.ts [files…]
import { basename, join } from 'node:path';
import { FiresteelContext } from 'firesteel';

type Posting = [file: string, count: number];

const shownWords = ['about', 'api', 'license', 'search', 'the'];
const inputs = process.argv.slice(2);
if (inputs.length === 0) inputs.push(join(import.meta.dirname, 'data'));

const sc = await FiresteelContext.create();
const index = sc
  .wholeTextFiles(inputs.join(','))
  .flatMap(([path, text]) => {
    const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
    return words.map((word): [[string, string], number] => [[word, basename(path)], 1]);
  })
  .reduceByKey((a, b) => a + b)
  .map(([[word, file], count]): [string, Posting] => [word, [file, count]])
  .groupByKey()
  .mapValues((postings) =>
    [...postings].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : Number(a > b))),
  )
  .cache();

console.log(`${await index.count()} words`);
const entries = await index
  .filter(([word]) => shownWords.includes(word))
  .sortByKey()
  .collect();
await sc.stop();

for (const [word, postings] of entries)
  console.log(`${word}: ${postings.map(([file, count]) => `${file} ${count}`).join(', ')}`);
