import type {
  AgentInfo,
  MachineID,
  MasterMaintenanceSchedule,
  Unavailability,
} from '@firesteel/mesos-protocol';
import type { Quota } from '../allocator/quota.js';

/** A machine that is in the schedule of maintenance. */
export interface Machine {
  readonly id: MachineID;
  readonly mode: 'DRAINING' | 'DOWN';
  readonly unavailability: Unavailability;
}

/** What the next leading master finds: agents by their fate, and the settings of operators. */
export class Registry {
  readonly admitted = new Map<string, AgentInfo>();
  /** When it was marked, in milliseconds since the epoch. */
  readonly unreachable = new Map<string, number>();
  readonly gone = new Set<string>();
  readonly weights = new Map<string, number>();
  readonly quotas = new Map<string, Quota>();
  readonly machines = new Map<string, Machine>();
  schedule: MasterMaintenanceSchedule = {};
}
