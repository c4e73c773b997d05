import { generateText } from '../../lib/generate-text.mjs';
import { program } from '../../lib/paths.mjs';
import { cpu, ratio } from '../../lib/targets.mjs';

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const shuffle = {
  name: 'shuffle',
  summary: '[word, 1] of every word of a text to its hash partition, without combining',
  method: 'Whole processes, start-up included',
  sizeUnit: 'bytes',
  // About 15 million pairs.
  defaultSize: 100e6,
  defaultRounds: 3,
  baseline: 'msgpackr',
  contenderNames: () => ['firesteel', 'msgpackr'],
  prepare: async ({ size, slots }) => {
    const path = generateText(size);
    return [
      {
        name: 'firesteel',
        title: `Firesteel local[${slots}]`,
        command: [
          'node',
          program('micro/shuffle/firesteel.mjs'),
          path,
          `${slots}`,
          `local[${slots}]`,
        ],
      },
      {
        name: 'msgpackr',
        title: `hand-written, msgpackr rows between ${slots} threads`,
        command: ['node', program('micro/shuffle/msgpackr.mjs'), path, `${slots}`],
      },
    ];
  },
  targets: () => [
    {
      text: 'CPU over the same with msgpackr rows',
      bound: 'at most',
      limit: 0.65,
      unit: '×',
      value: ratio('firesteel', 'msgpackr', cpu),
    },
  ],
};
