// PageRank over a file of links, one `from to` a line: each page gives its rank in equal parts to
// the pages that it links to. The links are partitioned once and cached, so each iteration moves
// only the contributions.
//
//   npx firesteel submit examples/pagerank.ts [file] [iterations]
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';

const file = process.argv[2] ?? join(import.meta.dirname, 'data/links.txt');
const iterations = Number(process.argv[3] ?? 10);
const damping = 0.85;

const sc = await FiresteelContext.create();
const links = sc
  .textFile(file)
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line): [string, string] => {
    const [from = '', to = ''] = line.trim().split(/\s+/);
    return [from, to];
  })
  .distinct()
  .groupByKey()
  .cache();

let ranks = links.mapValues(() => 1);
for (let i = 0; i < iterations; i++) {
  ranks = links
    .join(ranks)
    .flatMap(([, [targets, rank]]) =>
      targets.map((target): [string, number] => [target, rank / targets.length]),
    )
    .reduceByKey((a, b) => a + b)
    .mapValues((sum) => 1 - damping + damping * sum);
}
const top = await ranks.top(10, { by: ([, rank]) => rank });
await sc.stop();

for (const [page, rank] of top) console.log(`${rank.toFixed(4)}  ${page}`);
