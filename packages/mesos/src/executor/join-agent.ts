import { Config } from '@firesteel/common';
import { takeExecutorEnvironment } from './executor-environment.js';
import { MesosTaskGate } from './mesos-task-gate.js';

/**
 * Registers this process with the agent of Mesos that has started it.
 * @param maxTasks tasks at the same time at most
 * @throws INVALID_ARGUMENT if no agent has started it; MESOS_DISCONNECTED if the agent does not
 * take it
 */
export function joinAgent(maxTasks: number): Promise<MesosTaskGate> {
  const config = Config.fromLayers({ environment: process.env });
  return MesosTaskGate.join({
    environment: takeExecutorEnvironment(process.env),
    cpusPerTask: config.get('task.cpus'),
    maxTasks,
  });
}
