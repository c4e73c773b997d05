import type {
  AgentInfoCapability,
  MasterResponseGetAgentsAgent,
  MasterResponseGetFrameworksFramework,
  MasterResponseGetState,
  Resource,
  Task,
  TimeInfo,
} from '@firesteel/mesos-protocol';
import { nanoseconds } from '../messages.js';
import { add } from '../resources/arithmetic.js';
import { withoutStack } from '../resources/formats.js';
import { Viewer } from '../validation/viewer.js';
import { inverseOfferMessage } from './inverse-offers.js';
import type { Master } from './master.js';
import { offerMessage } from './offer-message.js';
import type { MasterAgent, MasterFramework, MasterTask } from './records.js';

/** Frameworks, agents, executors and tasks as the operator API shows them. */
export const operatorSnapshot = (master: Master, viewer: Viewer): MasterResponseGetState => ({
  get_tasks: tasksMessage(master, viewer),
  get_executors: executorsMessage(master, viewer),
  get_frameworks: frameworksMessage(master, viewer),
  get_agents: agentsMessage(master, viewer),
});

export function tasksMessage(master: Master, viewer = Viewer.ofAll) {
  const live = [...master.frameworks.values()];
  const all = [...live, ...master.completedFrameworks.values()];
  const shown = ({ info }: MasterFramework, tasks: Iterable<MasterTask>): readonly Task[] =>
    [...tasks].map((task) => task.toMessage()).filter((task) => viewer.task(info, task));
  return {
    tasks: live.flatMap((framework) => shown(framework, framework.tasks.values())),
    completed_tasks: all.flatMap((framework) => [
      ...shown(framework, framework.completedTasks),
      ...(live.includes(framework) ? [] : shown(framework, framework.tasks.values())),
    ]),
    unreachable_tasks: live.flatMap((framework) =>
      shown(framework, framework.unreachableTasks.values()),
    ),
  };
}

export const executorsMessage = (master: Master, viewer: Viewer) => ({
  executors: [...master.frameworks.values()].flatMap(({ info: framework, executors }) =>
    [...executors].flatMap(([agentId, infos]) =>
      [...infos.values()]
        .filter((info) => viewer.executor(framework, info))
        .map((info) => ({ executor_info: info, agent_id: { value: agentId } })),
    ),
  ),
});

export function frameworksMessage(master: Master, viewer = Viewer.ofAll) {
  const shown = (frameworks: Iterable<MasterFramework>) =>
    [...frameworks]
      .filter(({ info }) => viewer.framework(info))
      .map((framework) => frameworkMessage(master, framework, viewer));
  return {
    frameworks: shown(master.frameworks.values()),
    completed_frameworks: shown(master.completedFrameworks.values()),
  };
}

export const agentsMessage = (master: Master, viewer: Viewer) => ({
  agents: [...master.agents.values()].map((agent) => agentMessage(master, agent, viewer)),
  recovered_agents: master.recoveredAgents.map((id) => master.options.registry.admitted.get(id)!),
});

export function frameworkMessage(
  master: Master,
  framework: MasterFramework,
  viewer: Viewer,
): MasterResponseGetFrameworksFramework {
  const offers = [...master.offers.values()]
    .filter(({ frameworkId }) => frameworkId === framework.id)
    .map((offer) => offerMessage(master, framework, offer));
  const inverseOffers = [...master.inverseOffers.values()]
    .filter(({ frameworkId }) => frameworkId === framework.id)
    .map((offer) => inverseOfferMessage(master, offer));
  const { connected, recovered, registeredMs, reregisteredMs, constraints } = framework;
  return {
    framework_info: framework.info,
    active: connected,
    connected,
    recovered,
    registered_time: time(registeredMs),
    reregistered_time: time(reregisteredMs),
    ...(offers.length > 0 && { offers }),
    ...(inverseOffers.length > 0 && { inverse_offers: inverseOffers }),
    allocated_resources: shown(used(master, { frameworkId: framework.id }), viewer),
    offered_resources: shown(offered(master, { frameworkId: framework.id }), viewer),
    ...(constraints && { offer_constraints: constraints }),
  };
}

/** What agents of today announce. */
const agentCapabilities: readonly AgentInfoCapability[] = [
  { type: 'MULTI_ROLE' },
  { type: 'HIERARCHICAL_ROLE' },
  { type: 'RESERVATION_REFINEMENT' },
  { type: 'RESOURCE_PROVIDER' },
  { type: 'RESIZE_VOLUME' },
  { type: 'AGENT_OPERATION_FEEDBACK' },
  { type: 'AGENT_DRAINING' },
  { type: 'TASK_RESOURCE_LIMITS' },
];

export function agentMessage(
  master: Master,
  agent: MasterAgent,
  viewer: Viewer,
): MasterResponseGetAgentsAgent {
  const { info, address, link, registeredMs, reregisteredMs, total } = agent;
  return {
    agent_info: { ...info, id: { value: agent.id } },
    active: link !== undefined,
    deactivated: false,
    version: master.options.info.version ?? '',
    pid: `slave(1)@${address}`,
    registered_time: time(registeredMs),
    ...(reregisteredMs !== undefined && { reregistered_time: time(reregisteredMs) }),
    total_resources: shown(total, viewer),
    allocated_resources: shown(used(master, { agentId: agent.id }), viewer),
    offered_resources: shown(offered(master, { agentId: agent.id }), viewer),
    capabilities: agentCapabilities,
  };
}

interface Owner {
  readonly frameworkId?: string;
  readonly agentId?: string;
}

/** What tasks and executors use. */
export function used(master: Master, { frameworkId, agentId }: Owner): readonly Resource[] {
  const frameworks = [...master.frameworks.values()].filter(
    ({ id }) => frameworkId === undefined || id === frameworkId,
  );
  return add(
    frameworks.flatMap(({ tasks, executors }) => [
      ...[...tasks.values()]
        .filter((task) => !task.isEnded && (agentId === undefined || task.agentId === agentId))
        .flatMap((task) => task.resources),
      ...[...executors]
        .filter(([id]) => agentId === undefined || id === agentId)
        .flatMap(([, infos]) => [...infos.values()].flatMap((info) => info.resources ?? [])),
    ]),
    [],
  );
}

const offered = (master: Master, { frameworkId, agentId }: Owner): readonly Resource[] =>
  add(
    [...master.offers.values()]
      .filter(
        (offer) =>
          (frameworkId === undefined || offer.frameworkId === frameworkId) &&
          (agentId === undefined || offer.agentId === agentId),
      )
      .flatMap(({ resources }) => resources),
    [],
  );

const shown = (resources: readonly Resource[], viewer: Viewer): readonly Resource[] =>
  resources.filter((resource) => viewer.resource(resource)).map(withoutStack);

const time = (ms: number): TimeInfo => ({ nanoseconds: nanoseconds(ms) });
