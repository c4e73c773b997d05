import type { ExecutorLauncher, LauncherEvents } from '@firesteel/cluster';
import type { Offer, TaskInfo, TaskStatus } from '@firesteel/mesos-protocol';
import type { ExecutorTarget } from '@firesteel/plan';
import type { FrameworkEvent } from '../client/scheduler-client.js';
import type { TaskTemplate } from '../command/executor-command.js';
import { Framework, type FrameworkOptions } from '../framework/framework.js';
import { taskEndOf } from '../framework/task-end.js';
import {
  type Accept,
  type Demand,
  decideOffers,
  type ExecutorLaunch,
  type OfferInterest,
  type OfferPolicy,
} from '../offers/decide-offers.js';
import { executorTask } from './executor-task.js';

export interface MesosExecutorLauncherOptions extends Omit<FrameworkOptions, 'suppressedRoles'> {
  readonly policy: OfferPolicy;
  readonly limits: Pick<Demand, 'maxCores' | 'maxGpus'>;
  readonly template: TaskTemplate;
  readonly cpusPerTask: number;
  /** How long executors are started on preferred hosts only. */
  readonly localityWaitMs: number;
}

/** An executor whose Mesos task is not known to be over. */
interface Executor extends ExecutorLaunch {
  /** It was asked to end; a reconciled task that still runs is asked again. */
  killed: boolean;
  registered: boolean;
  hasWorked: boolean;
}

/**
 * Starts executors as Mesos tasks, coarse-grained: each takes its part of an agent for as long as
 * it lives, and the driver gives it tasks over a connection of their own.
 */
export class MesosExecutorLauncher implements ExecutorLauncher {
  readonly maxSlots?: number;
  readonly #options: MesosExecutorLauncherOptions;
  readonly #framework: Framework;
  readonly #executors = new Map<string, Executor>();
  readonly #offers = new Map<string, Offer>();
  #events: LauncherEvents | undefined;
  #target: ExecutorTarget = { total: 0, hostWeights: new Map() };
  #interest: OfferInterest = { suppressed: false, wanted: 0 };
  #nextId = 0;
  #localityWaitEndsAtMs = 0;
  #cancelLocalityWait = (): void => {};

  constructor(options: MesosExecutorLauncherOptions) {
    const { limits, cpusPerTask, template: _, localityWaitMs: __, ...ofFramework } = options;
    this.#options = options;
    const { cores, extraCores } = options.policy.size;
    const executors = Math.floor(limits.maxCores / cores.min);
    if (executors < Number.POSITIVE_INFINITY) {
      const most = Math.min(limits.maxCores, executors * cores.max) + executors * extraCores;
      this.maxSlots = Math.floor(most / cpusPerTask);
    }
    this.#framework = new Framework(ofFramework, {
      subscribed: () => {
        this.#offers.clear();
        this.#decide();
      },
      disconnected: () => {
        this.#offers.clear();
        this.#tellWhy();
      },
      received: (event) => this.#received(event),
      drain: (agentId) => this.#drain(agentId),
      failed: (error) => this.#events?.failed(error),
      agentsByTask: () => [...this.#executors].map(([id, { agentId }]) => [id, agentId]),
      executors: () => this.#executors.size,
    });
  }

  start(events: LauncherEvents): void {
    this.#events = events;
    this.#framework.start();
  }

  setTarget(target: ExecutorTarget): void {
    this.#target = target;
    this.#cancelLocalityWait();
    const { localityWaitMs } = this.#options;
    const { clock } = this.#framework;
    this.#localityWaitEndsAtMs = clock.now() + localityWaitMs;
    if (target.hostWeights.size > 0) {
      this.#cancelLocalityWait = clock.setTimer(localityWaitMs, () => this.#decide());
    }
    this.#decide();
  }

  registered(executorId: string): void {
    const executor = this.#executors.get(executorId);
    if (executor === undefined) return;
    executor.registered = true;
    this.#tellWhy();
  }

  worked(executorId: string): void {
    const executor = this.#executors.get(executorId);
    if (executor !== undefined) executor.hasWorked = true;
    this.#framework.executorWorks();
  }

  retire(executorId: string): void {
    this.kill(executorId);
  }

  kill(executorId: string): void {
    const executor = this.#executors.get(executorId);
    if (executor === undefined) return;
    executor.killed = true;
    this.#framework.killTask(executorId, executor.agentId);
  }

  async stop(): Promise<void> {
    this.#cancelLocalityWait();
    // Executors that have registered end by themselves; to the others nobody has spoken yet.
    await this.#framework.stop(() => {
      for (const [executorId, { registered }] of this.#executors) {
        if (!registered) this.kill(executorId);
      }
    });
  }

  #drain(agentId: string): void {
    for (const [executorId, executor] of this.#executors) {
      if (executor.agentId !== agentId || executor.killed) continue;
      if (executor.registered) this.#events?.leaving(executorId);
      else this.kill(executorId);
    }
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
    }
  }

  #updated(status: TaskStatus): void {
    const executorId = status.task_id.value;
    const executor = this.#executors.get(executorId);
    const end = taskEndOf(status);
    if (executor === undefined || (executor.killed && end === undefined)) {
      // One that was given up comes back, or was asked to end before the agent knew of it.
      if (end === undefined && status.agent_id !== undefined) {
        this.#framework.killTask(executorId, status.agent_id.value);
      }
      return;
    }
    if (end === undefined) return;
    this.#executors.delete(executorId);
    const reason = `${end.reason} on ${executor.hostname}`;
    this.#events?.ended(executorId, reason);
    if (this.#framework.isStopping) {
      this.#framework.stopIfDone();
      return;
    }
    if (end.isFailure && !executor.killed) {
      const { agentId, hasWorked } = executor;
      this.#framework.executorFailed({ executorId, agentId, hasWorked, reason });
    }
    this.#decide();
  }

  #decide(): void {
    const framework = this.#framework;
    if (!framework.isConnected) {
      this.#tellWhy();
      return;
    }
    const offers = [...this.#offers.values()];
    this.#offers.clear();
    const { total, hostWeights } = this.#target;
    const { policy, limits, random = Math.random } = this.#options;
    const nowMs = framework.clock.now();
    const decision = decideOffers({
      offers,
      demand: {
        ...limits,
        executors: framework.isEnding ? 0 : total,
        preferredHosts: hostWeights,
        localityWaitIsOver: nowMs >= this.#localityWaitEndsAtMs,
      },
      policy,
      held: [...this.#executors.values()],
      excludedUntilMs: framework.excludedUntilMs,
      interest: this.#interest,
      nowMs,
      random,
    });
    for (const accept of decision.accepts) this.#accept(accept);
    framework.decline(decision.declines);
    if (decision.call !== undefined) framework.call({ type: decision.call });
    this.#interest = decision.interest;
    framework.giveUpWithoutAgents();
    this.#tellWhy();
  }

  #accept({ offerIds, agentId, hostname, launches, rest }: Accept): void {
    this.#framework.report.refused(agentId, hostname, rest);
    const tasks = launches.map((launch) => this.#launch(launch));
    this.#framework.launch(offerIds, tasks, rest.refuseSeconds);
  }

  #launch(launch: ExecutorLaunch): TaskInfo {
    const executorId = String(this.#nextId++);
    this.#executors.set(executorId, {
      ...launch,
      killed: false,
      registered: false,
      hasWorked: false,
    });
    const command = (this.#events as LauncherEvents).commandFor(executorId);
    return executorTask(executorId, launch, command, this.#options.template);
  }

  /** As long as no executor works, the user is told why. */
  #tellWhy(): void {
    if (!this.#framework.isEnding) this.#events?.waiting(this.#waitingReason());
  }

  #waitingReason(): string | undefined {
    const executors = [...this.#executors.values()];
    if (executors.some(({ registered }) => registered)) return undefined;
    if (this.#framework.isConnected) {
      if (executors.length > 0) {
        const hosts = [...new Set(executors.map(({ hostname }) => hostname))].join(', ');
        return `executors were launched on ${hosts}, and have not come to work yet`;
      }
      if (this.#interest.wanted === 0) return undefined;
    }
    return this.#framework.whyNothingComes;
  }
}
