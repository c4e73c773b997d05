import type { FrameworkInfo, TaskState, TaskStatusReason } from '@firesteel/mesos-protocol';
import type { ToAgent } from '../link.js';
import { capabilitiesOf } from '../validation/framework.js';
import type { ExecutorRecord, Termination } from './executor-record.js';

/**
 * Why tasks cannot join an executor, or start the one they need; undefined if they can.
 * @param users of the host; undefined for any
 */
export function launchRefusal(
  existing: ExecutorRecord | undefined,
  { launchExecutor, executor, framework, tasks }: ToAgent & { readonly kind: 'run' },
  users: readonly string[] | undefined,
): Termination | undefined {
  const dropped = (message: string, reason: TaskStatusReason): Termination => ({
    state: lostOr('TASK_DROPPED', framework),
    reason,
    message,
  });
  const ended = 'REASON_EXECUTOR_TERMINATED';
  if (existing === undefined) {
    const user = (executor ?? tasks[0])?.command?.user ?? framework.user;
    if (users?.includes(user) === false)
      return dropped(
        `Failed to create executor directory: Failed to chown directory to '${user}': No such user '${user}'`,
        ended,
      );
  }
  if (executor === undefined) {
    return existing === undefined
      ? undefined
      : dropped('Task ID is in use by a command executor', 'REASON_TASK_INVALID');
  }
  if (existing === undefined) {
    return launchExecutor
      ? undefined
      : dropped('No executor is expected to launch and there is none running', ended);
  }
  if (existing.state === 'TERMINATING') return dropped('Executor terminating', ended);
  if (existing.state === 'TERMINATED') return dropped('Executor terminated', ended);
  return launchExecutor
    ? dropped('Master wants to launch executor, but one already exists', ended)
    : undefined;
}

/** The state for frameworks that know partitions; all others see TASK_LOST. */
export const lostOr = (state: TaskState, framework: FrameworkInfo): TaskState =>
  capabilitiesOf(framework).has('PARTITION_AWARE') ? state : 'TASK_LOST';
