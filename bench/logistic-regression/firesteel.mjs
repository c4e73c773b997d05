// Arguments: input path, master, iterations, style (map-reduce or aggregate).
import { FiresteelContext } from 'firesteel';
import { dimensions } from '../lib/generate-points.mjs';
import { descend } from './descent.mjs';

/** @import { Point } from './descent.mjs' */

const [path, master, iterations, style] = process.argv.slice(2);

const sc = await FiresteelContext.create({ master, appName: 'logistic-regression' });
const points = sc
  .textFile(path)
  .map((line) => {
    const [y, ...x] = line.split(' ').map(Number);
    return /** @type {Point} */ ({ y, x });
  })
  .cache();

/** @param {number[]} weights */
const byMapAndReduce = (weights) =>
  points
    .map(({ y, x }) => {
      let dot = 0;
      for (let i = 0; i < x.length; i++) dot += weights[i] * x[i];
      const scale = (1 / (1 + Math.exp(-y * dot)) - 1) * y;
      return x.map((value) => value * scale);
    })
    .reduce((a, b) => a.map((value, i) => value + b[i]));

/** @param {number[]} weights */
const byAggregate = (weights) =>
  points.aggregate(
    new Array(dimensions).fill(0),
    (sum, { y, x }) => {
      let dot = 0;
      for (let i = 0; i < x.length; i++) dot += weights[i] * x[i];
      const scale = (1 / (1 + Math.exp(-y * dot)) - 1) * y;
      for (let i = 0; i < x.length; i++) sum[i] += x[i] * scale;
      return sum;
    },
    (a, b) => a.map((value, i) => value + b[i]),
  );

await descend(Number(iterations), style === 'aggregate' ? byAggregate : byMapAndReduce, () =>
  points.count(),
);
await sc.stop();
