import { program } from '../../lib/paths.mjs';
import { steadyMethod } from '../../lib/steady.mjs';
import { metric, ratio, reading } from '../../lib/targets.mjs';

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const numericChain = {
  name: 'numeric-chain',
  summary: 'map, filter, map, filter and sum over a range, one thread',
  method: steadyMethod,
  sizeUnit: 'rows',
  defaultSize: 50e6,
  defaultRounds: 3,
  baseline: 'hand-loop',
  contenderNames: () => ['firesteel', 'hand-loop'],
  prepare: async ({ size }) => [
    {
      name: 'firesteel',
      title: 'Firesteel local[1]',
      command: ['node', program('micro/numeric-chain/firesteel.mjs'), `${size}`, 'local[1]'],
    },
    {
      name: 'hand-loop',
      title: 'hand loop',
      command: ['node', program('micro/numeric-chain/hand.mjs'), `${size}`],
    },
  ],
  targets: () => [
    {
      text: 'CPU over the hand loop',
      bound: 'at most',
      limit: 1.5,
      unit: '×',
      value: ratio('firesteel', 'hand-loop', metric('nsPerRow')),
    },
    {
      text: 'each further narrow operator, per row',
      bound: 'at most',
      limit: 1,
      unit: 'ns',
      value: reading('firesteel', metric('nsPerExtraOperator')),
    },
    {
      // Unchanged, with room for the noise of a shared machine.
      text: 'after six other jobs in the same context, over before',
      bound: 'at most',
      limit: 1.1,
      unit: '×',
      value: (medians) => {
        const metrics = medians.get('firesteel')?.metrics;
        return metrics && Number(metrics.nsPerRowAfterSixJobs) / Number(metrics.nsPerRow);
      },
    },
  ],
};
