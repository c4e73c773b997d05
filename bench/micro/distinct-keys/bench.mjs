import { program } from '../../lib/paths.mjs';
import { cpu, ratio } from '../../lib/targets.mjs';

/** How often a key occurs on average. */
const rowsPerKey = 4;

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const distinctKeys = {
  name: 'distinct-keys',
  summary: 'reduceByKey of strings, a quarter as many distinct keys as rows',
  method: 'Whole processes, start-up included',
  sizeUnit: 'rows',
  defaultSize: 20e6,
  defaultRounds: 3,
  baseline: 'map',
  contenderNames: (slots) => [...slotCounts(slots).map((n) => `firesteel-local${n}`), 'map'],
  prepare: async ({ size, slots }) => {
    const counts = [`${size}`, `${Math.ceil(size / rowsPerKey)}`];
    return [
      ...slotCounts(slots).map((n) => ({
        name: `firesteel-local${n}`,
        title: `Firesteel local[${n}]`,
        command: ['node', program('micro/distinct-keys/firesteel.mjs'), ...counts, `local[${n}]`],
      })),
      {
        name: 'map',
        title: 'hand loop over one Map of cells',
        command: ['node', program('micro/distinct-keys/map.mjs'), ...counts],
      },
    ];
  },
  targets: () => [
    {
      text: 'CPU of local[1] over one Map',
      bound: 'at most',
      limit: 0.35,
      unit: '×',
      value: ratio('firesteel-local1', 'map', cpu),
    },
  ],
};

/**
 * @param {number} slots
 * @returns {number[]}
 */
function slotCounts(slots) {
  return [...new Set([1, slots])];
}
