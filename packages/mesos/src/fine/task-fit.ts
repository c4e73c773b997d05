import type { AgentResources } from '../offers/agent-resources.js';
import type { DeclineReason, Refusal } from '../offers/declines.js';

/** What tasks take, and what an executor holds for itself as long as it lives. */
export interface TaskSizes {
  readonly cpusPerTask: number;
  readonly memoryMiBPerTask: number;
  readonly executorCpus: number;
  readonly executorMemoryMiB: number;
  readonly executorDiskMiB: number;
  /** Ports that it gets of its agent; 0 is any, in as many as there are zeros. */
  readonly executorPorts: readonly number[];
  /** Whether cpus and memory will do that the cluster may take back at any time. */
  readonly useRevocable: boolean;
}

/**
 * Whether an executor uses what the cluster may take back. Its tasks have to use the same: together
 * they must not mix both kinds of one resource (mesos: master/validation.cpp).
 */
export interface ResourceKinds {
  readonly cpusAreRevocable: boolean;
  readonly memoryIsRevocable: boolean;
}

/** How many tasks an executor can begin, or what there is too little of. */
export type TaskFit = { readonly tasks: number } | Pick<Refusal, 'reason' | 'detail'>;

/** For an executor that runs. */
export function fitTasks(
  resources: AgentResources,
  sizes: TaskSizes,
  kinds: ResourceKinds,
): TaskFit {
  return fit(resources, sizes, kinds, 0, 0);
}

/** For an executor that is yet to be started. */
export function fitExecutor(
  resources: AgentResources,
  sizes: TaskSizes,
  kinds: ResourceKinds,
): TaskFit {
  const { executorCpus, executorMemoryMiB, executorDiskMiB, executorPorts } = sizes;
  const fitting = fit(resources, sizes, kinds, executorCpus, executorMemoryMiB);
  if (!('tasks' in fitting)) return fitting;
  const disk = resources.left('disk', false);
  if (disk < executorDiskMiB) return shortage('tooLittleDisk', disk, executorDiskMiB);
  const ports = resources.usablePorts(executorPorts);
  return ports < executorPorts.length
    ? shortage('tooFewPorts', ports, executorPorts.length)
    : fitting;
}

/** What an executor that is to be started uses: the regular kind where one fits with a task. */
export function kindsFor(resources: AgentResources, sizes: TaskSizes): ResourceKinds {
  const { cpusPerTask, memoryMiBPerTask, executorCpus, executorMemoryMiB, useRevocable } = sizes;
  const lacks = (name: 'cpus' | 'mem', needed: number): boolean =>
    useRevocable && whole(resources.left(name, false), needed) === 0;
  return {
    cpusAreRevocable: lacks('cpus', executorCpus + cpusPerTask),
    memoryIsRevocable: lacks('mem', executorMemoryMiB + memoryMiBPerTask),
  };
}

/** How often `part` fits into `total`; Mesos counts in thousandths, in which sums are exact. */
export function whole(total: number, part: number): number {
  if (total === Number.POSITIVE_INFINITY) return total;
  return Math.max(0, Math.floor(Math.round(total * 1_000) / Math.round(part * 1_000)));
}

/** @param ownCpus what is not for tasks */
function fit(
  resources: AgentResources,
  { cpusPerTask, memoryMiBPerTask }: TaskSizes,
  { cpusAreRevocable, memoryIsRevocable }: ResourceKinds,
  ownCpus: number,
  ownMemoryMiB: number,
): TaskFit {
  const cpus = resources.left('cpus', cpusAreRevocable);
  const byCpus = whole(cpus - ownCpus, cpusPerTask);
  if (byCpus === 0) return shortage('tooFewCores', cpus, ownCpus + cpusPerTask);
  const memoryMiB = resources.left('mem', memoryIsRevocable);
  const byMemory = whole(memoryMiB - ownMemoryMiB, memoryMiBPerTask);
  if (byMemory === 0)
    return shortage('tooLittleMemory', memoryMiB, ownMemoryMiB + memoryMiBPerTask);
  return { tasks: Math.min(byCpus, byMemory) };
}

const shortage = (reason: DeclineReason, offered: number, needed: number): TaskFit => ({
  reason,
  detail: { offered, needed },
});
