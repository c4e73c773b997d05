import { type Refusal, RefusalCounts } from '../offers/declines.js';

/**
 * What is known about why executors do not come: of each agent why its last offer was not used, or
 * not used further. Agents that were never offered are not in it.
 */
export class OfferReport {
  readonly #refusals = new Map<string, { readonly hostname: string; readonly refusal: Refusal }>();

  refused(agentId: string, hostname: string, refusal: Refusal): void {
    this.#refusals.set(agentId, { hostname, refusal });
  }

  agentLost(agentId: string): void {
    this.#refusals.delete(agentId);
  }

  /** Nothing from before tells how things are now. */
  clear(): void {
    this.#refusals.clear();
  }

  /** Whether there is an agent for executors, and none that they did not fail on. */
  get everyAgentIsExcluded(): boolean {
    const reasons = [...this.#refusals.values()].map(({ refusal }) => refusal.reason);
    const ofAgents = reasons.filter((reason) => reason !== 'constraintsUnmet');
    return ofAgents.length > 0 && ofAgents.every((reason) => reason === 'agentExcluded');
  }

  /** One line. */
  get summary(): string {
    const counts = new RefusalCounts();
    for (const { hostname, refusal } of this.#refusals.values()) counts.add(refusal, hostname);
    return counts.summary || noOffers;
  }
}

const noOffers =
  'the master has made no offer; the cluster has no free resources, or none for mesos.role';
