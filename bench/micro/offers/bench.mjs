import { program } from '../../lib/paths.mjs';
import { steadyMethod } from '../../lib/steady.mjs';
import { metric, reading } from '../../lib/targets.mjs';

const placements = ['spread', 'binpack', 'random', 'rack', 'groupBy', 'unwanted'];

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const offers = {
  name: 'offers',
  summary:
    'one decision about the offers of as many Mesos agents as the size says: with 100 roles, one executor on every fifth agent, as many more wanted, and none wanted',
  method: steadyMethod,
  sizeUnit: 'rows',
  defaultSize: 10_000,
  defaultRounds: 3,
  baseline: 'walk',
  contenderNames: () => ['firesteel', 'walk'],
  prepare: async ({ size }) => [
    {
      name: 'firesteel',
      title: 'decideOffers',
      command: ['node', program('micro/offers/firesteel.mjs'), `${size}`],
    },
    {
      name: 'walk',
      title: 'a loop that reads each resource once',
      command: ['node', program('micro/offers/walk.mjs'), `${size}`],
    },
  ],
  targets: () =>
    placements.map((placement) => ({
      text: `CPU of one decision, ${placement}`,
      bound: 'below',
      limit: 50,
      unit: 'ms',
      value: reading('firesteel', metric(`${placement}Ms`)),
    })),
};
