import { Config } from '@firesteel/common';
import { takeExecutorEnvironment } from './executor-environment.js';
import { MesosTaskGate } from './mesos-task-gate.js';

/**
 * Registers this process with the agent of Mesos that has started it.
 * @param maxTasks tasks at the same time at most
 * @throws INVALID_ARGUMENT if no agent has started it; MESOS_DISCONNECTED if the agent does not
 * take it
 */
export async function joinAgent(maxTasks: number): Promise<MesosTaskGate> {
  const config = Config.fromLayers({ environment: process.env });
  // Pauses between attempts keep no process alive, and this one has nothing else yet.
  const alive = setInterval(() => {}, 60_000);
  try {
    return await MesosTaskGate.join({
      environment: takeExecutorEnvironment(process.env),
      cpusPerTask: config.get('task.cpus'),
      maxTasks,
    });
  } finally {
    clearInterval(alive);
  }
}
