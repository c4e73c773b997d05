import type { Offer } from '@firesteel/mesos-protocol';
import type { Constraints } from './constraints.js';
import type { Refusal, RefuseSeconds } from './declines.js';
import { untilDrainMs } from './maintenance.js';

export interface AgentPolicy {
  readonly constraints: Constraints;
  readonly refuseSeconds: RefuseSeconds;
  /** So long before maintenance of its machine an agent gets no more executors. */
  readonly maintenanceLeadMs: number;
}

/** What decides about agents whatever they offer. */
export interface AgentRules {
  readonly policy: AgentPolicy;
  /** Agents that get no executors, and until when, in milliseconds since the Unix epoch. */
  readonly excludedUntilMs: ReadonlyMap<string, number>;
  readonly nowMs: number;
}

/** Why an agent gets no executors, whatever it offers; undefined if it may. */
export function agentRefusal(offer: Offer, rules: AgentRules): Refusal | undefined {
  const { policy, excludedUntilMs, nowMs } = rules;
  const { constraints, refuseSeconds } = policy;
  if (isDraining(offer, rules)) {
    return { reason: 'maintenance', refuseSeconds: refuseSeconds.maintenance };
  }
  const excludedMs = (excludedUntilMs.get(offer.agent_id.value) ?? nowMs) - nowMs;
  if (excludedMs > 0) {
    const seconds = Math.min(excludedMs / 1_000, refuseSeconds.agentExcluded);
    return { reason: 'agentExcluded', refuseSeconds: seconds };
  }
  const constraint = constraints.unmetBy(offer);
  if (constraint === undefined) return undefined;
  const seconds = refuseSeconds.constraintsUnmet;
  return { reason: 'constraintsUnmet', refuseSeconds: seconds, detail: { constraint } };
}

/** Whether executors have to leave the agent. */
export function isDraining(
  { unavailability }: Offer,
  { policy, nowMs }: Pick<AgentRules, 'policy' | 'nowMs'>,
): boolean {
  if (unavailability === undefined) return false;
  return untilDrainMs(unavailability, policy.maintenanceLeadMs, nowMs) <= 0;
}
