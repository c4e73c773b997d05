import { program } from '../../lib/paths.mjs';
import { metric, reading } from '../../lib/targets.mjs';

const modes = ['coarse', 'fine', 'local-cluster'];

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const mesosTasks = {
  name: 'mesos-tasks',
  summary:
    'empty tasks on two Mesos agents of the test kit, four slots: jobs of one task, and of as many as the size says',
  method: 'Inside each process: wall of one job, median of 7 after 3 to warm up, and of the first',
  sizeUnit: 'rows',
  defaultSize: 200,
  defaultRounds: 3,
  baseline: 'coarse',
  contenderNames: () => modes,
  prepare: async ({ size }) =>
    modes.map((mode) => ({
      name: mode,
      title:
        mode === 'local-cluster' ? 'the same without Mesos' : `mesos.coarse=${mode === 'coarse'}`,
      command: ['node', program('micro/mesos-tasks/firesteel.mjs'), `${size}`, mode],
    })),
  targets: () => [
    {
      text: 'cpus held between jobs, fine: the shares of two executors',
      bound: 'at most',
      limit: 1,
      unit: 'cpus',
      value: reading('fine', metric('idleCpus')),
    },
  ],
};
