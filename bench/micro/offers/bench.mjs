import { program } from '../../lib/paths.mjs';
import { steadyMethod } from '../../lib/steady.mjs';
import { metric, reading } from '../../lib/targets.mjs';

const placements = {
  spread: 'mesos.placement=spread',
  binpack: 'mesos.placement=binpack',
  random: 'mesos.placement=random',
  attribute: 'mesos.placement=spread:rack',
  groupBy: 'GROUP_BY racks, two on a host',
  unwanted: 'spread, nothing wanted',
};

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
  contenderNames: () => [...Object.keys(placements), 'walk'],
  prepare: async ({ size }) => [
    ...Object.entries(placements).map(([name, title]) => ({
      name,
      title,
      command: ['node', program('micro/offers/firesteel.mjs'), `${size}`, name],
    })),
    {
      name: 'walk',
      title: 'a loop that reads each resource once',
      command: ['node', program('micro/offers/walk.mjs'), `${size}`],
    },
  ],
  targets: () =>
    Object.entries(placements).map(([name, title]) => ({
      text: `CPU of one decision, ${title}`,
      bound: 'below',
      limit: 50,
      unit: 'ms',
      value: reading(name, metric('decisionMs')),
    })),
};
