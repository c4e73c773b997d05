// All pairs of nodes of a graph between which there is a path, by joining the paths found so far
// with the edges until nothing new turns up.
//
//   npx firesteel submit examples/transitive-closure.ts
import { FiresteelContext } from 'firesteel';

type Pair = [from: string, to: string];

const edges: Pair[] = [
  ['Basel', 'Zürich'],
  ['Zürich', 'Chur'],
  ['Chur', 'St. Moritz'],
  ['St. Moritz', 'Tirano'],
  ['Bern', 'Basel'],
  ['Genève', 'Lausanne'],
  ['Lausanne', 'Bern'],
];

const sc = await FiresteelContext.create();
// Edges by their end, so that a path which begins there can be joined to it.
const byEnd = sc
  .parallelize(edges)
  .map(([from, to]): Pair => [to, from])
  .cache();
let paths = sc.parallelize(edges).cache();

for (let before = 0, count = await paths.count(); count !== before; ) {
  before = count;
  const longer = paths.join(byEnd).map(([, [to, from]]): Pair => [from, to]);
  // Without a number the partitions of a union would add up, in every round.
  paths = paths.union(longer).distinct(sc.defaultParallelism).cache();
  count = await paths.count();
}
const reachable = await paths.groupByKey().sortByKey().collect();
await sc.stop();

for (const [from, to] of reachable) console.log(`${from}: ${to.sort().join(', ')}`);
