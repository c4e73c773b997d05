import type {
  MachineID,
  MasterMaintenanceClusterStatus,
  MasterMaintenanceSchedule,
} from '@firesteel/mesos-protocol';
import { type PlainAnswer, textAnswer } from '../http/server.js';
import { removeAgent } from './agents.js';
import { rescindInverseOffers } from './inverse-offers.js';
import { keyOf, machineKeyOf } from './machines.js';
import type { Master } from './master.js';
import type { MasterAgent } from './records.js';
import type { Machine } from './registry.js';

/** Machines are scheduled to go down, are taken down and come up again, as operators say. */

const textOf = (id: MachineID): string => JSON.stringify(id);

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
    if (concerned.has(machineKeyOf(agent))) reconsider(master, agent);
  }
  master.requestAllocation();
  return { status: 200 };
}

export function startMaintenance(master: Master, ids: readonly MachineID[]): PlainAnswer {
  const refused = transitionError(master, ids, 'DRAINING', 'brought down');
  if (refused !== undefined) return textAnswer(400, refused);
  const keys = new Set(ids.map(keyOf));
  for (const agent of [...master.agents.values()]) {
    if (!keys.has(machineKeyOf(agent))) continue;
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
          .filter((agent) => machineKeyOf(agent) === key)
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

/** Everything about the agent is asked anew, because its machine's plans have changed. */
function reconsider(master: Master, agent: MasterAgent): void {
  for (const offer of [...master.offers.values()])
    if (offer.agentId === agent.id) master.rescind(offer);
  rescindInverseOffers(master, ({ agentId }) => agentId === agent.id);
  agent.inverseOfferStatuses.clear();
  for (const framework of master.frameworks.values())
    framework.inverseOfferFilters.delete(agent.id);
}
