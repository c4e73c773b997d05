import {
  completeMessage,
  encodeBody,
  type MasterCall,
  type MasterQuotaConfig,
  type MasterResponseFields,
  type ValueScalar,
} from '@firesteel/mesos-protocol';
import { isWithin } from '../allocator/roles.js';
import { accepted, forbidden, notImplemented, readAccept, readCall } from '../http/call-body.js';
import { EventStream } from '../http/event-stream.js';
import { type HttpAnswer, type HttpRequest, type PlainAnswer, textAnswer } from '../http/server.js';
import { add, contains, type Resources, scalarOf, subtract } from '../resources/arithmetic.js';
import { withoutStack, withStack } from '../resources/formats.js';
import { mayOperate } from '../validation/operator-acls.js';
import { resourcesError } from '../validation/resources.js';
import { roleError } from '../validation/roles.js';
import { Viewer } from '../validation/viewer.js';
import { markGone, updateTotal } from './agents.js';
import {
  maintenanceStatus,
  startMaintenance,
  stopMaintenance,
  updateSchedule,
} from './maintenance.js';
import type { Master } from './master.js';
import { withoutTop } from './operations.js';
import {
  agentsMessage,
  executorsMessage,
  frameworksMessage,
  operatorSnapshot,
  tasksMessage,
  used,
} from './operator-messages.js';
import { metricsOf } from './state-endpoints.js';

/**
 * POST /api/v1 of a leading master.
 * @param principal who has authenticated
 */
export function answerOperator(
  master: Master,
  request: HttpRequest,
  principal: string | undefined,
): HttpAnswer {
  const read = readCall(request, 'master.Call');
  if ('refused' in read) return read.refused;
  const { call } = read;
  const refused = (text: string): PlainAnswer =>
    textAnswer(400, `Failed to validate master::Call: ${text}`);
  if (call.type === undefined) return refused("Expecting 'type' to be present");
  const accept = readAccept(request);
  if ('refused' in accept) return accept.refused;
  const { mediaType } = accept;
  const viewer = new Viewer(master.options.acls, principal);
  if (call.type === 'SUBSCRIBE') {
    return {
      status: 200,
      headers: { 'Content-Type': mediaType },
      open: (output) => {
        const stream = new EventStream(output, 'master.Event', mediaType, () => unsubscribe());
        const unsubscribe = master.operators.subscribe(stream, viewer);
      },
    };
  }
  let complete: MasterCall | undefined;
  try {
    complete = completeMessage('master.Call', call);
  } catch (error) {
    return refused((error as Error).message);
  }
  if (complete === undefined) return notImplemented;
  if (complete.type === 'GET_FLAGS' && !viewer.flags) return forbidden;
  const response = responseTo(master, complete, viewer);
  if (response !== undefined) {
    return {
      status: 200,
      headers: { 'Content-Type': mediaType },
      body: encodeBody(mediaType, 'master.Response', response),
    };
  }
  const principalOf = (id: string): string | undefined => master.frameworks.get(id)?.info.principal;
  if (!mayOperate(master.options.acls, complete, { principal, principalOf })) return forbidden;
  const answer = perform(master, complete);
  master.options.changed();
  return answer;
}

/** The calls that ask for something: the answer to one who may not see all of it leaves that out. */
function responseTo(
  master: Master,
  { type }: MasterCall,
  viewer: Viewer,
): MasterResponseFields | undefined {
  const { info } = master.options;
  switch (type) {
    case 'GET_HEALTH':
      return { type, get_health: { healthy: true } };
    case 'GET_FLAGS':
      return { type, get_flags: {} };
    case 'GET_VERSION':
      return { type, get_version: { version_info: { version: info.version ?? '' } } };
    case 'GET_METRICS': {
      const metrics = Object.entries(metricsOf(master)).map(([name, value]) => ({ name, value }));
      return { type, get_metrics: { metrics } };
    }
    case 'GET_STATE':
      return { type, get_state: operatorSnapshot(master, viewer) };
    case 'GET_AGENTS':
      return { type, get_agents: agentsMessage(master, viewer) };
    case 'GET_FRAMEWORKS':
      return { type, get_frameworks: frameworksMessage(master, viewer) };
    case 'GET_EXECUTORS':
      return { type, get_executors: executorsMessage(master, viewer) };
    case 'GET_TASKS':
      return { type, get_tasks: tasksMessage(master, viewer) };
    case 'GET_ROLES':
      return { type, get_roles: { roles: rolesMessage(master, viewer) } };
    case 'GET_WEIGHTS': {
      const weights = [...master.allocator.weights].filter(([role]) => viewer.role(role));
      return {
        type,
        get_weights: { weight_infos: weights.map(([role, weight]) => ({ role, weight })) },
      };
    }
    case 'GET_MASTER': {
      const seconds = master.startedMs / 1000;
      return {
        type,
        get_master: { master_info: info, start_time: seconds, elected_time: seconds },
      };
    }
    case 'GET_QUOTA': {
      const configs = [...master.allocator.quotas]
        .filter(([role]) => viewer.quota(role))
        .map(([role, { guarantees, limits }]) => ({
          role,
          guarantees: quantities(guarantees),
          limits: quantities(limits),
        }));
      return { type, get_quota: { status: { configs } } };
    }
    case 'GET_MAINTENANCE_STATUS':
      return {
        type,
        get_maintenance_status: {
          status: viewer.maintenanceStatus ? maintenanceStatus(master) : {},
        },
      };
    case 'GET_MAINTENANCE_SCHEDULE': {
      const { schedule } = master.options.registry;
      return {
        type,
        get_maintenance_schedule: { schedule: viewer.maintenanceSchedule ? schedule : {} },
      };
    }
    default:
      return undefined;
  }
}

/** The calls that change something. */
function perform(master: Master, call: MasterCall): PlainAnswer {
  switch (call.type) {
    case 'UPDATE_WEIGHTS': {
      const weights = call.update_weights.weight_infos ?? [];
      const invalid = weights.find(({ weight, role }) => weight <= 0 || roleError(role ?? ''));
      if (invalid !== undefined)
        return textAnswer(400, `Invalid weight for role '${invalid.role}'`);
      for (const { role, weight } of weights) setWeight(master, role!, weight);
      const active = master.allocator.rolesInUse();
      if (weights.some(({ role }) => active.includes(role!))) rescindAll(master);
      return { status: 200 };
    }
    case 'UPDATE_QUOTA': {
      const configs = call.update_quota.quota_configs ?? [];
      const invalid = quotaError(master, configs, call.update_quota.force === true);
      if (invalid !== undefined) return textAnswer(400, `Invalid QuotaConfig: ${invalid}`);
      for (const { role, guarantees, limits } of configs) {
        const quota = { guarantees: amounts(guarantees), limits: amounts(limits) };
        master.allocator.quotas.set(role, quota);
        master.options.registry.quotas.set(role, quota);
      }
      master.requestAllocation();
      return { status: 200 };
    }
    case 'UPDATE_MAINTENANCE_SCHEDULE':
      return updateSchedule(master, call.update_maintenance_schedule.schedule);
    case 'START_MAINTENANCE':
      return startMaintenance(master, call.start_maintenance.machines ?? []);
    case 'STOP_MAINTENANCE':
      return stopMaintenance(master, call.stop_maintenance.machines ?? []);
    case 'TEARDOWN': {
      const framework = master.frameworks.get(call.teardown.framework_id.value);
      if (framework === undefined) return textAnswer(400, 'No framework found with specified ID');
      master.removeFramework(framework);
      return { status: 200 };
    }
    case 'MARK_AGENT_GONE': {
      const id = call.mark_agent_gone.agent_id.value;
      const agent = master.agents.get(id);
      if (agent !== undefined) markGone(master, agent);
      else if (!master.options.registry.gone.has(id)) return textAnswer(404, 'Agent not found');
      return { status: 200 };
    }
    case 'RESERVE_RESOURCES': {
      const resources = (call.reserve_resources.resources ?? []).map(withStack);
      return change(
        master,
        call.reserve_resources.agent_id.value,
        resources.map(withoutTop),
        resources,
      );
    }
    case 'UNRESERVE_RESOURCES': {
      const resources = (call.unreserve_resources.resources ?? []).map(withStack);
      return change(
        master,
        call.unreserve_resources.agent_id.value,
        resources,
        resources.map(withoutTop),
      );
    }
    default:
      return notImplemented;
  }
}

/** Makes resources of an agent into others, taking offers back until they are free. */
function change(
  master: Master,
  agentId: string,
  consumed: Resources,
  produced: Resources,
): PlainAnswer {
  const agent = master.agents.get(agentId);
  if (agent === undefined) return textAnswer(400, 'No agent found with specified ID');
  const reserved = produced.length > 0 && consumed.length > 0 ? [...consumed, ...produced] : [];
  const malformed = resourcesError(reserved);
  if (
    malformed !== undefined ||
    !reserved.some(({ reservations }) => reservations?.at(-1)?.type === 'DYNAMIC')
  ) {
    return textAnswer(400, malformed ?? 'The resources are not dynamically reserved');
  }
  for (const offer of [...master.offers.values()]) {
    if (contains(master.allocator.available(agentId), consumed)) break;
    if (offer.agentId === agentId) master.rescind(offer);
  }
  if (!contains(master.allocator.available(agentId), consumed)) {
    return textAnswer(409, 'The resources cannot be made available');
  }
  const total = add(subtract(agent.total, consumed), produced);
  updateTotal(master, agent, total);
  agent.link?.toAgent({ kind: 'total', total });
  return accepted;
}

function setWeight(master: Master, role: string, weight: number): void {
  master.allocator.weights.set(role, weight);
  master.options.registry.weights.set(role, weight);
}

function rescindAll(master: Master): void {
  for (const offer of [...master.offers.values()]) master.rescind(offer);
  master.requestAllocation();
}

function quotaError(
  master: Master,
  configs: readonly MasterQuotaConfig[],
  force: boolean,
): string | undefined {
  for (const { role, guarantees, limits } of configs) {
    if (role === '*' || role.includes('/')) return `role '${role}' is not a top-level role`;
    const invalid = roleError(role);
    if (invalid !== undefined) return invalid;
    for (const [name, guarantee] of amounts(guarantees)) {
      const capacity = scalarOf(
        [...master.agents.values()].flatMap(({ total }) => total),
        name,
      );
      if (!force && guarantee > capacity) {
        return `the guarantee of ${guarantee} ${name} exceeds the cluster's capacity of ${capacity}`;
      }
      const limit = limits?.[name]?.value;
      if (limit !== undefined && limit < guarantee)
        return `the limit of ${name} is below its guarantee`;
    }
    for (const [name, limit] of amounts(limits)) {
      const consumed = scalarOf(
        used(master, {}).filter((r) => isWithin(r.allocation_info?.role ?? '*', role)),
        name,
      );
      if (!force && limit < consumed)
        return `the limit of ${limit} ${name} is below what is used, ${consumed}`;
    }
  }
  return undefined;
}

const amounts = (values: Readonly<Record<string, ValueScalar>> | undefined): Map<string, number> =>
  new Map(Object.entries(values ?? {}).map(([name, { value }]) => [name, value]));

const quantities = (values: ReadonlyMap<string, number>): Record<string, ValueScalar> =>
  Object.fromEntries([...values].map(([name, value]) => [name, { value }]));

function rolesMessage(master: Master, viewer: Viewer) {
  const { weights } = master.allocator;
  const names = new Set([...master.allocator.rolesInUse(), ...weights.keys()]);
  const seen = [...names].filter((name) => viewer.role(name));
  return seen.sort().map((name) => ({
    name,
    weight: weights.get(name) ?? 1,
    frameworks: [...master.frameworks.values()]
      .filter((framework) => framework.roles.includes(name))
      .map(({ id }) => ({ value: id })),
    resources: used(master, {})
      .filter(({ allocation_info }) => allocation_info?.role === name)
      .map(({ allocation_info: _, ...resource }) => withoutStack(resource))
      .map(({ role: _, ...resource }) => resource),
  }));
}
