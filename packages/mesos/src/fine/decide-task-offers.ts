import type { Offer, OfferID } from '@firesteel/mesos-protocol';
import { type AgentPolicy, agentRefusal, isDraining } from '../offers/agent-refusal.js';
import { AgentResources } from '../offers/agent-resources.js';
import type { Located } from '../offers/attribute-value.js';
import type { Decline } from '../offers/decide-offers.js';
import type { DeclineReason, Refusal } from '../offers/declines.js';
import { Spreading } from '../offers/spreading.js';
import { sumOf } from '../sum-of.js';

/** How a framework with a Mesos task for each of its tasks chooses; the same from offer to offer. */
export interface TaskPolicy extends AgentPolicy {
  readonly cpusPerTask: number;
  readonly memoryMiBPerTask: number;
  /** What an executor holds for itself as long as it lives. */
  readonly executorCpus: number;
  readonly executorMemoryMiB: number;
  /** Ports that it gets of its agent; 0 is any, in as many as there are zeros. */
  readonly executorPorts: readonly number[];
  /** Tasks of one executor at the same time at most; Infinity for as many as there is room for. */
  readonly maxTasksPerExecutor: number;
}

/** An executor that runs or was launched; an agent has one at most. */
export interface TaskExecutor extends Located {
  readonly id: string;
  readonly agentId: string;
  /** Of the offer that it was launched with: it can take no tasks of others. */
  readonly role: string | undefined;
  /**
   * Tasks that it could begin: those of its threads that idle. For one that is still starting, how
   * many it is expected to begin when it has.
   */
  readonly idleSlots: number;
  readonly isStarting: boolean;
}

/** Offers of one agent to one role: a master takes no others together in one ACCEPT. */
interface HeldOffers {
  readonly offers: readonly Offer[];
  readonly resources: AgentResources;
}

/** An executor to be started, with how many tasks it will be able to begin at once. */
export interface ExecutorStart extends HeldOffers, Located {
  readonly agentId: string;
  readonly role: string | undefined;
  readonly tasks: number;
}

/** What an executor may begin now, and with which offers. */
export interface TaskRoom extends HeldOffers {
  readonly tasks: number;
}

export interface TaskOfferDecision {
  readonly starts: readonly ExecutorStart[];
  /** By executor; their offers are to be kept until tasks come. */
  readonly rooms: ReadonlyMap<string, TaskRoom>;
  readonly declines: readonly Decline[];
}

export interface TaskOfferInput {
  /** All that are outstanding. */
  readonly offers: readonly Offer[];
  readonly executors: readonly TaskExecutor[];
  /** Tasks that wait. */
  readonly waiting: number;
  /** Cpus that may still be taken (`cores.max`); Infinity for no limit. */
  readonly cpusLeft: number;
  readonly policy: TaskPolicy;
  /** Agents that get no executors, and until when, in milliseconds since the Unix epoch. */
  readonly excludedUntilMs: ReadonlyMap<string, number>;
  readonly nowMs: number;
}

/**
 * Decides about all outstanding offers for tasks that are Mesos tasks of their own: which are kept
 * because tasks can begin with them now or soon, where executors are started, and which are
 * declined. A function of its input alone. Executors that run come first; others are started only
 * for tasks that those, with what is offered for them, cannot begin.
 */
export function decideTaskOffers(input: TaskOfferInput): TaskOfferDecision {
  const decider = new Decider(input);
  for (const held of groupByAgentAndRole(input.offers)) decider.consider(held);
  decider.start();
  return decider;
}

class Decider implements TaskOfferDecision {
  readonly starts: ExecutorStart[] = [];
  readonly rooms = new Map<string, TaskRoom>();
  readonly declines: Decline[] = [];
  readonly #input: TaskOfferInput;
  readonly #executors: ReadonlyMap<string, TaskExecutor>;
  readonly #spreading: Spreading;
  readonly #candidates: HeldOffers[] = [];
  readonly #started = new Set<string>();
  #waiting: number;
  #cpusLeft: number;

  constructor(input: TaskOfferInput) {
    this.#input = input;
    this.#executors = new Map(input.executors.map((executor) => [executor.agentId, executor]));
    this.#spreading = new Spreading(input.policy.constraints.spreading);
    this.#cpusLeft = input.cpusLeft;
    // Executors that are starting have their tasks already, so to say.
    const starting = input.executors.filter(({ isStarting }) => isStarting);
    this.#waiting = input.waiting - sumOf(starting, ({ idleSlots }) => idleSlots);
    for (const executor of input.executors) this.#spreading.add(executor);
  }

  /** Keeps what an executor can use; agents without one are left for `start`. */
  consider(held: HeldOffers): void {
    const offer = held.offers[0] as Offer;
    const { agent_id, allocation_info } = offer;
    const executor = this.#executors.get(agent_id.value);
    if (this.#input.waiting <= 0) this.#decline(held, this.#refusal('demandMet'));
    else if (executor === undefined) this.#candidates.push(held);
    else if (isDraining(offer, this.#input)) this.#decline(held, this.#refusal('maintenance'));
    else if (executor.role !== allocation_info?.role)
      this.#decline(held, this.#refusal('executorsPerAgentReached'));
    else if (!executor.isStarting) this.#offerTo(executor, held);
  }

  /** Starts executors for tasks that are left, on the agents with most room first. */
  start(): void {
    const { executorCpus, cpusPerTask } = this.#input.policy;
    const usable: { readonly held: HeldOffers; readonly tasks: number }[] = [];
    for (const held of this.#candidates) {
      const tasks = this.#roomForNew(held);
      const refusal = this.#unusable(held, tasks);
      if (refusal === undefined) usable.push({ held, tasks });
      else this.#decline(held, refusal);
    }
    for (const { held } of usable) this.#spreading.know(held.offers[0] as Offer);
    for (const { held, tasks: fitting } of usable.sort((a, b) => b.tasks - a.tasks)) {
      const refusal = this.#unwanted(held);
      if (refusal !== undefined) {
        this.#decline(held, refusal);
        continue;
      }
      const { agent_id, hostname, attributes, allocation_info } = held.offers[0] as Offer;
      const agentId = agent_id.value;
      const tasks = Math.min(fitting, whole(this.#cpusLeft - executorCpus, cpusPerTask));
      this.#started.add(agentId);
      const start: ExecutorStart = {
        ...held,
        agentId,
        hostname,
        ...(attributes && { attributes }),
        role: allocation_info?.role,
        tasks,
      };
      this.starts.push(start);
      this.#spreading.add(start);
      this.#waiting -= tasks;
      this.#cpusLeft -= executorCpus + tasks * cpusPerTask;
    }
  }

  #offerTo(executor: TaskExecutor, held: HeldOffers): void {
    const { cpusPerTask } = this.#input.policy;
    if (executor.idleSlots === 0) {
      this.#decline(held, this.#refusal('executorBusy'));
      return;
    }
    const limit = Math.min(executor.idleSlots, whole(this.#cpusLeft, cpusPerTask));
    if (limit === 0) {
      this.#decline(held, this.#refusal('coresMaxReached'));
      return;
    }
    const fitting = this.#fittingTasks(held.resources, 0, 0);
    if (fitting === 0) {
      this.#decline(held, this.#shortage(held.resources, 0, 0));
      return;
    }
    const tasks = Math.min(limit, fitting);
    this.rooms.set(executor.id, { ...held, tasks });
    this.#waiting -= tasks;
    this.#cpusLeft -= tasks * cpusPerTask;
  }

  #roomForNew({ resources }: HeldOffers): number {
    const { executorCpus, executorMemoryMiB, maxTasksPerExecutor } = this.#input.policy;
    const fitting = this.#fittingTasks(resources, executorCpus, executorMemoryMiB);
    return Math.min(fitting, maxTasksPerExecutor);
  }

  /** Why an agent gets no executor in this decision, whatever happens on others. */
  #unusable({ offers, resources }: HeldOffers, tasks: number): Refusal | undefined {
    const { executorCpus, executorMemoryMiB, executorPorts } = this.#input.policy;
    const refusal = agentRefusal(offers[0] as Offer, this.#input);
    if (refusal !== undefined) return refusal;
    if (tasks === 0) return this.#shortage(resources, executorCpus, executorMemoryMiB);
    const ports = resources.usablePorts(executorPorts);
    const needed = executorPorts.length;
    return ports < needed ? this.#refusal('tooFewPorts', { offered: ports, needed }) : undefined;
  }

  /** Why an agent gets no executor after those that were started. */
  #unwanted({ offers }: HeldOffers): Refusal | undefined {
    const { executorCpus, cpusPerTask } = this.#input.policy;
    const offer = offers[0] as Offer;
    if (this.#waiting <= 0) return this.#refusal('demandMet');
    if (this.#cpusLeft < executorCpus + cpusPerTask) return this.#refusal('coresMaxReached');
    if (this.#started.has(offer.agent_id.value)) return this.#refusal('executorsPerAgentReached');
    return this.#spreading.allows(offer) ? undefined : this.#refusal('spreadingLimit');
  }

  #fittingTasks(resources: AgentResources, cpus: number, memoryMiB: number): number {
    const { cpusPerTask, memoryMiBPerTask } = this.#input.policy;
    return Math.min(
      whole(resources.left('cpus', false) - cpus, cpusPerTask),
      whole(resources.left('mem', false) - memoryMiB, memoryMiBPerTask),
    );
  }

  #shortage(resources: AgentResources, cpus: number, memoryMiB: number): Refusal {
    const { cpusPerTask, memoryMiBPerTask } = this.#input.policy;
    const offered = resources.left('cpus', false);
    const needed = cpus + cpusPerTask;
    return offered < needed
      ? this.#refusal('tooFewCores', { offered, needed })
      : this.#refusal('tooLittleMemory', {
          offered: resources.left('mem', false),
          needed: memoryMiB + memoryMiBPerTask,
        });
  }

  #decline({ offers }: HeldOffers, refusal: Refusal): void {
    const { agent_id, hostname, allocation_info } = offers[0] as Offer;
    this.declines.push({
      offerIds: offers.map(({ id }): OfferID => id),
      agentId: agent_id.value,
      hostname,
      role: allocation_info?.role,
      refusal,
    });
  }

  #refusal(reason: DeclineReason, detail?: Refusal['detail']): Refusal {
    const refuseSeconds = this.#input.policy.refuseSeconds[reason];
    return { reason, refuseSeconds, ...(detail && { detail }) };
  }
}

function groupByAgentAndRole(offers: readonly Offer[]): readonly HeldOffers[] {
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const key = JSON.stringify([offer.agent_id.value, offer.allocation_info?.role]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [offer]);
    else group.push(offer);
  }
  return [...groups.values()].map((group) => ({
    offers: group,
    resources: new AgentResources(group),
  }));
}

/** How often `part` fits into `total`; Mesos counts in thousandths, in which sums are exact. */
function whole(total: number, part: number): number {
  if (total === Number.POSITIVE_INFINITY) return total;
  return Math.max(0, Math.floor(Math.round(total * 1_000) / Math.round(part * 1_000)));
}
