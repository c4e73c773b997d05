import { program } from '../../lib/paths.mjs';
import { metric, ratio, reading } from '../../lib/targets.mjs';

const launch = metric('launchUs');

/** @type {(name: string, executors: number, tasks: number) => import('../../lib/types.d.ts').Contender} */
const cluster = (name, executors, tasks) => ({
  name,
  title: `${executors} executors of 16 slots`,
  command: [
    'node',
    ...['--import', 'tsx'],
    program('micro/scheduler/simulate.ts'),
    `${tasks}`,
    `${executors}`,
  ],
});

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const scheduler = {
  name: 'scheduler',
  summary:
    'a job of two stages with as many tasks as the size says, on simulated clusters that fail and lose executors',
  method: 'Inside each process, CPU of the scheduler and of the simulated cluster, once, cold',
  sizeUnit: 'rows',
  defaultSize: 1_000_000,
  defaultRounds: 3,
  baseline: 'small',
  contenderNames: () => ['large', 'small'],
  prepare: async ({ size }) => [cluster('large', 1_000, size), cluster('small', 10, size)],
  targets: () => [
    {
      text: 'CPU of one launch with 16,000 slots',
      bound: 'below',
      limit: 50,
      unit: 'µs',
      value: reading('large', launch),
    },
    {
      text: 'CPU of one launch with 16,000 slots to that with 160',
      bound: 'at most',
      limit: 2,
      unit: '×',
      value: ratio('large', 'small', launch),
    },
  ],
};
