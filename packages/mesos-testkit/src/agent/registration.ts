import type { Task } from '@firesteel/mesos-protocol';
import type { Registration } from '../link.js';
import type { AgentProcess } from './agent-process.js';
import type { AgentTask, ExecutorRecord } from './executor-record.js';

/** What an agent tells a master of itself. */
export function registrationOf(agent: AgentProcess): Registration {
  const { config } = agent.context;
  const port = Number(agent.address.slice(agent.address.lastIndexOf(':') + 1));
  const executors = [...agent.frameworks.values()].flatMap((f) => [...f.executors.values()]);
  return {
    info: {
      hostname: config.hostname,
      port,
      // What the cluster may take back is told beside it: it changes.
      resources: config.resources.filter(({ revocable }) => revocable === undefined),
      ...(config.attributes.length > 0 && { attributes: config.attributes }),
      ...(agent.agentId !== undefined && { id: { value: agent.agentId } }),
      ...(config.domain !== undefined && { domain: config.domain }),
    },
    total: agent.total,
    address: agent.address,
    frameworks: [...agent.frameworks.values()].map(({ info }) => info),
    executors: executors
      .filter(({ isGenerated, state }) => !isGenerated && state !== 'TERMINATED')
      .map(({ info }) => info),
    tasks: executors.flatMap((executor) =>
      executor.tasks().map((task) => taskOf(agent, executor, task)),
    ),
  };
}

/** A task as operators and masters see it. */
export function taskOf(agent: AgentProcess, executor: ExecutorRecord, task: AgentTask): Task {
  const { info, state, statuses } = task;
  const { name, task_id, resources, labels, discovery, container } = info;
  const last = statuses.at(-1);
  return {
    name,
    task_id,
    framework_id: { value: executor.framework.id },
    ...(!executor.isGenerated && { executor_id: { value: executor.id } }),
    agent_id: { value: agent.agentId ?? '' },
    state,
    ...(resources && { resources }),
    ...(statuses.length > 0 && { statuses }),
    ...(last?.uuid && { status_update_state: last.state, status_update_uuid: last.uuid }),
    ...(labels && { labels }),
    ...(discovery && { discovery }),
    ...(container && { container }),
  };
}
