import type {
  InverseOffer,
  MachineID,
  MasterInverseOfferStatus,
  MasterMaintenanceClusterStatus,
  MasterMaintenanceSchedule,
  OfferID,
  Unavailability,
} from '@firesteel/mesos-protocol';
import { type PlainAnswer, textAnswer } from '../http/server.js';
import { nanoseconds } from '../messages.js';
import { removeAgent } from './agents.js';
import type { Master } from './master.js';
import { agentUrl } from './offer-message.js';
import type { MasterAgent, MasterFramework, MasterInverseOffer } from './records.js';
import type { Machine } from './registry.js';

/** Machines are scheduled to go down, are taken down and come up again, as operators say. */

/** Hostnames are compared without regard to case. */
const keyOf = ({ hostname = '', ip = '' }: MachineID): string => `${hostname.toLowerCase()} ${ip}`;

const textOf = (id: MachineID): string => JSON.stringify(id);

export function machineOf(agent: Pick<MasterAgent, 'info' | 'address'>): MachineID {
  return { hostname: agent.info.hostname, ip: agent.address.split(':')[0]! };
}

/** What is planned or done with the machine of an agent; undefined for one that is simply up. */
export function maintenanceOf(
  master: Master,
  agent: Pick<MasterAgent, 'info' | 'address'>,
): Machine | undefined {
  return master.options.registry.machines.get(keyOf(machineOf(agent)));
}

// ---- calls of operators

export function updateSchedule(master: Master, schedule: MasterMaintenanceSchedule): PlainAnswer {
  const { registry } = master.options;
  const planned = new Map<string, Machine>();
  for (const { machine_ids = [], unavailability } of schedule.windows ?? []) {
    if (machine_ids.length === 0)
      return textAnswer(400, 'List of machines in the maintenance window is empty');
    if ((unavailability.duration?.nanoseconds ?? 0n) < 0n)
      return textAnswer(400, "Unavailability 'duration' is negative");
    for (const id of machine_ids) {
      const invalid = machineError(id, planned, ' in the schedule');
      if (invalid !== undefined) return textAnswer(400, invalid);
      const mode = registry.machines.get(keyOf(id))?.mode ?? 'DRAINING';
      planned.set(keyOf(id), { id, mode, unavailability });
    }
  }
  for (const [key, { id, mode }] of registry.machines) {
    if (mode === 'DOWN' && !planned.has(key))
      return textAnswer(
        400,
        `Machine '${textOf(id)}' is deactivated and cannot be removed from the schedule`,
      );
  }
  const concerned = new Set([...registry.machines.keys(), ...planned.keys()]);
  registry.machines.clear();
  for (const [key, machine] of planned) registry.machines.set(key, machine);
  registry.schedule = schedule;
  for (const agent of master.agents.values()) {
    if (concerned.has(keyOf(machineOf(agent)))) reconsider(master, agent);
  }
  master.requestAllocation();
  return { status: 200 };
}

export function startMaintenance(master: Master, ids: readonly MachineID[]): PlainAnswer {
  const refused = transitionError(master, ids, 'DRAINING', 'brought down');
  if (refused !== undefined) return textAnswer(400, refused);
  const keys = new Set(ids.map(keyOf));
  for (const agent of [...master.agents.values()]) {
    if (!keys.has(keyOf(machineOf(agent)))) continue;
    agent.link?.toAgent({ kind: 'shutdown', reason: downByOperator });
    removeAgent(master, agent, downByOperator);
  }
  for (const key of keys) setMode(master, key, 'DOWN');
  return { status: 200 };
}

export function stopMaintenance(master: Master, ids: readonly MachineID[]): PlainAnswer {
  const refused = transitionError(master, ids, 'DOWN', 'brought up');
  if (refused !== undefined) return textAnswer(400, refused);
  const { registry } = master.options;
  const keys = new Set(ids.map(keyOf));
  for (const key of keys) registry.machines.delete(key);
  const windows = (registry.schedule.windows ?? []).map((window) => ({
    ...window,
    machine_ids: (window.machine_ids ?? []).filter((id) => !keys.has(keyOf(id))),
  }));
  registry.schedule = { windows: windows.filter(({ machine_ids }) => machine_ids.length > 0) };
  return { status: 200 };
}

export function maintenanceStatus(master: Master): MasterMaintenanceClusterStatus {
  const machines = [...master.options.registry.machines];
  return {
    draining_machines: machines
      .filter(([, { mode }]) => mode === 'DRAINING')
      .map(([key, { id }]) => ({
        id,
        statuses: [...master.agents.values()]
          .filter((agent) => keyOf(machineOf(agent)) === key)
          .flatMap(({ inverseOfferStatuses }) => [...inverseOfferStatuses.values()]),
      })),
    down_machines: machines.filter(([, { mode }]) => mode === 'DOWN').map(([, { id }]) => id),
  };
}

const downByOperator = "Operator initiated 'Machine DOWN'";

function setMode(master: Master, key: string, mode: Machine['mode']): void {
  const { machines } = master.options.registry;
  machines.set(key, { ...machines.get(key)!, mode });
}

/** Why machines cannot go on from a mode. */
function transitionError(
  master: Master,
  ids: readonly MachineID[],
  from: Machine['mode'],
  verb: string,
): string | undefined {
  if (ids.length === 0) return 'List of machines is empty';
  const seen = new Map<string, Machine>();
  for (const id of ids) {
    const invalid = machineError(id, seen);
    if (invalid !== undefined) return invalid;
    const machine = master.options.registry.machines.get(keyOf(id));
    if (machine === undefined)
      return `Machine '${textOf(id)}' is not part of a maintenance schedule`;
    if (machine.mode !== from)
      return `Machine '${textOf(id)}' is not in ${from} mode and cannot be ${verb}`;
    seen.set(keyOf(id), machine);
  }
  return undefined;
}

function machineError(
  id: MachineID,
  seen: ReadonlyMap<string, Machine>,
  where = '',
): string | undefined {
  if ((id.hostname ?? '') === '' && (id.ip ?? '') === '')
    return "Both 'hostname' and 'ip' for a machine are empty";
  return seen.has(keyOf(id)) ? `Machine '${textOf(id)}' appears more than once${where}` : undefined;
}

// ---- inverse offers

/** Everything about the agent is asked anew, because its machine's plans have changed. */
function reconsider(master: Master, agent: MasterAgent): void {
  for (const offer of [...master.offers.values()])
    if (offer.agentId === agent.id) master.rescind(offer);
  rescindInverseOffers(master, ({ agentId }) => agentId === agent.id);
  agent.inverseOfferStatuses.clear();
  for (const framework of master.frameworks.values())
    framework.inverseOfferFilters.delete(agent.id);
}

/** Asks frameworks that hold something on agents whose machines are to go down, one time each. */
export function makeInverseOffers(master: Master): void {
  for (const framework of master.frameworks.values()) {
    if (!framework.connected) continue;
    const offers = [...master.agents.values()].flatMap((agent): InverseOffer[] => {
      const unavailability = maintenanceOf(master, agent)?.unavailability;
      return unavailability !== undefined && isToBeAsked(master, framework, agent)
        ? [inverseOffer(master, framework, agent, unavailability)]
        : [];
    });
    if (offers.length === 0) continue;
    master.send(framework.id, {
      type: 'INVERSE_OFFERS',
      inverse_offers: { inverse_offers: offers },
    });
    master.options.changed();
  }
}

function isToBeAsked(master: Master, framework: MasterFramework, agent: MasterAgent): boolean {
  if (agent.link === undefined) return false;
  if ((framework.inverseOfferFilters.get(agent.id) ?? 0) > master.now) return false;
  for (const { frameworkId, agentId } of master.inverseOffers.values())
    if (frameworkId === framework.id && agentId === agent.id) return false;
  return master.allocator.hasOn(framework.id, agent.id);
}

function inverseOffer(
  master: Master,
  framework: MasterFramework,
  agent: MasterAgent,
  unavailability: Unavailability,
): InverseOffer {
  const id = master.newOfferId();
  const { offerTimeoutMs } = master.options.timings;
  const cancelTimeout =
    offerTimeoutMs === Number.POSITIVE_INFINITY
      ? () => {}
      : master.timers.after(offerTimeoutMs, () =>
          rescindInverseOffers(master, (offer) => offer.id === id),
        );
  const ids = { frameworkId: framework.id, agentId: agent.id };
  master.inverseOffers.set(id, { id, ...ids, unavailability, cancelTimeout });
  return inverseOfferMessage(master, master.inverseOffers.get(id)!);
}

export function inverseOfferMessage(
  master: Master,
  { id, frameworkId, agentId, unavailability }: MasterInverseOffer,
): InverseOffer {
  return {
    id: { value: id },
    url: agentUrl(master.agents.get(agentId)!),
    framework_id: { value: frameworkId },
    agent_id: { value: agentId },
    unavailability,
  };
}

/** ACCEPT_INVERSE_OFFERS and DECLINE_INVERSE_OFFERS; those that are void are left alone. */
export function answerInverseOffers(
  master: Master,
  framework: MasterFramework,
  ids: readonly OfferID[],
  status: MasterInverseOfferStatus['status'],
  refuseSeconds = 5,
): void {
  for (const { value } of ids) {
    const offer = master.inverseOffers.get(value);
    if (offer?.frameworkId !== framework.id) continue;
    discardInverseOffer(master, offer);
    master.agents.get(offer.agentId)?.inverseOfferStatuses.set(framework.id, {
      status,
      framework_id: { value: framework.id },
      timestamp: { nanoseconds: nanoseconds(master.now) },
    });
    const seconds = refuseSeconds < 0 ? 5 : refuseSeconds;
    framework.inverseOfferFilters.set(offer.agentId, master.now + seconds * 1_000);
  }
}

/** Takes inverse offers back, with an event. */
export function rescindInverseOffers(
  master: Master,
  concerns: (offer: MasterInverseOffer) => boolean,
): void {
  for (const offer of [...master.inverseOffers.values()].filter(concerns)) {
    discardInverseOffer(master, offer);
    master.send(offer.frameworkId, {
      type: 'RESCIND_INVERSE_OFFER',
      rescind_inverse_offer: { inverse_offer_id: { value: offer.id } },
    });
  }
}

/** Those of a framework that is not there to hear of it. */
export function discardInverseOffers(master: Master, frameworkId: string): void {
  for (const offer of [...master.inverseOffers.values()])
    if (offer.frameworkId === frameworkId) discardInverseOffer(master, offer);
}

function discardInverseOffer(master: Master, offer: MasterInverseOffer): void {
  offer.cancelTimeout();
  master.inverseOffers.delete(offer.id);
}
