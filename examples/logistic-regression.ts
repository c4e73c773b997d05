// Finds the plane that separates two clouds of points, by gradient descent over a cached RDD: the
// points are made once, and each iteration is one pass over them in memory.
//
//   npx firesteel submit examples/logistic-regression.ts [points] [iterations]
import { FiresteelContext } from 'firesteel';

interface Point {
  readonly x: readonly number[];
  /** 1 for points of one cloud, -1 for the other. */
  readonly label: number;
}

const numPoints = Number(process.argv[2] ?? 20_000);
const iterations = Number(process.argv[3] ?? 10);
const dimensions = 5;
const learningRate = 1;

/** The middle of a cloud lies at 0.7, or at -0.7, in each dimension. */
function makePoint(index: number): Point {
  const label = index % 2 === 0 ? 1 : -1;
  return { label, x: Array.from({ length: dimensions }, (_, d) => 0.7 * label + noise(index, d)) };
}

/** Between -1 and 1, the same for the same arguments. */
function noise(index: number, dimension: number): number {
  const s = Math.sin(index * 12.9898 + dimension * 78.233) * 43758.5453;
  return 2 * (s - Math.floor(s)) - 1;
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

const sc = await FiresteelContext.create();
const points = sc.range(numPoints).map(makePoint).cache();

let weights: number[] = new Array(dimensions).fill(0);
for (let i = 0; i < iterations; i++) {
  // The function captures the weights as they are when the action is called.
  const gradient = await points
    .map(({ x, label }) => {
      const scale = (1 / (1 + Math.exp(-label * dot(weights, x))) - 1) * label;
      return x.map((value) => value * scale);
    })
    .reduce((a, b) => a.map((value, d) => value + (b[d] as number)));
  weights = weights.map((w, d) => w - (learningRate / numPoints) * (gradient[d] as number));
}
const correct = await points.filter(({ x, label }) => dot(weights, x) * label > 0).count();
await sc.stop();

console.log(`weights: ${weights.map((w) => w.toFixed(3)).join(' ')}`);
console.log(`${((100 * correct) / numPoints).toFixed(1)} % of the points lie on their side`);
