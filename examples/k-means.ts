// Lloyd's k-means: assigns each point to the nearest centre, moves the centres to the middle of
// their points, and repeats until they stand still.
//
//   npx firesteel submit examples/k-means.ts [clusters]
import { FiresteelContext } from 'firesteel';

type Point = readonly [x: number, y: number];

const clusters = Number(process.argv[2] ?? 4);
const maxIterations = 40;

const squaredDistance = ([x1, y1]: Point, [x2, y2]: Point) => (x1 - x2) ** 2 + (y1 - y2) ** 2;

function nearest(centres: readonly Point[], point: Point): number {
  let best = 0;
  for (let i = 1; i < centres.length; i++)
    if (
      squaredDistance(centres[i] as Point, point) < squaredDistance(centres[best] as Point, point)
    )
      best = i;
  return best;
}

/** Points around as many middles as there are clusters; the first ones all around the first. */
function makePoint(index: number): Point {
  const angle = (2 * Math.PI * (Math.floor(index / 100) % clusters)) / clusters;
  const radius = 4 * ((index * 0.618034) % 1);
  return [
    20 + 10 * Math.cos(angle) + radius * Math.cos(index),
    20 + 10 * Math.sin(angle) + radius * Math.sin(index),
  ];
}

const sc = await FiresteelContext.create();
const points = sc.range(20_000).map(makePoint).cache();

let centres: Point[] = await points.take(clusters);
let iterations = 0;
for (let moved = Infinity; moved > 1e-9 && iterations < maxIterations; iterations++) {
  const means = await points
    .map((point): [number, [number, number, number]] => [
      nearest(centres, point),
      [point[0], point[1], 1],
    ])
    .reduceByKey((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]])
    .mapValues(([x, y, n]): Point => [x / n, y / n])
    .collectAsMap();
  // A centre without points stays where it is.
  const next = centres.map((centre, i) => means.get(i) ?? centre);
  moved = next.reduce((sum, centre, i) => sum + squaredDistance(centre, centres[i] as Point), 0);
  centres = next;
}
await sc.stop();

console.log(`after ${iterations} iterations:`);
for (const [x, y] of centres) console.log(`  (${x.toFixed(2)}, ${y.toFixed(2)})`);
