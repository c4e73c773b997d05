import { program } from '../../lib/paths.mjs';
import { steadyMethod } from '../../lib/steady.mjs';

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const operatorChain = {
  name: 'operator-chain',
  summary: '4, 8 and 16 operators in a row that destructure [key, value] and make a new one',
  method: steadyMethod,
  sizeUnit: 'rows',
  defaultSize: 10e6,
  defaultRounds: 3,
  baseline: 'hand-loop',
  contenderNames: () => ['firesteel', 'hand-loop'],
  prepare: async ({ size }) => [
    {
      name: 'firesteel',
      title: 'Firesteel local[1]',
      command: ['node', program('micro/operator-chain/firesteel.mjs'), `${size}`, 'local[1]'],
    },
    {
      name: 'hand-loop',
      title: 'hand loop on local variables',
      command: ['node', program('micro/operator-chain/hand.mjs'), `${size}`],
    },
  ],
  targets: () => [
    {
      // Four times the operators; where V8 stops inlining they cost fifty times as much.
      text: '16 destructuring operators over 4, CPU',
      bound: 'at most',
      limit: 6,
      unit: '×',
      value: (medians) => {
        const metrics = medians.get('firesteel')?.metrics;
        return metrics && Number(metrics.nsPerRow16) / Number(metrics.nsPerRow4);
      },
    },
  ],
};
