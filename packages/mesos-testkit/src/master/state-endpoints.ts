import type { Attribute, Resource } from '@firesteel/mesos-protocol';
import { forbidden, notFound } from '../http/call-body.js';
import type { PlainAnswer } from '../http/server.js';
import { scalars } from '../resources/arithmetic.js';
import { resourceText } from '../resources/text.js';
import { Viewer } from '../validation/viewer.js';
import type { Master } from './master.js';
import { used } from './operator-messages.js';
import type { MasterFramework, MasterTask } from './records.js';

/** The JSON of GET endpoints that predate the v1 API; tools and web pages still read it. */
export function answerState(
  master: Master,
  path: string,
  principal: string | undefined,
): PlainAnswer {
  const viewer = new Viewer(master.options.acls, principal);
  if (!viewer.path(path)) return forbidden;
  const frameworks = [...master.frameworks.values()].filter(({ info }) => viewer.framework(info));
  switch (path) {
    case '/state':
    case '/state-summary':
      return json(stateOf(master, viewer));
    case '/frameworks':
      return json({ frameworks: frameworks.map((framework) => frameworkState(framework, viewer)) });
    case '/slaves':
      return json({ slaves: slavesState(master, viewer) });
    case '/tasks':
      return json({
        tasks: frameworks.flatMap((f) => tasksState(f, f.tasks.values(), viewer)),
      });
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

function stateOf(master: Master, viewer: Viewer): unknown {
  const { info, registry } = master.options;
  const shown = (frameworks: ReadonlyMap<string, MasterFramework>): unknown[] =>
    [...frameworks.values()]
      .filter((framework) => viewer.framework(framework.info))
      .map((framework) => frameworkState(framework, viewer));
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
    slaves: slavesState(master, viewer),
    frameworks: shown(master.frameworks),
    completed_frameworks: shown(master.completedFrameworks),
  };
}

function slavesState(master: Master, viewer: Viewer): unknown[] {
  const seen = (resources: readonly Resource[]) =>
    resourcesState(resources.filter((resource) => viewer.resource(resource)));
  return [...master.agents.values()].map(({ id, info, address, link, total, registeredMs }) => ({
    id,
    hostname: info.hostname,
    port: info.port,
    pid: `slave(1)@${address}`,
    active: link !== undefined,
    registered_time: registeredMs / 1000,
    attributes: Object.fromEntries((info.attributes ?? []).map((a) => [a.name, attributeState(a)])),
    resources: seen(total),
    used_resources: seen(used(master, { agentId: id })),
  }));
}

function frameworkState(framework: MasterFramework, viewer: Viewer): unknown {
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
    tasks: tasksState(framework, framework.tasks.values(), viewer),
    unreachable_tasks: tasksState(framework, framework.unreachableTasks.values(), viewer),
    completed_tasks: tasksState(framework, framework.completedTasks, viewer),
  };
}

const tasksState = (
  { info }: MasterFramework,
  tasks: Iterable<MasterTask>,
  viewer: Viewer,
): unknown[] =>
  [...tasks].filter(({ description }) => viewer.task(info, description)).map(taskState);

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
