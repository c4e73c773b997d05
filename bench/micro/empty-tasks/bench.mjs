import { program } from '../../lib/paths.mjs';
import { metric, reading } from '../../lib/targets.mjs';

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const emptyTasks = {
  name: 'empty-tasks',
  summary: 'count of no rows in as many partitions as the size says, one stage',
  method: 'Inside each process: wall of one job, median of 7 after 3 to warm up, and of the first',
  sizeUnit: 'rows',
  defaultSize: 10_000,
  defaultRounds: 3,
  baseline: 'piscina',
  contenderNames: () => ['firesteel', 'piscina'],
  prepare: async ({ size, slots }) => [
    {
      name: 'firesteel',
      title: `Firesteel local[${slots}]`,
      command: ['node', program('micro/empty-tasks/firesteel.mjs'), `${size}`, `local[${slots}]`],
    },
    {
      name: 'piscina',
      title: `piscina alone, ${slots} threads, one call per task`,
      command: ['node', program('micro/empty-tasks/piscina.mjs'), `${size}`, `${slots}`],
    },
  ],
  targets: (slots) => [
    {
      text: `wall of 10,000 empty tasks with ${slots} slots`,
      bound: 'at most',
      limit: 500,
      unit: 'ms',
      value: reading('firesteel', metric('wallMs')),
    },
  ],
};
