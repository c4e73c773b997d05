import type { Offer } from '@firesteel/mesos-protocol';
import { AgentResources } from './agent-resources.js';
import type { Located } from './attribute-value.js';
import type { Refusal } from './declines.js';

/** The executors of one agent, whatever the roles of its offers. */
export interface Agent<Launch> {
  executors: number;
  /** One for each role that it is offered to. */
  readonly candidates: Candidate<Launch>[];
}

/** What one agent offers to one role. */
export class Candidate<Launch> implements Located {
  readonly offers: Offer[];
  readonly first: Offer;
  readonly agent: Agent<Launch>;
  /** Undefined while there are none. */
  launches: Launch[] | undefined;
  refusal: Refusal | undefined;
  #resources: AgentResources | undefined;

  constructor(first: Offer, agent: Agent<Launch>) {
    this.offers = [first];
    this.first = first;
    this.agent = agent;
  }

  /** Of all its offers: to be read when they are together. */
  get resources(): AgentResources {
    this.#resources ??= new AgentResources(this.offers);
    return this.#resources;
  }

  get hostname(): string {
    return this.first.hostname;
  }

  get attributes(): Offer['attributes'] {
    return this.first.attributes;
  }

  get executors(): number {
    return this.agent.executors;
  }

  get freeCores(): number {
    return this.resources.left('cpus', false);
  }
}

/** One candidate for each agent and role, in the order in which they are offered first. */
export function candidatesOf<Launch>(
  offers: readonly Offer[],
  agents: Map<string, Agent<Launch>>,
): readonly Candidate<Launch>[] {
  const candidates: Candidate<Launch>[] = [];
  for (const offer of offers) {
    const agent = agentOf(agents, offer.agent_id.value);
    const role = offer.allocation_info?.role;
    const known = agent.candidates.find(({ first }) => first.allocation_info?.role === role);
    if (known !== undefined) known.offers.push(offer);
    else {
      const candidate: Candidate<Launch> = new Candidate(offer, agent);
      agent.candidates.push(candidate);
      candidates.push(candidate);
    }
  }
  return candidates;
}

export function agentOf<Launch>(
  agents: Map<string, Agent<Launch>>,
  agentId: string,
): Agent<Launch> {
  let agent = agents.get(agentId);
  if (agent === undefined) {
    agent = { executors: 0, candidates: [] };
    agents.set(agentId, agent);
  }
  return agent;
}
