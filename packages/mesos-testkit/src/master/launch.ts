import type {
  ExecutorInfo,
  OfferOperationFields,
  TaskInfo,
  TaskStatusReason,
} from '@firesteel/mesos-protocol';
import { subtract } from '../resources/arithmetic.js';
import { launchDenied } from '../validation/acls.js';
import { resourcesError } from '../validation/resources.js';
import { type LaunchContext, taskError, taskGroupError } from '../validation/task.js';
import type { Pool } from './accept.js';
import type { Master } from './master.js';
import { MasterTask } from './records.js';

/**
 * Why none of the tasks of an operation can start, whatever they are: undefined if they may be judged.
 * To be asked before the operation gets the allocation of its offers.
 */
export function launchError({
  id,
  launch,
  launch_group,
}: OfferOperationFields): string | undefined {
  if (id !== undefined) return 'Operations LAUNCH and LAUNCH_GROUP must not have an operation ID';
  if (launch_group !== undefined) {
    const tasks = launch_group.task_group.tasks ?? [];
    return resourcesError(tasks.flatMap((task) => task.resources ?? []));
  }
  return (launch?.task_infos ?? [])
    .map((task) => resourcesError(task.resources ?? []))
    .find((error) => error !== undefined);
}

/** LAUNCH: every task is judged on its own, if the operation is not `malformed` as a whole. */
export function launch(
  master: Master,
  pool: Pool,
  tasks: readonly TaskInfo[],
  malformed: string | undefined,
): void {
  for (const asked of tasks) {
    const task = completed(asked, pool);
    const denied = launchDenied(master.options.acls, pool.framework.info, task);
    const error = malformed ?? taskError(task, contextOf(pool));
    if (denied !== undefined) refuse(master, pool, task, 'REASON_TASK_UNAUTHORIZED', denied);
    else if (error === undefined) start(master, pool, task.executor, [task], false);
    else refuse(master, pool, task, 'REASON_TASK_INVALID', error);
  }
}

/** LAUNCH_GROUP: all tasks or none. */
export function launchGroup(
  master: Master,
  pool: Pool,
  executor: ExecutorInfo,
  asked: readonly TaskInfo[],
  malformed: string | undefined,
): void {
  const tasks = asked.map((task) => ({ ...task, executor }));
  const { acls } = master.options;
  const [denied] = tasks.flatMap((task) => launchDenied(acls, pool.framework.info, task) ?? []);
  if (denied !== undefined) {
    for (const task of tasks) refuse(master, pool, task, 'REASON_TASK_GROUP_UNAUTHORIZED', denied);
    return;
  }
  const error = malformed ?? taskGroupError(tasks, executor, contextOf(pool));
  if (error === undefined) start(master, pool, executor, tasks, true);
  else for (const task of tasks) refuse(master, pool, task, 'REASON_TASK_GROUP_INVALID', error);
}

/** What the master fills in: whose executor it is, and that it is a custom one. */
function completed(task: TaskInfo, { framework }: Pool): TaskInfo {
  const { executor } = task;
  if (executor === undefined) return task;
  const { framework_id = { value: framework.id }, type = 'CUSTOM' } = executor;
  return { ...task, executor: { ...executor, framework_id, type } };
}

function contextOf({ framework, agent, resources }: Pool): LaunchContext {
  return {
    frameworkId: framework.id,
    agentId: agent.id,
    isActive: (taskId) => framework.tasks.has(taskId),
    isUnreachable: (taskId) => framework.unreachableTasks.has(taskId),
    existingExecutor: (id) => framework.executorsOn(agent.id).get(id),
    available: resources,
  };
}

function start(
  master: Master,
  pool: Pool,
  executor: ExecutorInfo | undefined,
  tasks: readonly TaskInfo[],
  isGroup: boolean,
): void {
  const { framework, agent } = pool;
  const executors = framework.executorsOn(agent.id);
  const isNew = executor !== undefined && !executors.has(executor.executor_id.value);
  if (isNew) {
    executors.set(executor.executor_id.value, executor);
    pool.resources = subtract(pool.resources, executor.resources ?? []);
  }
  for (const task of tasks) {
    pool.resources = subtract(pool.resources, task.resources ?? []);
    const record = taskRecord(framework.id, executor, task);
    framework.tasks.set(record.id, record);
    master.operators.publishTask(framework, record);
  }
  agent.link?.toAgent({
    kind: 'run',
    framework: framework.info,
    executor,
    tasks,
    isGroup,
    launchExecutor: isNew,
  });
}

function taskRecord(
  frameworkId: string,
  executor: ExecutorInfo | undefined,
  task: TaskInfo,
): MasterTask {
  const {
    name,
    task_id,
    agent_id,
    resources,
    labels,
    discovery,
    container,
    health_check,
    kill_policy,
    limits,
  } = task;
  const user = (executor?.command ?? task.command)?.user;
  return new MasterTask({
    name,
    task_id,
    framework_id: { value: frameworkId },
    ...(executor && { executor_id: executor.executor_id }),
    agent_id,
    state: 'TASK_STAGING',
    ...(resources && { resources }),
    ...(labels && { labels }),
    ...(discovery && { discovery }),
    ...(container && { container }),
    ...(health_check && { health_check }),
    ...(kill_policy && { kill_policy }),
    ...(limits && { limits }),
    ...(user !== undefined && { user }),
  });
}

function refuse(
  master: Master,
  { framework }: Pool,
  task: TaskInfo,
  reason: TaskStatusReason,
  message: string,
): void {
  const where = { agent_id: task.agent_id };
  const status = master.masterStatus(task.task_id.value, 'TASK_ERROR', reason, message, where);
  master.sendUpdate(framework, status);
}
