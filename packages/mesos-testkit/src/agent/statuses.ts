import type { ContainerStatus, TaskStatus } from '@firesteel/mesos-protocol';
import { uuidBytes } from '../messages.js';
import type { AgentProcess } from './agent-process.js';
import type { ExecutorRecord, Termination } from './executor-record.js';

/** A status of the agent's own, to be acknowledged like those of executors. */
export function ownStatus(
  { agentId, context }: AgentProcess,
  taskId: string,
  executorId: string | undefined,
  { state, reason, message }: Termination,
): TaskStatus {
  return {
    task_id: { value: taskId },
    state,
    message,
    source: 'SOURCE_AGENT',
    reason,
    agent_id: { value: agentId! },
    ...(executorId !== undefined && { executor_id: { value: executorId } }),
    timestamp: context.clock.now() / 1000,
    uuid: uuidBytes(),
  };
}

/**
 * An executor's status with what only the agent knows.
 * @param withContainer whether the task is still held by an executor
 */
export function completedStatus(
  { agentId, address, context }: AgentProcess,
  executor: ExecutorRecord,
  status: TaskStatus,
  withContainer: boolean,
): TaskStatus {
  const ip = address.slice(0, address.lastIndexOf(':'));
  return {
    ...status,
    agent_id: { value: agentId! },
    executor_id: status.executor_id ?? { value: executor.id },
    timestamp: status.timestamp ?? context.clock.now() / 1000,
    ...(withContainer && { container_status: containerStatus(ip, executor, status) }),
  };
}

function containerStatus(
  ip: string,
  { pid, containerId }: ExecutorRecord,
  { state, container_status: own }: TaskStatus,
): ContainerStatus {
  const isNested = own?.container_id?.parent !== undefined;
  // Before a nested container starts and after its end there is nothing to tell but its name.
  if (isNested && state !== 'TASK_RUNNING' && state !== 'TASK_KILLING') return own;
  return {
    network_infos: [{ ip_addresses: [{ ip_address: ip }] }],
    ...(pid !== undefined && { executor_pid: pid }),
    container_id: { value: containerId },
    ...own,
  };
}
