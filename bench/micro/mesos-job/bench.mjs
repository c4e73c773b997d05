import { program } from '../../lib/paths.mjs';
import { steadyMethod } from '../../lib/steady.mjs';
import { metric, ratio } from '../../lib/targets.mjs';

const masters = ['coarse', 'local-cluster'];

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const mesosJob = {
  name: 'mesos-job',
  summary:
    'sums by key of as many numbers as the size says, and of 50 times as many, on two executors with one slot each: Mesos tasks of the test kit, and local processes',
  method: steadyMethod,
  sizeUnit: 'rows',
  defaultSize: 10_000_000,
  defaultRounds: 3,
  baseline: 'local-cluster',
  contenderNames: () => masters,
  prepare: async ({ size }) =>
    masters.map((name) => ({
      name,
      title: name === 'coarse' ? 'Mesos, coarse' : 'local-cluster[2,1,512]',
      command: ['node', program('micro/mesos-job/firesteel.mjs'), `${size}`, name],
    })),
  targets: () => [
    {
      text: 'wall of the job on Mesos, as a multiple of local-cluster',
      bound: 'at most',
      limit: 1.2,
      unit: '×',
      value: ratio('coarse', 'local-cluster', metric('wallMs')),
    },
    {
      text: 'the same for a job 50 times as long',
      bound: 'at most',
      limit: 1.2,
      unit: '×',
      value: ratio('coarse', 'local-cluster', metric('longWallMs')),
    },
  ],
};
