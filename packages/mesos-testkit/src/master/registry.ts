import type { AgentInfo } from '@firesteel/mesos-protocol';
import type { Quota } from '../allocator/quota.js';

/** What the next leading master finds: agents by their fate, and the settings of operators. */
export class Registry {
  readonly admitted = new Map<string, AgentInfo>();
  /** When it was marked, in milliseconds since the epoch. */
  readonly unreachable = new Map<string, number>();
  readonly gone = new Set<string>();
  readonly weights = new Map<string, number>();
  readonly quotas = new Map<string, Quota>();
}
