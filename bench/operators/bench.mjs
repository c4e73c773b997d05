import { createRequire } from 'node:module';
import { program } from '../lib/paths.mjs';
import { prepareSpark } from '../lib/spark.mjs';
import { cpu, metric, ratio } from '../lib/targets.mjs';
import { keyKinds, keysOf, operators } from './cases.mjs';

/** @import { BenchDefinition, BenchOptions, Contender, SkippedContender, Target } from '../lib/types.d.ts' */
/** @import { KeyKind, Operator } from './cases.mjs' */

/** What each program does with its operator; all of them fold the rows that come out. */
const summaries = {
  reduceByKey: 'the sum of each key',
  groupByKey: 'the values of each key in an array',
  join: 'rows with a tenth as many that have one row a key',
  sortByKey: 'rows in the order of their keys',
  distinct: 'the keys without duplicates',
  cogroup: 'the values of each key from two sides',
};

const duckdbOperators = ['reduceByKey', 'groupByKey', 'join'];

/** One bench for each operator and kind of keys, so that each is read, and run, by itself. */
export const operatorBenches = operators.flatMap((operator) =>
  keyKinds.map((kind) => operatorBench(operator, kind)),
);

/**
 * @param {Operator} operator
 * @param {KeyKind} kind of the keys
 * @returns {BenchDefinition}
 */
function operatorBench(operator, kind) {
  const hasDuckdb = kind === 'numbers' && duckdbOperators.includes(operator);
  return {
    name: `${operator}-${kind}`,
    summary: `${operator} of ${kind}: ${summaries[operator]}, ten rows a key`,
    method:
      'Whole processes; inside them, wall and CPU of the job without starting the engine, rows ' +
      'made from their number included',
    sizeUnit: 'rows',
    defaultSize: 10e6,
    defaultRounds: 3,
    baseline: 'node-two-threads',
    contenderNames: (slots) => [
      `firesteel-local${slots}`,
      'node-two-threads',
      ...(hasDuckdb ? ['duckdb'] : []),
      `spark-local${slots}`,
    ],
    prepare: async (options) => {
      const contenders = [...nodePrograms(operator, kind, options)];
      if (hasDuckdb) contenders.push(duckdb(operator, options));
      if (options.wants(`spark-local${options.slots}`))
        contenders.push(spark(operator, kind, options));
      return contenders;
    },
    targets: (slots) => targets(slots, hasDuckdb),
  };
}

/**
 * @param {Operator} operator
 * @param {KeyKind} kind
 * @param {BenchOptions} options
 * @returns {(Contender | SkippedContender)[]}
 */
function nodePrograms(operator, kind, { size, slots }) {
  const job = [operator, kind, `${size}`, `${keysOf(size)}`];
  return [
    {
      name: `firesteel-local${slots}`,
      title: `Firesteel local[${slots}]`,
      command: ['node', program('operators/firesteel.mjs'), ...job, `local[${slots}]`],
    },
    {
      name: 'node-two-threads',
      title: 'hand-written Node, 2 threads (Map, arrays, rows exchanged by key)',
      command: ['node', program('operators/node-two-threads.mjs'), ...job],
    },
  ];
}

/**
 * @param {Operator} operator
 * @param {BenchOptions} options
 * @returns {Contender | SkippedContender}
 */
function duckdb(operator, { size, slots }) {
  const about = { name: 'duckdb', title: `DuckDB from npm, ${slots} threads` };
  try {
    createRequire(import.meta.url).resolve('@duckdb/node-api');
  } catch {
    return { ...about, skipped: '@duckdb/node-api has no binary for this platform' };
  }
  const job = [operator, `${size}`, `${keysOf(size)}`, `${slots}`];
  return { ...about, command: ['node', program('operators/duckdb.mjs'), ...job] };
}

/**
 * @param {Operator} operator
 * @param {KeyKind} kind
 * @param {BenchOptions} options
 * @returns {Contender | SkippedContender}
 */
function spark(operator, kind, { size, slots }) {
  const about = { name: `spark-local${slots}`, title: `Spark 3.5 RDD API (Java), local[${slots}]` };
  const built = prepareSpark();
  if ('skipped' in built) return { ...about, ...built };
  const job = [operator, kind, `${size}`, `${keysOf(size)}`];
  return { ...about, command: built.command('Operators', ...job, `local[${slots}]`) };
}

/**
 * @param {number} slots
 * @param {boolean} hasDuckdb
 * @returns {Target[]}
 */
function targets(slots, hasDuckdb) {
  const firesteel = `firesteel-local${slots}`;
  /** @type {Target[]} */
  const all = [
    {
      text: 'CPU over the hand-written program',
      bound: 'at most',
      limit: 0.8,
      unit: '×',
      value: ratio(firesteel, 'node-two-threads', cpu),
    },
    {
      text: `times faster than Spark local[${slots}], wall of the job`,
      bound: 'at least',
      limit: 2,
      unit: '×',
      value: ratio(`spark-local${slots}`, firesteel, metric('jobMs')),
    },
  ];
  if (hasDuckdb)
    all.push({
      text: "CPU of the job over DuckDB's",
      bound: 'at most',
      limit: 2,
      unit: '×',
      value: ratio(firesteel, 'duckdb', metric('jobCpuMs')),
    });
  return all;
}
