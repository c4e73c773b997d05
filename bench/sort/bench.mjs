import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { cachePath, program } from '../lib/paths.mjs';
import { prepareSpark } from '../lib/spark.mjs';
import { cpu, peakMemory, ratio, reading, wall } from '../lib/targets.mjs';
import { generateRecords } from './generate-records.mjs';
import { sampleOf } from './sample.mjs';

/** @import { BenchDefinition, BenchOptions, Contender, SkippedContender, Target } from '../lib/types.d.ts' */

/** Memory with which a sort spills, as a part of the input; an executor takes no less than the least. */
const SPILLING_SHARE = 0.5;
const LEAST_MIB = 192;
/** Below this Spark does not start. */
const LEAST_SPARK_MIB = 512;

const plentyMib = (/** @type {number} */ size) => Math.max(1024, Math.ceil((size * 6) / 2 ** 20));
const littleMib = (/** @type {number} */ size) =>
  Math.max(LEAST_MIB, Math.ceil((size * SPILLING_SHARE) / 2 ** 20));

/** @type {BenchDefinition} */
export const sort = {
  name: 'sort',
  summary: 'sort records of 100 bytes by random keys of 10, in memory and with half the memory',
  method: 'Whole processes, start-up and output to files included',
  sizeUnit: 'bytes',
  defaultSize: 1e9,
  defaultRounds: 3,
  baseline: 'gnu-sort',
  contenderNames: (slots) => [
    `firesteel-local${slots}`,
    'gnu-sort',
    `firesteel-spilling-local${slots}`,
    'gnu-sort-spilling',
    `spark-local${slots}`,
    `spark-spilling-local${slots}`,
  ],
  prepare,
  targets,
  plotsMemory: true,
};

/**
 * @param {BenchOptions} options
 * @returns {Promise<(Contender | SkippedContender)[]>}
 */
async function prepare({ size, slots, wants }) {
  const path = generateRecords(size);
  readOnce(path);
  const output = (/** @type {string} */ name) => cachePath('sorted', name);
  const firesteel = (/** @type {string} */ name, /** @type {number} */ mib) => ({
    name: `${name}-local${slots}`,
    title: `Firesteel local[${slots}], executor.memory ${mib} MiB`,
    command: [
      'node',
      program('sort/firesteel.mjs'),
      path,
      output(name),
      `local[${slots}]`,
      `${mib}m`,
    ],
  });
  const gnu = (/** @type {string} */ name, /** @type {number} */ mib) => ({
    name,
    title: `GNU sort --parallel=${slots} -S ${mib}M`,
    command: ['node', program('sort/gnu-sort.mjs'), path, output(name), `${slots}`, `${mib}M`],
  });
  const spark = (/** @type {string} */ kind, /** @type {number} */ mib) => {
    const name = `${kind}-local${slots}`;
    const title = `Spark local[${slots}], heap of ${mib} MiB`;
    if (!wants(name)) return { name, title, skipped: 'it is not wanted' };
    const built = prepareSpark(mib);
    if ('skipped' in built) return { name, title, ...built };
    // Spark does not write where something is.
    rmSync(output(kind), { recursive: true, force: true });
    const command = built.command('Sort', path, output(kind), `local[${slots}]`);
    const parse = () => {
      const result = sampleOf(output(kind));
      rmSync(output(kind), { recursive: true });
      return result;
    };
    return { name, title, command, parse };
  };
  return [
    firesteel('firesteel', plentyMib(size)),
    gnu('gnu-sort', plentyMib(size)),
    firesteel('firesteel-spilling', littleMib(size)),
    gnu('gnu-sort-spilling', littleMib(size)),
    spark('spark', plentyMib(size)),
    spark('spark-spilling', Math.max(LEAST_SPARK_MIB, littleMib(size))),
  ];
}

/**
 * Brings a file into the memory of the system, so that the first contender does not wait for the disk
 * where others do not.
 *
 * @param {string} path
 */
function readOnce(path) {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(1 << 20);
  while (readSync(file, buffer) > 0);
  closeSync(file);
}

/**
 * @param {number} slots
 * @param {number} size
 * @returns {Target[]}
 */
function targets(slots, size) {
  const inMemory = `firesteel-local${slots}`;
  const spilling = `firesteel-spilling-local${slots}`;
  return [
    {
      text: 'wall in memory over GNU sort',
      bound: 'at most',
      limit: 0.6,
      unit: '×',
      value: ratio(inMemory, 'gnu-sort', wall),
    },
    {
      text: 'CPU in memory over GNU sort',
      bound: 'at most',
      limit: 0.8,
      unit: '×',
      value: ratio(inMemory, 'gnu-sort', cpu),
    },
    {
      text: 'wall spilling over GNU sort with the same memory',
      bound: 'at most',
      limit: 1.5,
      unit: '×',
      value: ratio(spilling, 'gnu-sort-spilling', wall),
    },
    {
      text: 'wall in memory over Spark',
      bound: 'below',
      limit: 1,
      unit: '×',
      value: ratio(inMemory, `spark-local${slots}`, wall),
    },
    {
      text: 'wall spilling over Spark with the same memory',
      bound: 'below',
      limit: 1,
      unit: '×',
      value: ratio(spilling, `spark-spilling-local${slots}`, wall),
    },
    {
      text: 'peak memory spilling over the memory it may take',
      bound: 'at most',
      limit: 1.3,
      unit: '×',
      value: reading(spilling, (run) => peakMemory(run) / (littleMib(size) * 2 ** 20)),
    },
  ];
}
