import type { TaskSizes } from '../fine/task-fit.js';

/** Of fine mode, for agents of a few cpus. */
export const taskSizes: TaskSizes = {
  cpusPerTask: 1,
  memoryMiBPerTask: 8,
  executorCpus: 0.5,
  executorMemoryMiB: 512,
  executorDiskMiB: 0,
  executorPorts: [],
  useRevocable: false,
};
