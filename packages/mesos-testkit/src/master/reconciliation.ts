import type {
  SchedulerCallKill,
  SchedulerCallReconcile,
  TaskState,
  TaskStatus,
} from '@firesteel/mesos-protocol';
import { nanoseconds } from '../messages.js';
import { whereOf } from './agents.js';
import type { Master } from './master.js';
import type { MasterFramework, MasterTask } from './records.js';

/** RECONCILE: what the master knows of some tasks, or of all. */
export function reconcile(
  master: Master,
  framework: MasterFramework,
  { tasks = [] }: SchedulerCallReconcile,
): void {
  if (master.options.faults.reconciliationIsSilent) return;
  if (tasks.length === 0) {
    for (const task of framework.tasks.values()) {
      master.sendUpdate(framework, latestStatus(master, task));
    }
  }
  for (const { task_id, agent_id } of tasks) {
    answer(master, framework, task_id.value, agent_id?.value);
  }
}

function answer(
  master: Master,
  framework: MasterFramework,
  taskId: string,
  agentId: string | undefined,
): void {
  const task = framework.tasks.get(taskId);
  const status =
    task === undefined
      ? unknownStatus(master, framework, taskId, agentId)
      : latestStatus(master, task);
  if (status !== undefined) master.sendUpdate(framework, status);
}

function latestStatus(master: Master, task: MasterTask): TaskStatus {
  const { forwarded } = task;
  const { healthy, check_status, container_status } = forwarded ?? {};
  return master.masterStatus(
    task.id,
    forwarded?.state ?? task.state,
    'REASON_RECONCILIATION',
    'Reconciliation: Latest task state',
    {
      ...whereOf(task),
      ...(healthy !== undefined && { healthy }),
      ...(check_status && { check_status }),
      ...(container_status && { container_status }),
    },
  );
}

/** Of a task that the master does not hold; undefined while an agent may yet bring it. */
function unknownStatus(
  master: Master,
  framework: MasterFramework,
  taskId: string,
  agentId: string | undefined,
): TaskStatus | undefined {
  const { registry } = master.options;
  const awaited = master.recoveredAgents;
  if (agentId === undefined ? awaited.length > 0 : awaited.includes(agentId)) return undefined;
  const status = (state: TaskState, what: string, extra: Partial<TaskStatus> = {}): TaskStatus =>
    master.masterStatus(
      taskId,
      framework.lostOr(state),
      'REASON_RECONCILIATION',
      `Reconciliation: Task is ${what}`,
      { ...(agentId !== undefined && { agent_id: { value: agentId } }), ...extra },
    );
  if (agentId === undefined) return status('TASK_UNKNOWN', 'unknown');
  if (master.agents.has(agentId)) return status('TASK_GONE', 'unknown to the agent');
  const unreachableMs = registry.unreachable.get(agentId);
  if (unreachableMs !== undefined) {
    return status('TASK_UNREACHABLE', 'unreachable', {
      unreachable_time: { nanoseconds: nanoseconds(unreachableMs) },
    });
  }
  return registry.gone.has(agentId)
    ? status('TASK_GONE_BY_OPERATOR', 'gone')
    : status('TASK_UNKNOWN', 'unknown');
}

/** KILL: passed on to the agent, kept for it while it is away, or answered like RECONCILE. */
export function kill(
  master: Master,
  framework: MasterFramework,
  { task_id, agent_id, kill_policy }: SchedulerCallKill,
): void {
  const task = framework.tasks.get(task_id.value);
  if (task === undefined) {
    answer(master, framework, task_id.value, agent_id?.value);
    return;
  }
  if (agent_id !== undefined && agent_id.value !== task.agentId) return;
  const agent = master.agents.get(task.agentId);
  const ids = { frameworkId: framework.id, taskId: task.id };
  if (agent?.link === undefined) agent?.pendingKills.push(ids);
  else agent.link.toAgent({ kind: 'kill', ...ids, killPolicy: kill_policy });
}
