import type { Offer, OfferID, Resource } from '@firesteel/mesos-protocol';
import { sumOf } from '../sum-of.js';
import { type AgentPolicy, agentRefusal } from './agent-refusal.js';
import type { Located } from './attribute-value.js';
import { type Agent, agentOf, type Candidate as CandidateFor, candidatesOf } from './candidate.js';
import type { DeclineReason, Refusal } from './declines.js';
import { type ExecutorSize, fittingHeapMiB, overheadMiB } from './executor-size.js';
import { type PlacementOutcome, type PlacementPolicy, Placer, reservedFirst } from './placer.js';

/** What is wanted in all, with what is there already. */
export interface Demand {
  /** Executors at most; Infinity for no limit. */
  readonly executors: number;
  /** Cpus of all executors at most (`cores.max`); Infinity for no limit. */
  readonly maxCores: number;
  /** Gpus of all executors at most; they are taken where there are some, and never waited for. */
  readonly maxGpus: number;
  /** Hosts that hold data, with the number of tasks that want to run there. */
  readonly preferredHosts?: ReadonlyMap<string, number>;
  /** Whether other hosts will do by now. */
  readonly localityWaitIsOver?: boolean;
}

/** How a framework chooses; the same from offer to offer. */
export interface OfferPolicy extends AgentPolicy, PlacementPolicy {
  readonly size: ExecutorSize;
  readonly maxExecutorsPerAgent: number;
  /** Whether cpus and memory will do that the cluster may take back at any time. */
  readonly useRevocable: boolean;
}

/** An executor that runs or was launched. */
export interface HeldExecutor extends Located {
  readonly agentId: string;
  readonly cores: number;
  readonly gpus: number;
}

/** Whether a master makes offers at all, as of the last decision. */
export interface OfferInterest {
  readonly suppressed: boolean;
  /** Executors that were still wanted. */
  readonly wanted: number;
}

export interface OfferInput {
  /** All that are outstanding. */
  readonly offers: readonly Offer[];
  readonly demand: Demand;
  readonly policy: OfferPolicy;
  readonly held: readonly HeldExecutor[];
  /** Agents that get no executors, and until when, in milliseconds since the Unix epoch. */
  readonly excludedUntilMs: ReadonlyMap<string, number>;
  readonly interest: OfferInterest;
  readonly nowMs: number;
  /** As Math.random. */
  readonly random: () => number;
}

/** Of one agent and one role: a master takes no others together in one ACCEPT. */
interface OffersOfAgent {
  readonly offerIds: readonly OfferID[];
  readonly agentId: string;
  readonly hostname: string;
  readonly role: string | undefined;
}

export interface Accept extends OffersOfAgent {
  readonly launches: readonly ExecutorLaunch[];
  /** About what is left over. */
  readonly rest: Refusal;
}

export interface Decline extends OffersOfAgent {
  readonly refusal: Refusal;
}

/** One executor to be launched. */
export interface ExecutorLaunch extends HeldExecutor {
  /** `cores` and the extra ones. */
  readonly slots: number;
  readonly heapMiB: number;
  /** Heap and overhead. */
  readonly memoryMiB: number;
  readonly ports: readonly number[];
  /** What the task is to ask for, with the reservations of what was offered. */
  readonly resources: readonly Resource[];
}

export interface OfferDecision {
  readonly accepts: readonly Accept[];
  readonly declines: readonly Decline[];
  /** What to call after accepts and declines, for all roles. */
  readonly call?: 'SUPPRESS' | 'REVIVE';
  /** To be handed in with the next decision, once the call is made. */
  readonly interest: OfferInterest;
}

/**
 * Decides about all outstanding offers: each is accepted or declined. A function of its input
 * alone, with nothing to wait for. Without offers it decides whether to suppress or revive, so it is
 * to be called when demand changes, too.
 */
export function decideOffers(input: OfferInput): OfferDecision {
  const decider = new Decider(input);
  decider.place();
  return decider.decision();
}

type Candidate = CandidateFor<ExecutorLaunch>;

/** What an executor gets where it fits. */
interface Fit {
  readonly cores: number;
  readonly cpusAreRevocable: boolean;
  readonly heapMiB: number;
  readonly memoryIsRevocable: boolean;
}

class Decider {
  readonly #input: OfferInput;
  readonly #candidates: readonly Candidate[];
  readonly #placer: Placer;
  /** Those without details, which most offers of a large cluster share. */
  readonly #plainRefusals = new Map<DeclineReason, Refusal>();
  readonly #wantedAtFirst: number;
  #executorsLeft: number;
  #coresLeft: number;
  #gpusLeft: number;

  constructor(input: OfferInput) {
    this.#input = input;
    const { demand, held, policy } = input;
    this.#placer = new Placer(policy, input.random);
    this.#executorsLeft = demand.executors - held.length;
    this.#coresLeft = demand.maxCores - sumOf(held, ({ cores }) => cores);
    this.#gpusLeft = Math.max(0, demand.maxGpus - sumOf(held, ({ gpus }) => gpus));
    this.#wantedAtFirst = this.#wanted();
    const agents = new Map<string, Agent<ExecutorLaunch>>();
    for (const executor of held) {
      agentOf(agents, executor.agentId).executors++;
      this.#placer.add(executor);
    }
    this.#candidates = candidatesOf(input.offers, agents);
  }

  place(): void {
    for (const candidate of this.#candidates) candidate.refusal = this.#unusable(candidate);
    const usable = this.#candidates.filter(({ refusal }) => refusal === undefined);
    for (const candidate of usable) this.#placer.know(candidate);
    const { preferredHosts, localityWaitIsOver = false } = this.#input.demand;
    if (preferredHosts === undefined || preferredHosts.size === 0) {
      this.#placeOn(usable);
      return;
    }
    // As Spark does it: one executor on each host with data, and on other hosts after a while.
    const preferred = usable
      .filter(({ hostname, executors }) => preferredHosts.has(hostname) && executors === 0)
      .sort((a, b) => preferredHosts.get(b.hostname)! - preferredHosts.get(a.hostname)!);
    for (const candidate of preferred) {
      if (candidate.executors === 0 && this.#stop() === undefined) this.#tryLaunch(candidate);
    }
    if (localityWaitIsOver) this.#placeOn(usable);
    else {
      for (const candidate of usable) {
        candidate.refusal ??= this.#refusal(this.#stop() ?? 'waitingForPreferredHosts');
      }
    }
  }

  decision(): OfferDecision {
    const accepts: Accept[] = [];
    const declines: Decline[] = [];
    for (const { first, offers, launches, refusal } of this.#candidates) {
      const offerIds = offers.map(({ id }) => id);
      const agentId = first.agent_id.value;
      const { hostname } = first;
      const role = first.allocation_info?.role;
      // Written out, because copies of common members would double the garbage of large clusters.
      if (launches !== undefined) {
        accepts.push({ offerIds, agentId, hostname, role, launches, rest: refusal! });
      } else declines.push({ offerIds, agentId, hostname, role, refusal: refusal! });
    }
    const { suppressed, wanted: wantedBefore } = this.#input.interest;
    const wanted = this.#wanted();
    // Filters of earlier declines would hide agents from a demand that has grown since.
    const revive = wanted > 0 && (suppressed || this.#wantedAtFirst > wantedBefore);
    const suppress = wanted === 0 && !suppressed;
    return {
      accepts,
      declines,
      ...(revive ? { call: 'REVIVE' } : suppress ? { call: 'SUPPRESS' } : {}),
      interest: { suppressed: wanted === 0, wanted },
    };
  }

  #wanted(): number {
    const byCores = Math.floor(this.#coresLeft / this.#input.policy.size.cores.min);
    return Math.max(0, Math.min(this.#executorsLeft, byCores));
  }

  /** Why no executor at all is to be launched any more. */
  #stop(): DeclineReason | undefined {
    if (this.#executorsLeft <= 0) return 'demandMet';
    return this.#coresLeft < this.#input.policy.size.cores.min ? 'coresMaxReached' : undefined;
  }

  /** Why an agent gets no executor in this decision, whatever happens on others. */
  #unusable(candidate: Candidate): Refusal | undefined {
    const stop = this.#stop();
    if (stop !== undefined) return this.#refusal(stop);
    const refusal = agentRefusal(candidate.first, this.#input);
    if (refusal !== undefined) return refusal;
    const fit = this.#fit(candidate);
    return 'reason' in fit ? fit : undefined;
  }

  #placeOn(candidates: readonly Candidate[]): void {
    this.#placer.place(
      reservedFirst(candidates),
      () => this.#stop() !== undefined,
      (candidate) => this.#tryLaunch(candidate),
    );
    // Whoever was not refused by itself is left over because nothing more is wanted.
    const stop = this.#stop();
    if (stop === undefined) return;
    for (const candidate of candidates) candidate.refusal ??= this.#refusal(stop);
  }

  #tryLaunch(candidate: Candidate): PlacementOutcome {
    const fit = this.#placer.allows(candidate)
      ? this.#fit(candidate)
      : this.#refusal('spreadingLimit');
    if ('reason' in fit) {
      candidate.refusal = fit;
      return fit.reason === 'spreadingLimit' ? 'blocked' : 'refused';
    }
    const { size } = this.#input.policy;
    const { resources, hostname, attributes } = candidate;
    const gpus = Math.min(this.#gpusLeft, Math.floor(resources.left('gpus', false)));
    const memoryMiB = fit.heapMiB + overheadMiB(fit.heapMiB, size.overhead);
    const ports = resources.takePorts(size.ports);
    const executor: ExecutorLaunch = {
      agentId: candidate.first.agent_id.value,
      hostname,
      ...(attributes && { attributes }),
      cores: fit.cores,
      slots: fit.cores + size.extraCores,
      gpus,
      heapMiB: fit.heapMiB,
      memoryMiB,
      ports: ports.numbers,
      resources: [
        ...resources.take('cpus', fit.cores, fit.cpusAreRevocable),
        ...resources.take('mem', memoryMiB, fit.memoryIsRevocable),
        ...resources.take('gpus', gpus, false),
        ...resources.take('disk', size.diskMiB, false),
        ...ports.resources,
      ],
    };
    candidate.refusal = undefined;
    candidate.launches ??= [];
    candidate.launches.push(executor);
    candidate.agent.executors++;
    this.#executorsLeft--;
    this.#coresLeft -= fit.cores;
    this.#gpusLeft -= gpus;
    this.#placer.add(executor);
    return 'started';
  }

  #fit(candidate: Candidate): Fit | Refusal {
    const stop = this.#stop();
    if (stop !== undefined) return this.#refusal(stop);
    const { size, maxExecutorsPerAgent, useRevocable } = this.#input.policy;
    const { resources } = candidate;
    if (candidate.executors >= maxExecutorsPerAgent) {
      return this.#refusal('executorsPerAgentReached');
    }
    // A task must not mix both kinds of one resource.
    const cpus = Math.floor(resources.left('cpus', false));
    const cpusAreRevocable = useRevocable && cpus < size.cores.min;
    const usableCpus = cpusAreRevocable ? Math.floor(resources.left('cpus', true)) : cpus;
    if (usableCpus < size.cores.min) {
      const offered = resources.left('cpus', cpusAreRevocable);
      return this.#refusal('tooFewCores', { offered, needed: size.cores.min });
    }
    const regularHeapMiB = this.#fittingHeapMiB(candidate, false);
    const memoryIsRevocable = useRevocable && regularHeapMiB === undefined;
    const heapMiB = memoryIsRevocable ? this.#fittingHeapMiB(candidate, true) : regularHeapMiB;
    if (heapMiB === undefined) {
      const { min } = size.memoryMiB;
      const needed = min + overheadMiB(min, size.overhead);
      const offered = resources.left('mem', memoryIsRevocable);
      return this.#refusal('tooLittleMemory', { offered, needed });
    }
    const disk = resources.left('disk', false);
    if (disk < size.diskMiB) {
      return this.#refusal('tooLittleDisk', { offered: disk, needed: size.diskMiB });
    }
    const ports = resources.usablePorts(size.ports);
    if (ports < size.ports.length) {
      return this.#refusal('tooFewPorts', { offered: ports, needed: size.ports.length });
    }
    const cores = Math.min(size.cores.max, usableCpus, this.#coresLeft);
    return { cores: Math.floor(cores), cpusAreRevocable, heapMiB, memoryIsRevocable };
  }

  #fittingHeapMiB({ resources }: Candidate, revocable: boolean): number | undefined {
    const { memoryMiB, overhead } = this.#input.policy.size;
    return fittingHeapMiB(resources.left('mem', revocable), memoryMiB, overhead);
  }

  #refusal(reason: DeclineReason, detail?: Refusal['detail']): Refusal {
    const refuseSeconds = this.#input.policy.refuseSeconds[reason];
    if (detail !== undefined) return { reason, refuseSeconds, detail };
    let refusal = this.#plainRefusals.get(reason);
    if (refusal === undefined) {
      refusal = { reason, refuseSeconds };
      this.#plainRefusals.set(reason, refusal);
    }
    return refusal;
  }
}
