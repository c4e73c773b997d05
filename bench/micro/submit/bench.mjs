import { program, repoDir } from '../../lib/paths.mjs';
import { reading, wall } from '../../lib/targets.mjs';

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const submit = {
  name: 'submit',
  summary: 'firesteel submit of a TypeScript job that counts parallelize([1, 2, 3])',
  method: 'Whole processes, start-up included, from a warm disk',
  sizeUnit: 'rows',
  defaultSize: 3,
  defaultRounds: 7,
  baseline: 'node',
  contenderNames: () => ['firesteel', 'node'],
  prepare: async ({ size, slots }) => [
    {
      name: 'firesteel',
      title: `firesteel submit, local[${slots}]`,
      command: [
        'node',
        `${repoDir}packages/firesteel/bin/firesteel.js`,
        'submit',
        '--master',
        `local[${slots}]`,
        program('micro/submit/job.ts'),
        `${size}`,
      ],
    },
    {
      name: 'node',
      title: 'start and end of Node alone',
      command: ['node', '--eval', `console.log('{"count":${size}}')`],
    },
  ],
  targets: () => [
    {
      text: 'wall of a submitted job of three rows',
      bound: 'below',
      limit: 600,
      unit: 'ms',
      value: reading('firesteel', wall),
    },
  ],
};
