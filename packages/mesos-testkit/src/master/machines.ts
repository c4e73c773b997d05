import type { MachineID } from '@firesteel/mesos-protocol';
import type { Master } from './master.js';
import type { MasterAgent } from './records.js';
import type { Machine } from './registry.js';

/** Hostnames are compared without regard to case. */
export const keyOf = ({ hostname = '', ip = '' }: MachineID): string =>
  `${hostname.toLowerCase()} ${ip}`;

/** The machine that an agent runs on. */
export function machineKeyOf({ info, address }: Pick<MasterAgent, 'info' | 'address'>): string {
  return keyOf({ hostname: info.hostname, ip: address.split(':')[0]! });
}

/** What is planned or done with the machine of an agent; undefined for one that is simply up. */
export function maintenanceOf(
  master: Master,
  agent: Pick<MasterAgent, 'info' | 'address'>,
): Machine | undefined {
  return master.options.registry.machines.get(machineKeyOf(agent));
}
