import type { ExecutorInfo, TaskInfo } from '@firesteel/mesos-protocol';
import { add, contains, type Resources, scalarOf } from '../resources/arithmetic.js';
import { resourcesText } from '../resources/text.js';
import { checkError, commandError, containerError, healthCheckError } from './commands.js';
import { executorError } from './executor.js';
import { idError } from './ids.js';
import { togetherError } from './resources.js';

/** What a task is judged by. */
export interface LaunchContext {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly isActive: (taskId: string) => boolean;
  readonly isUnreachable: (taskId: string) => boolean;
  readonly existingExecutor: (executorId: string) => ExecutorInfo | undefined;
  /** What is left of the offers. */
  readonly available: Resources;
}

type Check = (task: TaskInfo, context: LaunchContext) => string | undefined;

/** What holds for tasks of both LAUNCH and LAUNCH_GROUP; the first that fails speaks. */
const commonChecks: readonly Check[] = [
  (task) => idError(task.task_id.value),
  ({ task_id: { value } }, { isActive }) =>
    isActive(value) ? `Task has duplicate ID: ${value}` : undefined,
  ({ task_id: { value } }, { isUnreachable }) =>
    isUnreachable(value) ? `Task reuses the ID of an unreachable task: ${value}` : undefined,
  ({ agent_id: { value } }, { agentId }) =>
    value === agentId
      ? undefined
      : `Task uses invalid agent ${value} while agent ${agentId} is expected`,
  ({ kill_policy: policy }) =>
    (policy?.grace_period?.nanoseconds ?? 0n) < 0n
      ? "Task's 'kill_policy.grace_period' must be non-negative"
      : undefined,
  ({ max_completion_time: time }) =>
    (time?.nanoseconds ?? 0n) < 0n
      ? "Task's `max_completion_time` must be non-negative"
      : undefined,
  ({ check }) => prefixed('Task uses invalid check: ', check && checkError(check)),
  ({ health_check: check }) =>
    prefixed('Task uses invalid health check: ', check && healthCheckError(check)),
  ({ resources = [] }) => (resources.length === 0 ? 'Task uses no resources' : undefined),
  ({ resources = [] }) => prefixed('Task uses invalid resources: ', togetherError(resources)),
  ({ command }) => prefixed("Task's `CommandInfo` is invalid: ", command && commandError(command)),
  ({ container }) =>
    prefixed("Task's `ContainerInfo` is invalid: ", container && containerError(container)),
  limitsError,
];

/** Why one task of a LAUNCH is refused; undefined if it may start. */
export function taskError(task: TaskInfo, context: LaunchContext): string | undefined {
  for (const check of commonChecks) {
    const error = check(task, context);
    if (error !== undefined) return error;
  }
  const { executor, command } = task;
  if ((executor === undefined) === (command === undefined)) {
    return 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present';
  }
  if (executor === undefined) return amountError(task.resources ?? [], context);
  if (executor.type !== undefined && executor.type !== 'CUSTOM') {
    return "'ExecutorInfo.type' must be 'CUSTOM'";
  }
  if (executor.command === undefined)
    return "'ExecutorInfo.command' must be set for 'CUSTOM' executor";
  const existing = context.existingExecutor(executor.executor_id.value);
  const invalid = executorError(executor, context.frameworkId, existing);
  if (invalid !== undefined) return invalid;
  return sumError([...(task.resources ?? [])], executor, existing, context);
}

/** Why a group of tasks is refused as a whole; undefined if it may start. */
export function taskGroupError(
  tasks: readonly TaskInfo[],
  executor: ExecutorInfo,
  context: LaunchContext,
): string | undefined {
  const ids = tasks.map(({ task_id }) => task_id.value);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) return `Task has duplicate ID: ${twice}`;
  for (const task of tasks) {
    for (const check of commonChecks) {
      const error = check(task, context);
      if (error !== undefined) return `Task '${task.task_id.value}' is invalid: ${error}`;
    }
    if (task.container?.type === 'DOCKER')
      return 'Docker ContainerInfo is not supported on the task';
  }
  const existing = context.existingExecutor(executor.executor_id.value);
  if (executor.type === undefined) return "'ExecutorInfo.type' must be set";
  const invalid = executorError(executor, context.frameworkId, existing);
  if (invalid !== undefined) return invalid;
  const resources = executor.resources ?? [];
  if (executor.container?.type === 'DOCKER') {
    return 'Docker ContainerInfo is not supported on the executor';
  }
  if (scalarOf(resources, 'cpus') < 0.01) return 'Executor resources need at least 0.01 cpus';
  if (scalarOf(resources, 'mem') < 32) return 'Executor resources need at least 32 MB of mem';
  if (scalarOf(resources, 'disk') <= 0) return "Executor resources need 'disk'";
  return sumError(
    tasks.flatMap((task) => task.resources ?? []),
    executor,
    existing,
    context,
  );
}

function sumError(
  resources: Resources,
  executor: ExecutorInfo,
  existing: ExecutorInfo | undefined,
  context: LaunchContext,
): string | undefined {
  const own = executor.resources ?? [];
  const error = togetherError([...resources, ...own]);
  if (error !== undefined) return `Task and its executor use invalid resources: ${error}`;
  return amountError(existing === undefined ? [...resources, ...own] : resources, context);
}

function amountError(required: Resources, { available }: LaunchContext): string | undefined {
  return contains(available, required)
    ? undefined
    : `Total resources ${resourcesText(add(required, []))} required by task and its executor is more than available ${resourcesText(available)}`;
}

function limitsError({ limits = {}, resources = [] }: TaskInfo): string | undefined {
  for (const [name, { value }] of Object.entries(limits)) {
    if (name !== 'cpus' && name !== 'mem')
      return `Task's limits contain unsupported resource '${name}'`;
    const requested = scalarOf(resources, name);
    if (requested === 0) return `Task's limits need '${name}' among its resources`;
    if (value < requested)
      return `Task's '${name}' limit ${value} is less than its request ${requested}`;
  }
  return undefined;
}

const prefixed = (prefix: string, error: string | undefined): string | undefined =>
  error === undefined ? undefined : prefix + error;
