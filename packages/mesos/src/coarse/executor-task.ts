import type { ExecutorCommandLine } from '@firesteel/cluster';
import type { TaskInfo } from '@firesteel/mesos-protocol';
import { executorCommand, type TaskTemplate } from '../command/executor-command.js';
import type { ExecutorLaunch } from '../offers/decide-offers.js';

/** The Mesos task that is one executor. */
export function executorTask(
  executorId: string,
  launch: ExecutorLaunch,
  command: ExecutorCommandLine,
  template: TaskTemplate,
): TaskInfo {
  const { appName, container, labels } = template;
  const size = ['--cores', `${launch.slots}`, '--memory', `${launch.heapMiB}m`];
  return {
    name: `${appName} ${executorId}`,
    task_id: { value: executorId },
    agent_id: { value: launch.agentId },
    resources: launch.resources,
    command: executorCommand(command, size, launch.hostname, template),
    ...(container.info && { container: container.info }),
    ...(labels && { labels }),
  };
}
