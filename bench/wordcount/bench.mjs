import { compileC } from '../lib/compile-c.mjs';
import { generateText } from '../lib/generate-text.mjs';
import { program } from '../lib/paths.mjs';
import { prepareSkale } from '../lib/skale.mjs';
import { prepareSpark } from '../lib/spark.mjs';
import { cpu, peakMemory, ratio, wall } from '../lib/targets.mjs';

/** @import { BenchDefinition, BenchOptions, Contender, SkippedContender, Target } from '../lib/types.d.ts' */

/** @type {BenchDefinition} */
export const wordcount = {
  name: 'wordcount',
  summary: 'count the words of a Zipf text; the ten most frequent',
  method: 'Whole processes, start-up included',
  sizeUnit: 'bytes',
  defaultSize: 300e6,
  defaultRounds: 3,
  baseline: 'node-two-threads',
  contenderNames: (slots) => [
    ...new Set([`firesteel-local${slots}`, 'firesteel-local1']),
    'node-two-threads',
    'node-plain',
    'c-hash',
    'wc-w',
    'skale',
    `spark-local${slots}`,
  ],
  prepare,
  targets,
};

/**
 * @param {BenchOptions} options
 * @returns {Promise<(Contender | SkippedContender)[]>}
 */
async function prepare({ size, slots, wants, install }) {
  const path = generateText(size);
  /** @type {(Contender | SkippedContender)[]} */
  const contenders = [...new Set([slots, 1])].map((n) => ({
    name: `firesteel-local${n}`,
    title: `Firesteel local[${n}]`,
    command: ['node', program('wordcount/firesteel.mjs'), path, `local[${n}]`],
  }));
  contenders.push(
    {
      name: 'node-two-threads',
      title: 'hand-written Node, 2 threads (chunked read, split, Map of cells)',
      command: ['node', program('wordcount/node-two-threads.mjs'), path, '2'],
    },
    {
      name: 'node-plain',
      title: 'plain Node script (readline, split, Map)',
      command: ['node', program('wordcount/node-plain.mjs'), path],
    },
  );
  if (wants('c-hash')) contenders.push(cHash(path));
  contenders.push({
    name: 'wc-w',
    title: 'LC_ALL=C wc -w',
    command: ['wc', '-w', path],
    env: { LC_ALL: 'C' },
    parse: (stdout) => ({ total: Number.parseInt(stdout, 10) }),
    lacks: ['distinct', 'top'],
  });
  if (wants('skale')) contenders.push(skale(path, slots, install));
  if (wants(`spark-local${slots}`)) contenders.push(spark(path, slots));
  return contenders;
}

/**
 * @param {string} path
 * @returns {Contender | SkippedContender}
 */
function cHash(path) {
  const about = { name: 'c-hash', title: 'C, open addressing, 1 thread' };
  const built = compileC(program('wordcount/count.c'), 'count');
  return 'skipped' in built ? { ...about, ...built } : { ...about, command: [built.path, path] };
}

/**
 * @param {string} path
 * @param {number} slots
 * @param {boolean} install
 * @returns {Contender | SkippedContender}
 */
function skale(path, slots, install) {
  const about = { name: 'skale', title: `skale 1.2, ${slots} workers` };
  const found = prepareSkale(install);
  if ('skipped' in found) return { ...about, ...found };
  return {
    ...about,
    command: ['node', '--no-warnings', program('wordcount/skale.mjs'), path, found.home],
    env: { SKALE_WORKERS: `${slots}` },
    knownFault: 'miscounts letters outside ASCII at the borders of its read chunks',
  };
}

/**
 * @param {string} path
 * @param {number} slots
 * @returns {Contender | SkippedContender}
 */
function spark(path, slots) {
  const about = { name: `spark-local${slots}`, title: `Spark 3.5 RDD API (Java), local[${slots}]` };
  const built = prepareSpark();
  if ('skipped' in built) return { ...about, ...built };
  return { ...about, command: built.command('WordCount', path, `local[${slots}]`) };
}

/**
 * @param {number} slots
 * @returns {Target[]}
 */
function targets(slots) {
  const firesteel = `firesteel-local${slots}`;
  return [
    {
      text: `CPU of local[${slots}] over the hand-written Node program`,
      bound: 'at most',
      limit: 0.6,
      unit: '×',
      value: ratio(firesteel, 'node-two-threads', cpu),
    },
    {
      // Throughput per core is bytes per CPU second; the bytes are the same, so they cancel out.
      text: 'throughput per core over `LC_ALL=C wc -w`',
      bound: 'at least',
      limit: 0.2,
      unit: '×',
      value: ratio('wc-w', firesteel, cpu),
    },
    {
      text: `wall of local[${slots}] over skale's`,
      bound: 'at most',
      limit: 0.15,
      unit: '×',
      value: ratio(firesteel, 'skale', wall),
    },
    {
      text: `times faster than Spark local[${slots}], wall`,
      bound: 'at least',
      limit: 2,
      unit: '×',
      value: ratio(`spark-local${slots}`, firesteel, wall),
    },
    {
      text: `peak memory of local[${slots}] over the hand-written Node program`,
      bound: 'at most',
      limit: 2,
      unit: '×',
      value: ratio(firesteel, 'node-two-threads', peakMemory),
    },
  ];
}
