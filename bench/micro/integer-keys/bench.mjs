import { program } from '../../lib/paths.mjs';
import { steadyMethod } from '../../lib/steady.mjs';
import { metric, ratio } from '../../lib/targets.mjs';

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const integerKeys = {
  name: 'integer-keys',
  summary: '[key, value] rows of 1000 integer keys through map, map, filter, reduceByKey',
  method: steadyMethod,
  sizeUnit: 'rows',
  defaultSize: 20e6,
  defaultRounds: 3,
  baseline: 'hand-typed',
  contenderNames: () => ['firesteel', 'hand-typed'],
  prepare: async ({ size }) => [
    {
      name: 'firesteel',
      title: 'Firesteel local[1]',
      command: ['node', program('micro/integer-keys/firesteel.mjs'), `${size}`, 'local[1]'],
    },
    {
      name: 'hand-typed',
      title: 'hand loop over a Float64Array',
      command: ['node', program('micro/integer-keys/hand.mjs'), `${size}`],
    },
  ],
  targets: () => [
    {
      text: 'CPU over the typed hand loop',
      bound: 'at most',
      limit: 3,
      unit: '×',
      value: ratio('firesteel', 'hand-typed', metric('nsPerRow')),
    },
  ],
};
