import type { Offer } from '@firesteel/mesos-protocol';
import { type AgentPolicy, agentRefusal, isDraining } from '../offers/agent-refusal.js';
import type { AgentResources } from '../offers/agent-resources.js';
import type { Located } from '../offers/attribute-value.js';
import {
  type Agent,
  agentOf,
  type Candidate as CandidateFor,
  candidatesOf,
} from '../offers/candidate.js';
import type { Decline } from '../offers/decide-offers.js';
import type { DeclineReason, Refusal } from '../offers/declines.js';
import {
  type PlacementOutcome,
  type PlacementPolicy,
  Placer,
  reservedFirst,
} from '../offers/placer.js';
import { sumOf } from '../sum-of.js';
import {
  fitExecutor,
  fitTasks,
  kindsFor,
  type ResourceKinds,
  type TaskSizes,
  whole,
} from './task-fit.js';

/** How a framework with a Mesos task for each of its tasks chooses; the same from offer to offer. */
export interface TaskPolicy extends AgentPolicy, PlacementPolicy, TaskSizes {
  /** Tasks of one executor at the same time at most; Infinity for as many as there is room for. */
  readonly maxTasksPerExecutor: number;
}

/** An executor that runs or was launched; an agent has one at most. */
export interface TaskExecutor extends Located {
  readonly id: string;
  readonly agentId: string;
  /** Of the offer that it was launched with: it can take no tasks of others. */
  readonly role: string | undefined;
  readonly kinds: ResourceKinds;
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
  readonly kinds: ResourceKinds;
  readonly gpus: number;
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
  /** Gpus that may still be taken; executors take them where there are some. */
  readonly gpusLeft: number;
  readonly policy: TaskPolicy;
  /** Agents that get no executors, and until when, in milliseconds since the Unix epoch. */
  readonly excludedUntilMs: ReadonlyMap<string, number>;
  readonly nowMs: number;
  /** As Math.random. */
  readonly random: () => number;
}

/**
 * Decides about all outstanding offers for tasks that are Mesos tasks of their own: which are kept
 * because tasks can begin with them now or soon, where executors are started, and which are
 * declined. A function of its input alone. Executors that run come first; others are started only
 * for tasks that those, with what is offered for them, cannot begin.
 */
export function decideTaskOffers(input: TaskOfferInput): TaskOfferDecision {
  return new Decider(input).decide();
}

type Candidate = CandidateFor<ExecutorStart>;

class Decider {
  readonly #input: TaskOfferInput;
  readonly #executors: ReadonlyMap<string, TaskExecutor>;
  readonly #candidates: readonly Candidate[];
  readonly #placer: Placer;
  readonly #starts: ExecutorStart[] = [];
  readonly #rooms = new Map<string, TaskRoom>();
  #waiting: number;
  #cpusLeft: number;
  #gpusLeft: number;

  constructor(input: TaskOfferInput) {
    const { executors, policy, random } = input;
    this.#input = input;
    this.#executors = new Map(executors.map((executor) => [executor.agentId, executor]));
    this.#placer = new Placer(policy, random);
    this.#cpusLeft = input.cpusLeft;
    this.#gpusLeft = input.gpusLeft;
    // Executors that are starting have their tasks already, so to say.
    const starting = executors.filter(({ isStarting }) => isStarting);
    this.#waiting = input.waiting - sumOf(starting, ({ idleSlots }) => idleSlots);
    const agents = new Map<string, Agent<ExecutorStart>>();
    for (const executor of executors) {
      agentOf(agents, executor.agentId).executors++;
      this.#placer.add(executor);
    }
    this.#candidates = candidatesOf(input.offers, agents);
  }

  decide(): TaskOfferDecision {
    const withoutExecutor: Candidate[] = [];
    for (const candidate of this.#candidates) {
      const executor = this.#executors.get(candidate.first.agent_id.value);
      if (this.#input.waiting <= 0) candidate.refusal = this.#refusal('demandMet');
      else if (executor === undefined) withoutExecutor.push(candidate);
      else if (executor.isStarting) candidate.refusal = this.#foreign(executor, candidate);
      else candidate.refusal = this.#offerTo(executor, candidate);
    }
    this.#startOn(withoutExecutor);
    return { starts: this.#starts, rooms: this.#rooms, declines: this.#declines() };
  }

  /** Why an executor must not use what its agent offers. */
  #foreign(executor: TaskExecutor, { first }: Candidate): Refusal | undefined {
    if (isDraining(first, this.#input)) return this.#refusal('maintenance');
    return executor.role === first.allocation_info?.role
      ? undefined
      : this.#refusal('executorsPerAgentReached');
  }

  /** Keeps what an executor can use. */
  #offerTo(executor: TaskExecutor, candidate: Candidate): Refusal | undefined {
    const { policy } = this.#input;
    const { offers, resources } = candidate;
    const foreign = this.#foreign(executor, candidate);
    if (foreign !== undefined) return foreign;
    if (executor.idleSlots === 0) return this.#refusal('executorBusy');
    const limit = Math.min(executor.idleSlots, whole(this.#cpusLeft, policy.cpusPerTask));
    if (limit === 0) return this.#refusal('coresMaxReached');
    const fitting = fitTasks(resources, policy, executor.kinds);
    if (!('tasks' in fitting)) return this.#refusal(fitting.reason, fitting.detail);
    const tasks = Math.min(limit, fitting.tasks);
    this.#rooms.set(executor.id, { offers, resources, tasks });
    this.#waiting -= tasks;
    this.#cpusLeft -= tasks * policy.cpusPerTask;
    return undefined;
  }

  /** Starts executors for tasks that are left, where the placement says, and most tasks fit. */
  #startOn(candidates: readonly Candidate[]): void {
    const fitting = new Map<Candidate, number>();
    for (const candidate of candidates) {
      const tasks = this.#tasksOn(candidate);
      if (typeof tasks === 'number') fitting.set(candidate, tasks);
      else candidate.refusal = tasks;
    }
    const usable = [...fitting].sort(([, a], [, b]) => b - a).map(([candidate]) => candidate);
    for (const candidate of usable) this.#placer.know(candidate);
    this.#placer.place(
      reservedFirst(usable),
      () => this.#stop() !== undefined,
      (candidate) => this.#tryStart(candidate, fitting.get(candidate) as number),
    );
    const stop = this.#stop();
    if (stop === undefined) return;
    for (const candidate of usable)
      if (candidate.launches === undefined) candidate.refusal ??= this.#refusal(stop);
  }

  /** How many tasks an executor could begin there, or why there is to be none, whatever others get. */
  #tasksOn({ first, resources }: Candidate): number | Refusal {
    const { policy } = this.#input;
    const refusal = agentRefusal(first, this.#input);
    if (refusal !== undefined) return refusal;
    const fitting = fitExecutor(resources, policy, kindsFor(resources, policy));
    return 'tasks' in fitting
      ? Math.min(fitting.tasks, policy.maxTasksPerExecutor)
      : this.#refusal(fitting.reason, fitting.detail);
  }

  /** Why no executor at all is to be started any more. */
  #stop(): DeclineReason | undefined {
    const { executorCpus, cpusPerTask } = this.#input.policy;
    if (this.#waiting <= 0) return 'demandMet';
    return this.#cpusLeft < executorCpus + cpusPerTask ? 'coresMaxReached' : undefined;
  }

  #tryStart(candidate: Candidate, fitting: number): PlacementOutcome {
    // It has just got its executor.
    if (candidate.launches !== undefined) return 'refused';
    if (candidate.executors > 0) {
      candidate.refusal = this.#refusal('executorsPerAgentReached');
      return 'refused';
    }
    if (!this.#placer.allows(candidate)) {
      candidate.refusal = this.#refusal('spreadingLimit');
      return 'blocked';
    }
    const { policy } = this.#input;
    const { first, offers, resources, hostname, attributes } = candidate;
    const cpusForTasks = this.#cpusLeft - policy.executorCpus;
    const start: ExecutorStart = {
      offers,
      resources,
      agentId: first.agent_id.value,
      hostname,
      ...(attributes && { attributes }),
      role: first.allocation_info?.role,
      kinds: kindsFor(resources, policy),
      gpus: Math.min(this.#gpusLeft, Math.floor(resources.left('gpus', false))),
      tasks: Math.min(fitting, whole(cpusForTasks, policy.cpusPerTask)),
    };
    candidate.refusal = undefined;
    candidate.launches = [start];
    candidate.agent.executors++;
    this.#starts.push(start);
    this.#placer.add(start);
    this.#waiting -= start.tasks;
    this.#cpusLeft = cpusForTasks - start.tasks * policy.cpusPerTask;
    this.#gpusLeft -= start.gpus;
    return 'started';
  }

  #declines(): readonly Decline[] {
    const declines: Decline[] = [];
    for (const { first, offers, refusal } of this.#candidates) {
      if (refusal === undefined) continue;
      const { agent_id, hostname, allocation_info } = first;
      const offerIds = offers.map(({ id }) => id);
      const role = allocation_info?.role;
      declines.push({ offerIds, agentId: agent_id.value, hostname, role, refusal });
    }
    return declines;
  }

  #refusal(reason: DeclineReason, detail?: Refusal['detail']): Refusal {
    const refuseSeconds = this.#input.policy.refuseSeconds[reason];
    return { reason, refuseSeconds, ...(detail && { detail }) };
  }
}
