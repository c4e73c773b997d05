import { ALLOCATOR_ENVIRONMENT } from '@firesteel/cluster';
import { program } from '../lib/paths.mjs';
import { peakMemory, ratio, reading, wall } from '../lib/targets.mjs';

/** @import { BenchDefinition, BenchOptions, Contender, Target } from '../lib/types.d.ts' */

const DEFAULT_WORDS = 20e6;
/** Two threads take no less. */
const LEAST_MIB = 192;
/** Of an executor that has to spill: 512 MiB for the size by default, less for fewer rows. */
const littleMib = (/** @type {number} */ size) =>
  Math.max(LEAST_MIB, Math.ceil((512 * size) / DEFAULT_WORDS));
const PLENTY = '12g';
/** Bytes of rows that are grouped for each distinct word that is counted. */
const GROUPED_BYTES_PER_WORD = 500;

/** @type {BenchDefinition} */
export const spill = {
  name: 'spill',
  summary: 'count distinct words and group rows, with 512 MiB for the default size, less for less',
  method: 'Whole processes, start-up included',
  sizeUnit: 'rows',
  defaultSize: DEFAULT_WORDS,
  defaultRounds: 1,
  baseline: 'in-memory',
  contenderNames: () => ['in-memory', 'spilling', 'group-by', 'group-by-plain'],
  prepare,
  targets,
  plotsMemory: true,
};

/**
 * @param {BenchOptions} options
 * @returns {Promise<Contender[]>}
 */
async function prepare({ size, slots }) {
  const count = (/** @type {string} */ name, /** @type {string} */ memory) => ({
    name,
    title: `count ${size} distinct words, executor.memory ${memory}`,
    command: ['node', program('spill/word-count.mjs'), `${size}`, `local[${slots}]`, memory],
    env: ALLOCATOR_ENVIRONMENT,
  });
  const little = `${littleMib(size)}m`;
  const bytes = size * GROUPED_BYTES_PER_WORD;
  const groupBy = {
    title: `group ${bytes / 1e9} GB of rows, executor.memory ${little}`,
    command: ['node', program('spill/group-by.mjs'), `${bytes}`, `local[${slots}]`, little],
    lacks: ['count', 'total'],
  };
  return [
    count('in-memory', PLENTY),
    count('spilling', little),
    { ...groupBy, name: 'group-by', env: ALLOCATOR_ENVIRONMENT },
    { ...groupBy, name: 'group-by-plain' },
  ];
}

/**
 * @param {number} _slots
 * @param {number} size
 * @returns {Target[]}
 */
function targets(_slots, size) {
  const budgets = (/** @type {string} */ name) =>
    reading(name, (run) => peakMemory(run) / (littleMib(size) * 2 ** 20));
  return [
    {
      text: 'wall of the spilling word count over the one in memory',
      bound: 'at most',
      limit: 3,
      unit: '×',
      value: ratio('spilling', 'in-memory', wall),
    },
    {
      text: 'peak memory of the spilling word count over its budget',
      bound: 'at most',
      limit: 1.3,
      unit: '×',
      value: budgets('spilling'),
    },
    {
      text: 'peak memory of the group-by over its budget',
      bound: 'at most',
      limit: 1.3,
      unit: '×',
      value: budgets('group-by'),
    },
    {
      text: 'peak memory of the group-by over its budget, without settings of the allocator',
      bound: 'at most',
      limit: 1.3,
      unit: '×',
      value: budgets('group-by-plain'),
    },
  ];
}
