import type { ExecutorLauncher, LauncherEvents } from '@firesteel/cluster';
import { FiresteelError } from '@firesteel/common';
import type {
  AgentID,
  Offer,
  OfferID,
  SchedulerCallReconcileTask,
  TaskInfo,
  TaskStatus,
} from '@firesteel/mesos-protocol';
import type { ExecutorTarget } from '@firesteel/plan';
import {
  type FrameworkCall,
  type FrameworkEvent,
  SchedulerClient,
  type SchedulerClientOptions,
} from '../client/scheduler-client.js';
import { type Clock, systemClock } from '../clock.js';
import {
  type Accept,
  type Decline,
  type Demand,
  decideOffers,
  type ExecutorLaunch,
  type OfferInterest,
  type OfferPolicy,
} from '../offers/decide-offers.js';
import { AgentExclusion } from './agent-exclusion.js';
import { executorTask, type TaskTemplate } from './executor-task.js';
import { OfferReport } from './offer-report.js';
import { taskEndOf } from './task-end.js';

export interface MesosExecutorLauncherOptions
  extends Pick<SchedulerClientOptions, 'masters' | 'framework' | 'credential' | 'tls'> {
  readonly registrationTimeoutMs: number;
  readonly policy: OfferPolicy;
  readonly limits: Pick<Demand, 'maxCores' | 'maxGpus'>;
  readonly template: TaskTemplate;
  readonly agentExclusion: { readonly maxFailures: number; readonly timeoutMs: number };
  /** How long executors are started on preferred hosts only. */
  readonly localityWaitMs: number;
  /** How long executors may take to end by themselves. */
  readonly shutdownTimeoutMs: number;
  readonly clock?: Clock;
  /** As Math.random. */
  readonly random?: () => number;
}

/** An executor whose Mesos task is not known to be over. */
interface Executor extends ExecutorLaunch {
  /** It was asked to end; a reconciled task that still runs is asked again. */
  killed: boolean;
  registered: boolean;
}

/** So many executors may fail one after the other without one that came to work in between. */
const maxFailuresInARow = 8;

/**
 * Starts executors as Mesos tasks, coarse-grained: each takes its part of an agent for as long as
 * it lives, and the driver gives it tasks over a connection of their own.
 */
export class MesosExecutorLauncher implements ExecutorLauncher {
  readonly maxSlots?: number;
  readonly #options: MesosExecutorLauncherOptions;
  readonly #clock: Clock;
  readonly #client: SchedulerClient;
  readonly #exclusion: AgentExclusion;
  readonly #report = new OfferReport();
  readonly #executors = new Map<string, Executor>();
  readonly #offers = new Map<string, Offer>();
  #events: LauncherEvents | undefined;
  #target: ExecutorTarget = { total: 0, hostWeights: new Map() };
  #interest: OfferInterest = { suppressed: false, wanted: 0 };
  #nextId = 0;
  #failuresInARow = 0;
  /** Of the executors that failed in a row, what happened to the last one. */
  #lastFailure: string | undefined;
  #localityWaitEndsAtMs = 0;
  #cancelLocalityWait = (): void => {};
  /** Why no master is connected; undefined while one is. */
  #disconnectedBecause: string | undefined = 'no master has answered yet';
  #hasGivenUp = false;
  #stopping: { readonly resolve: () => void } | undefined;

  constructor(options: MesosExecutorLauncherOptions) {
    const { clock = systemClock, agentExclusion, policy, limits } = options;
    this.#options = options;
    this.#clock = clock;
    this.#exclusion = new AgentExclusion({ clock, ...agentExclusion });
    const { cores, extraCores } = policy.size;
    const executors = Math.floor(limits.maxCores / cores.min);
    if (executors < Number.POSITIVE_INFINITY) {
      this.maxSlots = Math.min(limits.maxCores, executors * cores.max) + executors * extraCores;
    }
    this.#client = new SchedulerClient({
      masters: options.masters,
      framework: options.framework,
      ...(options.credential && { credential: options.credential }),
      ...(options.tls && { tls: options.tls }),
      registrationTimeoutMs: options.registrationTimeoutMs,
      clock,
      ...(options.random && { random: options.random }),
      tasks: () => this.#tasks(),
      listener: {
        onSubscribed: () => this.#subscribed(),
        onEvent: (event) => this.#received(event),
        onDisconnected: (why) => this.#disconnected(why),
        onFailed: (error) => this.#failed(error),
      },
    });
  }

  start(events: LauncherEvents): void {
    this.#events = events;
    this.#client.start();
  }

  setTarget(target: ExecutorTarget): void {
    this.#target = target;
    this.#cancelLocalityWait();
    const { localityWaitMs } = this.#options;
    this.#localityWaitEndsAtMs = this.#clock.now() + localityWaitMs;
    if (target.hostWeights.size > 0) {
      this.#cancelLocalityWait = this.#clock.setTimer(localityWaitMs, () => this.#decide());
    }
    this.#decide();
  }

  registered(executorId: string): void {
    const executor = this.#executors.get(executorId);
    if (executor === undefined) return;
    executor.registered = true;
    this.#failuresInARow = 0;
    this.#lastFailure = undefined;
    this.#tellWhy();
  }

  retire(executorId: string): void {
    this.kill(executorId);
  }

  kill(executorId: string): void {
    const executor = this.#executors.get(executorId);
    if (executor === undefined) return;
    executor.killed = true;
    this.#killTask(executorId, executor.agentId);
  }

  async stop(): Promise<void> {
    if (this.#stopping !== undefined) return;
    this.#cancelLocalityWait();
    const allEnded = new Promise<void>((resolve) => {
      this.#stopping = { resolve };
    });
    // Executors that have registered end by themselves; to the others nobody has spoken yet.
    for (const [executorId, { registered }] of this.#executors) {
      if (!registered) this.kill(executorId);
    }
    this.#endIfDone();
    const cancelTimeout = this.#clock.setTimer(this.#options.shutdownTimeoutMs, () =>
      this.#stopping?.resolve(),
    );
    await allEnded;
    cancelTimeout();
    try {
      await this.#client.teardown();
    } catch {
      // Without a master the failover timeout ends the framework, and executors have ended anyway.
      this.#client.close();
    }
  }

  #subscribed(): void {
    this.#disconnectedBecause = undefined;
    this.#offers.clear();
    this.#report.clear();
    this.#decide();
  }

  #disconnected(why: string): void {
    this.#disconnectedBecause = why;
    this.#offers.clear();
    this.#tellWhy();
  }

  #failed(error: FiresteelError): void {
    this.#hasGivenUp = true;
    this.#stopping?.resolve();
    this.#events?.failed(error);
  }

  #received(event: FrameworkEvent): void {
    switch (event.type) {
      case 'OFFERS':
        for (const offer of event.offers.offers ?? []) this.#offers.set(offer.id.value, offer);
        this.#decide();
        return;
      case 'RESCIND':
        this.#offers.delete(event.rescind.offer_id.value);
        return;
      case 'UPDATE':
        this.#updated(event.update.status);
        return;
      case 'FAILURE': {
        const { agent_id, executor_id } = event.failure;
        if (agent_id !== undefined && executor_id === undefined) {
          this.#report.agentLost(agent_id.value);
        }
      }
    }
  }

  #updated(status: TaskStatus): void {
    const executorId = status.task_id.value;
    const executor = this.#executors.get(executorId);
    const end = taskEndOf(status);
    if (executor === undefined || (executor.killed && end === undefined)) {
      // One that was given up comes back, or was asked to end before the agent knew of it.
      if (end === undefined && status.agent_id !== undefined) {
        this.#killTask(executorId, status.agent_id.value);
      }
      return;
    }
    if (end === undefined) return;
    this.#executors.delete(executorId);
    const reason = `${end.reason} on ${executor.hostname}`;
    this.#events?.ended(executorId, reason);
    if (this.#stopping !== undefined) {
      this.#endIfDone();
      return;
    }
    if (end.isFailure && !executor.killed) this.#countFailure(executorId, executor, reason);
    this.#decide();
  }

  #countFailure(executorId: string, { agentId, registered }: Executor, reason: string): void {
    this.#exclusion.failed(agentId);
    if (registered) return;
    this.#failuresInARow++;
    this.#lastFailure = `executor ${executorId} has ended before it came to work, because ${reason}`;
    if (this.#failuresInARow >= maxFailuresInARow) this.#giveUp();
  }

  #giveUp(): void {
    this.#hasGivenUp = true;
    this.#events?.failed(
      new FiresteelError(
        'EXECUTOR_LOST',
        `No executor came to work: ${this.#failuresInARow} in a row have failed; ${this.#lastFailure}. No more are started. What it printed is in the sandbox of its task on that agent.`,
        { data: { failures: this.#failuresInARow } },
      ),
    );
  }

  #decide(): void {
    if (this.#disconnectedBecause !== undefined) {
      this.#tellWhy();
      return;
    }
    const offers = [...this.#offers.values()];
    this.#offers.clear();
    const { total, hostWeights } = this.#target;
    const { policy, limits, random = Math.random } = this.#options;
    const nowMs = this.#clock.now();
    const decision = decideOffers({
      offers,
      demand: {
        ...limits,
        executors: this.#hasGivenUp || this.#stopping !== undefined ? 0 : total,
        preferredHosts: hostWeights,
        localityWaitIsOver: nowMs >= this.#localityWaitEndsAtMs,
      },
      policy,
      held: [...this.#executors.values()],
      excludedUntilMs: this.#exclusion.excludedUntilMs,
      interest: this.#interest,
      nowMs,
      random,
    });
    for (const accept of decision.accepts) this.#accept(accept);
    this.#decline(decision.declines);
    if (decision.call !== undefined) this.#call({ type: decision.call });
    this.#interest = decision.interest;
    if (this.#failuresInARow > 0 && this.#report.everyAgentIsExcluded && !this.#hasGivenUp) {
      this.#giveUp();
    }
    this.#tellWhy();
  }

  #accept({ offerIds, agentId, hostname, launches, rest }: Accept): void {
    this.#report.refused(agentId, hostname, rest);
    const tasks = launches.map((launch) => this.#launch(launch));
    this.#call({
      type: 'ACCEPT',
      accept: {
        offer_ids: offerIds,
        operations: [{ type: 'LAUNCH', launch: { task_infos: tasks } }],
        filters: { refuse_seconds: rest.refuseSeconds },
      },
    });
  }

  #launch(launch: ExecutorLaunch): TaskInfo {
    const executorId = String(this.#nextId++);
    this.#executors.set(executorId, { ...launch, killed: false, registered: false });
    const command = (this.#events as LauncherEvents).commandFor(executorId);
    return executorTask(executorId, launch, command, this.#options.template);
  }

  #decline(declines: readonly Decline[]): void {
    const offersBySeconds = new Map<number, OfferID[]>();
    for (const { agentId, hostname, offerIds, refusal } of declines) {
      this.#report.refused(agentId, hostname, refusal);
      const { refuseSeconds } = refusal;
      const offers = offersBySeconds.get(refuseSeconds);
      if (offers === undefined) offersBySeconds.set(refuseSeconds, [...offerIds]);
      else offers.push(...offerIds);
    }
    for (const [refuse_seconds, offer_ids] of offersBySeconds) {
      this.#call({ type: 'DECLINE', decline: { offer_ids, filters: { refuse_seconds } } });
    }
  }

  #killTask(taskId: string, agentId: string): void {
    this.#call({
      type: 'KILL',
      kill: { task_id: { value: taskId }, agent_id: { value: agentId } },
    });
  }

  /**
   * What is lost with a connection needs no care: offers are void then, tasks are reconciled, and
   * kills are repeated when tasks turn out to be alive.
   */
  #call(call: FrameworkCall): void {
    this.#client.call(call).catch((error: unknown) => {
      if (!FiresteelError.is(error, 'MESOS_DISCONNECTED')) this.#failed(error as FiresteelError);
    });
  }

  #tasks(): readonly SchedulerCallReconcileTask[] {
    return [...this.#executors].map(([executorId, { agentId }]) => ({
      task_id: { value: executorId },
      agent_id: { value: agentId } satisfies AgentID,
    }));
  }

  /** As long as no executor works, the user is told why. */
  #tellWhy(): void {
    if (this.#stopping !== undefined || this.#hasGivenUp) return;
    this.#events?.waiting(this.#waitingReason());
  }

  #waitingReason(): string | undefined {
    const executors = [...this.#executors.values()];
    if (executors.some(({ registered }) => registered)) return undefined;
    if (this.#disconnectedBecause !== undefined)
      return `no Mesos master is connected: ${this.#disconnectedBecause}`;
    if (executors.length > 0) {
      const hosts = [...new Set(executors.map(({ hostname }) => hostname))].join(', ');
      return `executors were launched on ${hosts}, and have not come to work yet`;
    }
    if (this.#interest.wanted === 0) return undefined;
    const { summary } = this.#report;
    return this.#lastFailure === undefined ? summary : `${summary}; ${this.#lastFailure}`;
  }

  #endIfDone(): void {
    if (this.#executors.size === 0) this.#stopping?.resolve();
  }
}
