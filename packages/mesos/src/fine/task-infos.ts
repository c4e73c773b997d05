import type { ExecutorCommandLine } from '@firesteel/cluster';
import type { ExecutorInfo, Resource, TaskInfo } from '@firesteel/mesos-protocol';
import { containerWithPorts } from '../command/container.js';
import { executorCommand, type TaskTemplate } from '../command/executor-command.js';
import type { ExecutorStart } from './decide-task-offers.js';
import type { TaskToLaunch } from './fine-launcher.js';

/** What all executors of an application have in common. */
export interface ExecutorTemplate extends TaskTemplate {
  readonly heapMiB: number;
  /** Tasks of one executor at the same time at most. */
  readonly maxTasks: number;
}

/** An executor of one agent; all its tasks have to name it with exactly this. */
export function executorInfo(
  executorId: string,
  { hostname }: ExecutorStart,
  command: ExecutorCommandLine,
  template: ExecutorTemplate,
  resources: readonly Resource[],
  hostPorts: readonly number[],
): ExecutorInfo {
  const { appName, heapMiB, maxTasks, labels } = template;
  const container = containerWithPorts(template.container, hostPorts);
  const size = ['--mesos', '--cores', `${maxTasks}`, '--memory', `${heapMiB}m`];
  return {
    type: 'CUSTOM',
    executor_id: { value: executorId },
    name: `${appName} ${executorId}`,
    resources,
    command: executorCommand(command, size, hostname, template),
    ...(container && { container }),
    ...(labels && { labels }),
  };
}

/** A task of the engine: it is called like it, and takes its cpus. */
export function engineTask(
  { taskId, name }: TaskToLaunch,
  agentId: string,
  executor: ExecutorInfo | undefined,
  resources: readonly Resource[],
): TaskInfo {
  return {
    name,
    task_id: { value: String(taskId) },
    agent_id: { value: agentId },
    ...(executor && { executor }),
    resources,
  };
}

/** Agents start executors for tasks only: this one is done when its executor is at work. */
export const startingTask = {
  /** The least that Mesos gives. */
  cpus: 0.01,
  idOf: (executorId: string): string => `executor-${executorId}`,
  infoOf: (
    executorId: string,
    agentId: string,
    executor: ExecutorInfo | undefined,
    resources: readonly Resource[],
  ): TaskInfo => ({
    name: `start of executor ${executorId}`,
    task_id: { value: startingTask.idOf(executorId) },
    agent_id: { value: agentId },
    ...(executor && { executor }),
    resources,
  }),
};
