import { generateText } from '../lib/generate-text.mjs';
import { program } from '../lib/paths.mjs';
import { metric, ratio, reading } from '../lib/targets.mjs';
import { keysOf, operators } from '../operators/cases.mjs';

/** @import { BenchDefinition, Target } from '../lib/types.d.ts' */

const processes = 'local-cluster[2,1,2048]';
const threads = 'local[2]';

/** @type {(job: string) => Target} */
const againstThreads = (job) => ({
  text: `wall of ${job} on ${processes}, as a multiple of ${threads}`,
  bound: 'at most',
  limit: 1.25,
  unit: '×',
  value: ratio('processes', 'threads', metric('jobMs')),
});

const jobMethod =
  'Whole processes; inside them, wall of the job without starting the engine and its executors';

/** @type {BenchDefinition} */
const wordcount = {
  name: 'cluster-wordcount',
  summary: 'word count of a text on two executor processes, and on two threads',
  method: jobMethod,
  sizeUnit: 'bytes',
  defaultSize: 100e6,
  defaultRounds: 3,
  baseline: 'threads',
  contenderNames: () => ['processes', 'threads'],
  prepare: async ({ size }) => {
    const path = generateText(size);
    return onBoth((master) => [program('cluster/wordcount.mjs'), path, master]);
  },
  targets: () => [againstThreads('word count')],
};

/** @type {readonly BenchDefinition[]} */
const onNumbers = operators.map((operator) => ({
  name: `cluster-${operator}`,
  summary: `${operator} of numbers on two executor processes, and on two threads`,
  method: jobMethod,
  sizeUnit: 'rows',
  defaultSize: 5e6,
  defaultRounds: 3,
  baseline: 'threads',
  contenderNames: () => ['processes', 'threads'],
  prepare: async ({ size }) =>
    onBoth((master) => [
      program('operators/firesteel.mjs'),
      ...[operator, 'numbers', `${size}`, `${keysOf(size)}`, master],
    ]),
  targets: () => [againstThreads(operator)],
}));

/** @param {(master: string) => readonly string[]} argumentsFor */
function onBoth(argumentsFor) {
  return [
    { name: 'processes', title: processes, command: ['node', ...argumentsFor(processes)] },
    { name: 'threads', title: threads, command: ['node', ...argumentsFor(threads)] },
  ];
}

/** @type {BenchDefinition} */
const transfer = {
  name: 'block-transfer',
  summary: 'map outputs of a megabyte each from one process to another, and the same bytes raw',
  method: 'Inside the reading process: wall of all transfers after one to warm up',
  sizeUnit: 'bytes',
  defaultSize: 2e9,
  defaultRounds: 3,
  baseline: 'raw',
  contenderNames: () => ['blocks', 'raw'],
  prepare: async ({ size }) => [
    {
      name: 'blocks',
      title: 'block server and client: HTTP, proofs, checksums',
      command: ['node', program('cluster/transfer-blocks.mjs'), `${size}`],
    },
    {
      name: 'raw',
      title: 'a socket whose bytes are copied where they belong',
      command: ['node', program('cluster/transfer-raw.mjs'), `${size}`],
    },
  ],
  targets: () => [
    {
      text: 'MB/s of block transfer, as a part of a raw copy',
      bound: 'at least',
      limit: 0.5,
      unit: '×',
      value: ratio('blocks', 'raw', metric('megabytesPerSecond')),
    },
  ],
};

/** @type {BenchDefinition} */
const recovery = {
  name: 'cluster-recovery',
  summary:
    'sums by key of as many rows as the size says on two executors, one of which is killed when half of the map tasks have ended',
  method: 'Inside each process: wall of the job, cold; the killed executor is replaced meanwhile',
  sizeUnit: 'rows',
  defaultSize: 2e6,
  defaultRounds: 3,
  baseline: 'undisturbed',
  contenderNames: () => ['killed', 'undisturbed'],
  prepare: async ({ size }) =>
    ['killed', 'undisturbed'].map((name) => ({
      name,
      title: name,
      command: ['node', program('cluster/recovery.mjs'), `${size}`, name],
    })),
  targets: () => [
    {
      text: 'wall of a job that loses an executor in the middle, as a multiple of the undisturbed one',
      bound: 'at most',
      limit: 1.6,
      unit: '×',
      value: ratio('killed', 'undisturbed', metric('jobMs')),
    },
  ],
};

/** @type {BenchDefinition} */
const tasks = {
  name: 'cluster-tasks',
  summary: 'count of no rows in as many partitions as the size says, on two executors',
  method: 'Inside each process: wall of one job, median of 7 after 3 to warm up',
  sizeUnit: 'rows',
  defaultSize: 10_000,
  defaultRounds: 3,
  baseline: 'threads',
  contenderNames: () => ['processes', 'threads'],
  prepare: async ({ size }) =>
    onBoth((master) => [program('cluster/tasks.mjs'), `${size}`, master]),
  targets: () => [
    {
      text: 'tasks per second over RPC',
      bound: 'at least',
      limit: 4_000,
      unit: 'tasks/s',
      value: reading('processes', metric('tasksPerSecond')),
    },
  ],
};

export const clusterBenches = [wordcount, ...onNumbers, transfer, recovery, tasks];
