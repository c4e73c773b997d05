import type { Attribute, Resource } from '@firesteel/mesos-protocol';
import { notFound } from '../http/call-body.js';
import type { PlainAnswer } from '../http/server.js';
import { scalars } from '../resources/arithmetic.js';
import { resourceText } from '../resources/text.js';
import type { Master } from './master.js';
import { used } from './operator-messages.js';
import type { MasterFramework, MasterTask } from './records.js';

/** The JSON of GET endpoints that predate the v1 API; tools and web pages still read it. */
export function answerState(master: Master, path: string): PlainAnswer {
  switch (path) {
    case '/state':
    case '/state-summary':
      return json(stateOf(master));
    case '/frameworks':
      return json({ frameworks: [...master.frameworks.values()].map(frameworkState) });
    case '/slaves':
      return json({ slaves: slavesState(master) });
    case '/tasks':
      return json({ tasks: [...master.frameworks.values()].flatMap(tasksState) });
    case '/version':
      return json({ version: master.options.info.version });
    case '/metrics/snapshot':
      return json(metricsOf(master));
    default:
      return notFound;
  }
}

const json = (value: unknown): PlainAnswer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

function stateOf(master: Master): unknown {
  const { info, registry } = master.options;
  const connected = [...master.agents.values()].filter(({ link }) => link !== undefined).length;
  return {
    version: info.version,
    id: info.id,
    pid: info.pid,
    hostname: info.hostname,
    start_time: master.startedMs / 1000,
    elected_time: master.startedMs / 1000,
    leader: info.pid,
    leader_info: { id: info.id, pid: info.pid, port: info.port, hostname: info.hostname },
    activated_slaves: connected,
    deactivated_slaves: master.agents.size - connected,
    unreachable_slaves: registry.unreachable.size,
    slaves: slavesState(master),
    frameworks: [...master.frameworks.values()].map(frameworkState),
    completed_frameworks: [...master.completedFrameworks.values()].map(frameworkState),
  };
}

function slavesState(master: Master): unknown[] {
  return [...master.agents.values()].map(({ id, info, address, link, total, registeredMs }) => ({
    id,
    hostname: info.hostname,
    port: info.port,
    pid: `slave(1)@${address}`,
    active: link !== undefined,
    registered_time: registeredMs / 1000,
    attributes: Object.fromEntries((info.attributes ?? []).map((a) => [a.name, attributeState(a)])),
    resources: resourcesState(total),
    used_resources: resourcesState(used(master, { agentId: id })),
  }));
}

function frameworkState(framework: MasterFramework): unknown {
  const { id, info, connected, registeredMs, roles } = framework;
  return {
    id,
    name: info.name,
    user: info.user,
    active: connected,
    connected,
    recovered: framework.recovered,
    checkpoint: info.checkpoint ?? false,
    failover_timeout: info.failover_timeout ?? 0,
    webui_url: info.webui_url ?? '',
    principal: info.principal,
    roles,
    registered_time: registeredMs / 1000,
    tasks: tasksState(framework),
    unreachable_tasks: [...framework.unreachableTasks.values()].map(taskState),
    completed_tasks: framework.completedTasks.map(taskState),
  };
}

const tasksState = ({ tasks }: MasterFramework): unknown[] => [...tasks.values()].map(taskState);

const taskState = (task: MasterTask): unknown => ({
  id: task.id,
  name: task.description.name,
  framework_id: task.frameworkId,
  executor_id: task.executorId ?? '',
  slave_id: task.agentId,
  state: task.state,
  resources: resourcesState(task.resources),
});

function resourcesState(resources: readonly Resource[]): Record<string, number | string> {
  const others = resources.filter(({ type }) => type !== 'SCALAR');
  return {
    cpus: 0,
    mem: 0,
    disk: 0,
    gpus: 0,
    ...Object.fromEntries(scalars(resources)),
    ...Object.fromEntries(others.map((r) => [r.name, valueText(r)])),
  };
}

function attributeState({ scalar, text, ...attribute }: Attribute): number | string {
  return scalar?.value ?? text?.value ?? valueText(attribute);
}

const valueText = ({ name, type, ranges, set }: Attribute | Resource): string =>
  resourceText({ name, type, ...(ranges && { ranges }), ...(set && { set }) }).slice(
    name.length + 1,
  );

export function metricsOf(master: Master): Record<string, number> {
  const frameworks = [...master.frameworks.values()];
  const tasks = frameworks.flatMap((framework) => [...framework.tasks.values()]);
  const inState = (state: string) => tasks.filter((task) => task.state === state).length;
  return {
    'master/elected': 1,
    'master/uptime_secs': (master.now - master.startedMs) / 1000,
    'master/slaves_connected': [...master.agents.values()].filter(({ link }) => link).length,
    'master/slaves_active': [...master.agents.values()].filter(({ link }) => link).length,
    'master/frameworks_connected': frameworks.filter(({ connected }) => connected).length,
    'master/frameworks_active': frameworks.filter(({ connected }) => connected).length,
    'master/outstanding_offers': master.offers.size,
    'master/tasks_staging': inState('TASK_STAGING'),
    'master/tasks_running': inState('TASK_RUNNING'),
  };
}
