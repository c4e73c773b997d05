import type { ExecutorInfo, FrameworkInfo, TaskInfo } from '@firesteel/mesos-protocol';

/** What the executor of a command task takes on top; the master does not charge it. */
const ownCpus = 0.1;
const ownMemMb = 32;

/** The executor that an agent makes up for a task with a command. */
export function generatedExecutor(framework: FrameworkInfo, task: TaskInfo): ExecutorInfo {
  const { command, task_id, container, discovery } = task;
  const allocation = task.resources?.[0]?.allocation_info;
  const scalar = (name: string, value: number) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value },
    ...(allocation && { allocation_info: allocation }),
  });
  const shown =
    command?.shell === false
      ? [command.value, ...(command.arguments ?? [])].join(', ')
      : `sh -c '${command?.value}'`;
  return {
    executor_id: { value: task_id.value },
    framework_id: framework.id!,
    name: `Command Executor (Task: ${task_id.value}) (Command: ${shown})`,
    source: task_id.value,
    resources: [scalar('cpus', ownCpus), scalar('mem', ownMemMb)],
    ...(command && { command }),
    ...(container && { container }),
    ...(discovery && { discovery }),
  };
}
