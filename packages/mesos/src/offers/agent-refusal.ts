import type { Located } from './attribute-value.js';
import type { Constraints } from './constraints.js';
import type { Refusal, RefuseSeconds } from './declines.js';

/** What decides about agents whatever they offer. */
export interface AgentRules {
  readonly policy: { readonly constraints: Constraints; readonly refuseSeconds: RefuseSeconds };
  /** Agents that get no executors, and until when, in milliseconds since the Unix epoch. */
  readonly excludedUntilMs: ReadonlyMap<string, number>;
  readonly nowMs: number;
}

/** Why an agent gets no executors, whatever it offers; undefined if it may. */
export function agentRefusal(
  agentId: string,
  agent: Located,
  { policy: { constraints, refuseSeconds }, excludedUntilMs, nowMs }: AgentRules,
): Refusal | undefined {
  const excludedMs = (excludedUntilMs.get(agentId) ?? nowMs) - nowMs;
  if (excludedMs > 0) {
    const seconds = Math.min(excludedMs / 1_000, refuseSeconds.agentExcluded);
    return { reason: 'agentExcluded', refuseSeconds: seconds };
  }
  const constraint = constraints.unmetBy(agent);
  if (constraint === undefined) return undefined;
  const seconds = refuseSeconds.constraintsUnmet;
  return { reason: 'constraintsUnmet', refuseSeconds: seconds, detail: { constraint } };
}
