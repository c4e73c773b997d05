import { cachePath, program } from '../lib/paths.mjs';
import { cpu, peakMemory, ratio, wall } from '../lib/targets.mjs';
import { generateRecords } from './generate-records.mjs';

/** @import { BenchDefinition, BenchOptions, Contender, Target } from '../lib/types.d.ts' */

/** Memory with which a sort spills, as a part of the input; an executor takes no less than the least. */
const SPILLING_SHARE = 0.5;
const LEAST_MIB = 64;

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
  ],
  prepare,
  targets,
};

/**
 * @param {BenchOptions} options
 * @returns {Promise<Contender[]>}
 */
async function prepare({ size, slots }) {
  const path = generateRecords(size);
  const plentyMib = Math.ceil((size * 6) / 2 ** 20);
  const littleMib = Math.max(LEAST_MIB, Math.ceil((size * SPILLING_SHARE) / 2 ** 20));
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
  return [
    firesteel('firesteel', plentyMib),
    gnu('gnu-sort', plentyMib),
    firesteel('firesteel-spilling', littleMib),
    gnu('gnu-sort-spilling', littleMib),
  ];
}

/**
 * @param {number} slots
 * @returns {Target[]}
 */
function targets(slots) {
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
      text: 'peak memory spilling over GNU sort with the same memory',
      bound: 'at most',
      limit: 1.3,
      unit: '×',
      value: ratio(spilling, 'gnu-sort-spilling', peakMemory),
    },
  ];
}
