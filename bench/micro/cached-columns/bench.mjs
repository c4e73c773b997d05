import { program } from '../../lib/paths.mjs';
import { steadyMethod } from '../../lib/steady.mjs';
import { metric, ratio, reading } from '../../lib/targets.mjs';

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const cachedColumns = {
  name: 'cached-columns',
  summary: 'sum over cached [integer, number] rows, and what a cached row weighs',
  method: steadyMethod,
  sizeUnit: 'rows',
  defaultSize: 5e6,
  defaultRounds: 3,
  baseline: 'hand-objects',
  contenderNames: () => ['firesteel', 'hand-objects', 'hand-typed'],
  prepare: async ({ size }) => [
    {
      name: 'firesteel',
      title: 'Firesteel local[1], cached',
      command: ['node', program('micro/cached-columns/firesteel.mjs'), `${size}`, 'local[1]'],
    },
    {
      name: 'hand-objects',
      title: 'hand loop over an array of tuples',
      command: ['node', program('micro/cached-columns/hand-objects.mjs'), `${size}`],
    },
    {
      name: 'hand-typed',
      title: 'hand loop over typed arrays',
      command: ['node', program('micro/cached-columns/hand-typed.mjs'), `${size}`],
    },
  ],
  targets: () => [
    {
      text: 'bytes a cached row',
      bound: 'at most',
      limit: 13,
      unit: 'B',
      value: reading('firesteel', metric('bytesPerRow')),
    },
    {
      text: 'CPU over the hand loop over tuples',
      bound: 'at most',
      limit: 1.2,
      unit: '×',
      value: ratio('firesteel', 'hand-objects', metric('nsPerRow')),
    },
  ],
};
