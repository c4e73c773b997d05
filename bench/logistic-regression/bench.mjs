import { generatePoints } from '../lib/generate-points.mjs';
import { program } from '../lib/paths.mjs';
import { prepareSpark } from '../lib/spark.mjs';
import { metric, ratio } from '../lib/targets.mjs';

/** @import { BenchDefinition, BenchOptions, Contender, SkippedContender, Target } from '../lib/types.d.ts' */

const iterations = '10';
const styles = /** @type {const} */ (['map-reduce', 'aggregate']);

/** @type {BenchDefinition} */
export const logisticRegression = {
  name: 'logistic-regression',
  summary: '10 gradient steps over cached points of 10 dimensions, parsed from text',
  method:
    'Inside each process: the first iteration with reading and parsing, and the median of the ' +
    'nine that follow',
  sizeUnit: 'rows',
  defaultSize: 2e6,
  defaultRounds: 3,
  baseline: 'node-objects-aggregate',
  contenderNames: (slots) => [
    ...styles.flatMap((style) => slotCounts(slots).map((n) => `firesteel-local${n}-${style}`)),
    ...styles.map((style) => `node-objects-${style}`),
    'node-typed',
    ...styles.map((style) => `spark-local${slots}-${style}`),
  ],
  prepare,
  targets,
};

/**
 * @param {number} slots
 * @returns {number[]}
 */
function slotCounts(slots) {
  return [...new Set([slots, 1])];
}

/**
 * @param {BenchOptions} options
 * @returns {Promise<(Contender | SkippedContender)[]>}
 */
async function prepare({ size, slots, wants }) {
  const path = generatePoints(size);
  /** @type {(Contender | SkippedContender)[]} */
  const contenders = [];
  for (const style of styles) {
    for (const n of slotCounts(slots)) {
      contenders.push({
        name: `firesteel-local${n}-${style}`,
        title: `Firesteel local[${n}], ${style}`,
        command: [
          'node',
          program('logistic-regression/firesteel.mjs'),
          path,
          `local[${n}]`,
          iterations,
          style,
        ],
      });
    }
    contenders.push({
      name: `node-objects-${style}`,
      title: `hand loop over the same objects, ${style}`,
      command: ['node', program('logistic-regression/node-objects.mjs'), path, iterations, style],
    });
  }
  contenders.push({
    name: 'node-typed',
    title: 'hand loop over one Float64Array',
    command: ['node', program('logistic-regression/node-typed.mjs'), path, iterations],
  });
  for (const style of styles) {
    const name = `spark-local${slots}-${style}`;
    if (wants(name)) contenders.push(spark(name, path, slots, style));
  }
  return contenders;
}

/**
 * @param {string} name
 * @param {string} path
 * @param {number} slots
 * @param {string} style
 * @returns {Contender | SkippedContender}
 */
function spark(name, path, slots, style) {
  const about = { name, title: `Spark 3.5 RDD API (Java), local[${slots}], ${style}` };
  const built = prepareSpark();
  if ('skipped' in built) return { ...about, ...built };
  return {
    ...about,
    command: built.command('LogisticRegression', path, `local[${slots}]`, iterations, style),
  };
}

/**
 * @param {number} slots
 * @returns {Target[]}
 */
function targets(slots) {
  return styles.flatMap((style) => {
    const one = `firesteel-local1-${style}`;
    const all = `firesteel-local${slots}-${style}`;
    return /** @type {Target[]} */ ([
      {
        text: `${style}: CPU of a cached iteration over the hand loop`,
        bound: 'at most',
        limit: 1.2,
        unit: '×',
        value: ratio(one, `node-objects-${style}`, metric('cachedCpuMs')),
      },
      {
        text: `${style}: first iteration over a cached one, wall, local[1]`,
        bound: 'at least',
        limit: 8,
        unit: '×',
        value: (medians) => {
          const metrics = medians.get(one)?.metrics;
          return metrics && (metrics.firstMs ?? Number.NaN) / (metrics.cachedMs ?? Number.NaN);
        },
      },
      {
        text: `${style}: speed-up of ${slots} slots over 1, cached iteration, wall`,
        bound: 'at least',
        limit: 1.8,
        unit: '×',
        value: ratio(one, all, metric('cachedMs')),
      },
    ]);
  });
}
