import type {
  ExecutorInfo,
  TaskState,
  TaskStatus,
  TaskStatusReason,
} from '@firesteel/mesos-protocol';
import type { Link, Registration, ToMaster } from '../link.js';
import { nanoseconds } from '../messages.js';
import { stacked } from '../resources/formats.js';
import { rescindInverseOffers } from './inverse-offers.js';
import { maintenanceOf } from './machines.js';
import type { Master } from './master.js';
import { type MasterAgent, MasterFramework, MasterTask } from './records.js';

/** Agents come, go, fall silent and come back. */

export function registerAgent(master: Master, registration: Registration, link: Link): void {
  const { registry } = master.options;
  const knownId = registration.info.id?.value;
  if (knownId !== undefined && registry.gone.has(knownId)) {
    link.toAgent({ kind: 'shutdown', reason: 'the agent was marked gone' });
    return;
  }
  if (maintenanceOf(master, registration)?.mode === 'DOWN') {
    link.toAgent({ kind: 'shutdown', reason: 'Machine is `DOWN`' });
    return;
  }
  const id = knownId ?? master.newAgentId();
  const before = master.agents.get(id);
  const unreachableMs = registry.unreachable.get(id);
  const agent: MasterAgent = {
    id,
    info: { ...registration.info, id: { value: id } },
    total: registration.total,
    address: registration.address,
    link,
    missedPings: 0,
    registeredMs: before?.registeredMs ?? master.now,
    reregisteredMs: knownId === undefined ? undefined : master.now,
    inverseOfferStatuses: before?.inverseOfferStatuses ?? new Map(),
    pendingKills: before?.pendingKills ?? [],
  };
  master.agents.set(id, agent);
  registry.admitted.set(id, agent.info);
  registry.unreachable.delete(id);
  link.toAgent({ kind: 'registered', agentId: id, expected: expectedTasks(master, id) });
  setActive(master, agent);
  if (before === undefined) {
    recoverFrameworks(master, agent, registration, unreachableMs !== undefined);
    master.operators.publishAgent(agent);
  }
  if (knownId !== undefined) catchUp(master, agent, registration);
  // Who was away only for a moment waits for the next allocation.
  if (before === undefined) master.requestAllocation();
}

/** Tells the allocator of the agent as it is now. */
function setActive(master: Master, agent: MasterAgent): void {
  master.allocator.setAgent(agent.id, {
    total: agent.total,
    active: agent.link !== undefined,
    hostname: agent.info.hostname,
    attributes: agent.info.attributes ?? [],
    domain: agent.info.domain,
  });
}

/** The agent's total has changed by an operation. */
export function updateTotal(master: Master, agent: MasterAgent, total: MasterAgent['total']): void {
  agent.total = total;
  setActive(master, agent);
}

function expectedTasks(master: Master, agentId: string) {
  return [...master.frameworks.values()].flatMap((framework) =>
    [...framework.tasks.values()]
      .filter((task) => task.agentId === agentId && !task.isEnded)
      .map((task) => ({ framework: framework.info, taskId: task.id })),
  );
}

/** Learns from an agent what runs on it, if this master did not know or had given it up. */
function recoverFrameworks(
  master: Master,
  agent: MasterAgent,
  { frameworks, executors, tasks }: Registration,
  wasUnreachable: boolean,
): void {
  for (const info of frameworks) {
    const id = info.id!.value;
    if (master.frameworks.has(id) || master.completedFrameworks.has(id)) continue;
    const framework = new MasterFramework(id, info, master.now);
    framework.recovered = true;
    master.frameworks.set(id, framework);
    master.updateAllocator(framework);
    master.operators.publishFramework('FRAMEWORK_ADDED', framework);
  }
  for (const info of executors) {
    const framework = master.frameworks.get(info.framework_id?.value ?? '');
    framework?.executorsOn(agent.id).set(info.executor_id.value, info);
    if (framework) master.allocator.allocate(framework.id, agent.id, stacked(info.resources));
  }
  for (const message of tasks) {
    const framework = master.frameworks.get(message.framework_id.value);
    if (framework === undefined) continue;
    const task = new MasterTask(message);
    framework.unreachableTasks.delete(task.id);
    framework.tasks.set(task.id, task);
    if (!task.isEnded) master.allocator.allocate(framework.id, agent.id, task.resources);
    master.operators.publishTask(framework, task);
    if (!wasUnreachable) continue;
    const { healthy, container_status } = task.forwarded ?? {};
    const status = master.masterStatus(
      task.id,
      task.state,
      'REASON_AGENT_REREGISTERED',
      'Unreachable agent re-reregistered',
      {
        ...whereOf(task),
        ...(healthy !== undefined && { healthy }),
        ...(container_status && { container_status }),
      },
    );
    master.sendUpdate(framework, status);
  }
}

/** What both have missed: ends of executors, kills, and that each framework is still there. */
function catchUp(master: Master, agent: MasterAgent, registration: Registration): void {
  const { frameworks, executors } = registration;
  for (const framework of master.frameworks.values()) {
    for (const [id, info] of framework.executorsOn(agent.id)) {
      const isThere = executors.some(
        (e) => e.executor_id.value === id && e.framework_id?.value === framework.id,
      );
      if (!isThere) forgetExecutor(master, framework, agent, info);
    }
  }
  for (const { frameworkId, taskId } of agent.pendingKills.splice(0)) {
    agent.link?.toAgent({ kind: 'kill', frameworkId, taskId, killPolicy: undefined });
  }
  for (const { id } of frameworks) {
    const framework = master.frameworks.get(id!.value);
    if (framework) agent.link?.toAgent({ kind: 'frameworkUpdated', framework: framework.info });
    else if (master.completedFrameworks.has(id!.value)) {
      agent.link?.toAgent({ kind: 'shutdownFramework', frameworkId: id!.value });
    }
  }
}

/** The connection broke: nothing is offered, and what is not checkpointed is lost. */
export function agentDisconnected(master: Master, agent: MasterAgent): void {
  agent.link = undefined;
  setActive(master, agent);
  rescindOffers(master, agent);
  for (const framework of master.frameworks.values()) {
    if (framework.info.checkpoint === true) continue;
    for (const task of liveTasks(framework, agent)) {
      endTask(
        master,
        framework,
        task,
        'TASK_LOST',
        'REASON_AGENT_DISCONNECTED',
        `Agent ${agent.info.hostname} disconnected`,
      );
      master.completeTask(framework, task);
    }
    forgetExecutors(master, framework, agent);
  }
}

export function pingAgents(master: Master): void {
  const { maxAgentPingTimeouts } = master.options.timings;
  for (const agent of [...master.agents.values()]) {
    if (agent.link?.alive === true) agent.missedPings = 0;
    else if (++agent.missedPings >= maxAgentPingTimeouts) markUnreachable(master, agent);
  }
}

function markUnreachable(master: Master, agent: MasterAgent): void {
  const { registry } = master.options;
  const unreachableMs = master.now;
  registry.admitted.delete(agent.id);
  registry.unreachable.set(agent.id, unreachableMs);
  leave(master, agent, (framework, task) => {
    endTask(
      master,
      framework,
      task,
      framework.lostOr('TASK_UNREACHABLE'),
      'REASON_AGENT_REMOVED',
      'health check timed out',
      { unreachable_time: { nanoseconds: nanoseconds(unreachableMs) } },
    );
    framework.tasks.delete(task.id);
    framework.unreachableTasks.set(task.id, task);
  });
}

/** The agent left for good. */
export function removeAgent(master: Master, agent: MasterAgent, why: string): void {
  master.options.registry.admitted.delete(agent.id);
  leave(master, agent, (framework, task) => {
    const message = `Agent ${agent.info.hostname} removed: ${why}`;
    endTask(master, framework, task, 'TASK_LOST', 'REASON_AGENT_REMOVED', message);
    master.completeTask(framework, task);
  });
  master.operators.publishAgentRemoved(agent);
}

/** An operator declared the agent gone: it never comes back. */
export function markGone(master: Master, agent: MasterAgent): void {
  const { registry } = master.options;
  registry.admitted.delete(agent.id);
  registry.gone.add(agent.id);
  const { link } = agent;
  link?.toAgent({ kind: 'shutdown', reason: 'the agent was marked gone' });
  leave(master, agent, (framework, task) => {
    const isAware = framework.has('PARTITION_AWARE');
    endTask(
      master,
      framework,
      task,
      framework.lostOr('TASK_GONE_BY_OPERATOR'),
      isAware ? 'REASON_AGENT_REMOVED_BY_OPERATOR' : 'REASON_AGENT_REMOVED',
      'Agent marked gone by operator',
    );
    master.completeTask(framework, task);
  });
}

/** What every end has in common: first the tasks, then the offers, then FAILURE for everybody. */
function leave(
  master: Master,
  agent: MasterAgent,
  end: (framework: MasterFramework, task: MasterTask) => void,
): void {
  agent.link = undefined;
  const frameworks = [...master.frameworks.values()];
  for (const framework of frameworks) {
    for (const task of liveTasks(framework, agent)) end(framework, task);
    forgetExecutors(master, framework, agent);
  }
  rescindOffers(master, agent);
  master.agents.delete(agent.id);
  master.allocator.removeAgent(agent.id);
  for (const framework of frameworks) {
    master.send(framework.id, { type: 'FAILURE', failure: { agent_id: { value: agent.id } } });
  }
}

export function exitedExecutor(
  master: Master,
  agent: MasterAgent,
  { frameworkId, executorId, status }: ToMaster & { readonly kind: 'exitedExecutor' },
): void {
  const framework = master.frameworks.get(frameworkId);
  if (framework === undefined) return;
  const info = framework.executorsOn(agent.id).get(executorId);
  if (info !== undefined) forgetExecutor(master, framework, agent, info);
  master.send(frameworkId, {
    type: 'FAILURE',
    failure: { agent_id: { value: agent.id }, executor_id: { value: executorId }, status },
  });
}

/** Offers and inverse offers. */
function rescindOffers(master: Master, agent: MasterAgent): void {
  for (const offer of [...master.offers.values()]) {
    if (offer.agentId === agent.id) master.rescind(offer);
  }
  rescindInverseOffers(master, ({ agentId }) => agentId === agent.id);
}

function liveTasks(framework: MasterFramework, agent: MasterAgent): readonly MasterTask[] {
  return [...framework.tasks.values()].filter((task) => task.agentId === agent.id && !task.isEnded);
}

function endTask(
  master: Master,
  framework: MasterFramework,
  task: MasterTask,
  state: TaskState,
  reason: TaskStatusReason,
  message: string,
  extra: Partial<TaskStatus> = {},
): void {
  const where = whereOf(task);
  const status = master.masterStatus(task.id, state, reason, message, { ...where, ...extra });
  master.sendUpdate(framework, status);
  master.recordStatus(task, status);
  master.allocator.recover(framework.id, task.agentId, task.resources);
  task.state = state;
}

export const whereOf = (task: MasterTask): Partial<TaskStatus> => ({
  agent_id: { value: task.agentId },
  ...(task.executorId !== undefined && { executor_id: { value: task.executorId } }),
});

function forgetExecutors(master: Master, framework: MasterFramework, agent: MasterAgent): void {
  for (const info of [...framework.executorsOn(agent.id).values()]) {
    forgetExecutor(master, framework, agent, info);
  }
  framework.executors.delete(agent.id);
}

function forgetExecutor(
  master: Master,
  framework: MasterFramework,
  agent: MasterAgent,
  info: ExecutorInfo,
): void {
  framework.executorsOn(agent.id).delete(info.executor_id.value);
  master.allocator.recover(framework.id, agent.id, stacked(info.resources));
}
