import type { ExecutorCommandLine } from '@firesteel/cluster';
import type { TaskInfo } from '@firesteel/mesos-protocol';
import { containerWithPorts } from '../command/container.js';
import { executorCommand, type TaskTemplate } from '../command/executor-command.js';
import type { ExecutorLaunch } from '../offers/decide-offers.js';

/** The Mesos task that is one executor. */
export function executorTask(
  executorId: string,
  launch: ExecutorLaunch,
  command: ExecutorCommandLine,
  template: TaskTemplate,
): TaskInfo {
  const { appName, labels } = template;
  const container = containerWithPorts(template.container, launch.ports);
  const size = ['--cores', `${launch.slots}`, '--memory', `${launch.heapMiB}m`];
  return {
    name: `${appName} ${executorId}`,
    task_id: { value: executorId },
    agent_id: { value: launch.agentId },
    resources: launch.resources,
    command: executorCommand(command, size, launch.hostname, template),
    ...(container && { container }),
    ...(labels && { labels }),
  };
}
