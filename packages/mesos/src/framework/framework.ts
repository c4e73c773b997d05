import { FiresteelError } from '@firesteel/common';
import type {
  InverseOffer,
  OfferID,
  SchedulerEventFailure,
  TaskInfo,
} from '@firesteel/mesos-protocol';
import {
  type FrameworkCall,
  type FrameworkEvent,
  SchedulerClient,
  type SchedulerClientOptions,
} from '../client/scheduler-client.js';
import { type Clock, systemClock } from '../clock.js';
import type { AgentPolicy } from '../offers/agent-refusal.js';
import type { Decline } from '../offers/decide-offers.js';
import { untilDrainMs } from '../offers/maintenance.js';
import type { AgentExclusionOptions } from './agent-exclusion.js';
import { ExecutorFailures, type FailedExecutor } from './executor-failures.js';
import { OfferReport } from './offer-report.js';

export interface FrameworkOptions
  extends Pick<
    SchedulerClientOptions,
    | 'masters'
    | 'framework'
    | 'credential'
    | 'tls'
    | 'suppressedRoles'
    | 'registrationTimeoutMs'
    | 'random'
  > {
  readonly agentExclusion: Omit<AgentExclusionOptions, 'clock'>;
  /** What executors run, and what that takes. */
  readonly executorProgram: string;
  readonly policy: Pick<AgentPolicy, 'maintenanceLeadMs'>;
  /** How long executors may take to end by themselves. */
  readonly shutdownTimeoutMs: number;
  readonly clock?: Clock;
}

/** How often a master asks for an agent that executors are still leaving. */
const drainIntervalSeconds = 10;
/** A day: masters take more, but plans change. */
const maxRefuseSeconds = 86_400;

/** What a launcher does about what its framework hears. */
export interface FrameworkListener {
  /** With each subscription, the first and every later one: all offers from before are void. */
  subscribed(): void;
  /** No master is connected: all offers are void. */
  disconnected(): void;
  received(event: FrameworkEvent): void;
  /** Executors of the agent are to leave it; told again and again until none is there. */
  drain(agentId: string): void;
  /** No executors can be had any more. */
  failed(error: FiresteelError): void;
  /** Agents of the Mesos tasks that are taken to be alive, by task. */
  agentsByTask(): Iterable<readonly [taskId: string, agentId: string]>;
  /** Executors that are not known to be over. */
  executors(): number;
}

/**
 * What launchers of every mode do as a framework: it registers, declines, reconciles, knows why
 * nothing comes, and ends in good order. Which offers are taken, and for what, launchers decide.
 */
export class Framework {
  readonly clock: Clock;
  readonly report = new OfferReport();
  readonly #options: FrameworkOptions;
  readonly #listener: FrameworkListener;
  readonly #client: SchedulerClient;
  readonly #failures: ExecutorFailures;
  /** Why no master is connected; undefined while one is. */
  #disconnectedBecause: string | undefined = 'no master has answered yet';
  #hasGivenUp = false;
  /** No update comes any more. */
  #isOver = false;
  #stopping: { readonly resolve: () => void } | undefined;

  constructor(options: FrameworkOptions, listener: FrameworkListener) {
    const {
      agentExclusion,
      executorProgram,
      shutdownTimeoutMs: _,
      policy: __,
      clock = systemClock,
      ...ofClient
    } = options;
    this.#options = options;
    this.#listener = listener;
    this.clock = clock;
    this.#failures = new ExecutorFailures({ clock, ...agentExclusion }, executorProgram);
    this.#client = new SchedulerClient({
      ...ofClient,
      clock,
      tasks: () =>
        [...listener.agentsByTask()].map(([taskId, agentId]) => ({
          task_id: { value: taskId },
          agent_id: { value: agentId },
        })),
      listener: {
        onSubscribed: () => {
          this.#disconnectedBecause = undefined;
          this.report.clear();
          listener.subscribed();
        },
        onEvent: (event) => {
          if (event.type === 'FAILURE') this.#agentFailed(event.failure);
          if (event.type === 'INVERSE_OFFERS')
            for (const offer of event.inverse_offers.inverse_offers ?? []) this.#giveAway(offer);
          listener.received(event);
        },
        onDisconnected: (why) => {
          this.#disconnectedBecause = why;
          listener.disconnected();
        },
        onFailed: (error) => {
          this.#isOver = true;
          this.#fail(error);
        },
      },
    });
  }

  get isConnected(): boolean {
    return this.#disconnectedBecause === undefined;
  }

  /** No executors are started any more. */
  get isEnding(): boolean {
    return this.#hasGivenUp || this.isStopping;
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Agents that get no executors, as in {@link ExecutorFailures}. */
  get excludedUntilMs(): ReadonlyMap<string, number> {
    return this.#failures.excludedUntilMs;
  }

  /** One line. */
  get whyNothingComes(): string {
    if (this.#disconnectedBecause !== undefined)
      return `no Mesos master is connected: ${this.#disconnectedBecause}`;
    const { summary } = this.report;
    const { last } = this.#failures;
    return last === undefined ? summary : `${summary}; ${last}`;
  }

  start(): void {
    this.#client.start();
  }

  /** An executor has come to work. */
  executorWorks(): void {
    this.#failures.reset();
  }

  /** An executor has ended, and may be to blame, or its agent. */
  executorFailed(executor: FailedExecutor): void {
    this.#failures.add(executor);
    if (this.#failures.areTooMany) this.#fail(this.#failures.error);
  }

  /** To be called after each decision: without an agent that is left there is nothing to wait for. */
  giveUpWithoutAgents(): void {
    if (this.isEnding || this.#failures.last === undefined) return;
    if (this.#listener.executors() > 0) return;
    if (this.report.everyAgentIsExcluded) this.#fail(this.#failures.error);
  }

  /**
   * What is lost with a connection needs no care: offers are void then, tasks are reconciled, and
   * whatever was to end and turns out to be alive is ended again.
   */
  call(call: FrameworkCall): void {
    this.#client.call(call).catch((error: unknown) => {
      if (!FiresteelError.is(error, 'MESOS_DISCONNECTED')) this.#fail(error as FiresteelError);
    });
  }

  /** @param refuseSeconds for how long what tasks leave over shall not be offered again */
  launch(
    offer_ids: readonly OfferID[],
    task_infos: readonly TaskInfo[],
    refuseSeconds: number,
  ): void {
    this.call({
      type: 'ACCEPT',
      accept: {
        offer_ids,
        operations: [{ type: 'LAUNCH', launch: { task_infos } }],
        filters: { refuse_seconds: refuseSeconds },
      },
    });
  }

  decline(declines: readonly Decline[]): void {
    const offersBySeconds = new Map<number, OfferID[]>();
    for (const { agentId, hostname, offerIds, refusal } of declines) {
      this.report.refused(agentId, hostname, refusal);
      const { refuseSeconds } = refusal;
      const offers = offersBySeconds.get(refuseSeconds);
      if (offers === undefined) offersBySeconds.set(refuseSeconds, [...offerIds]);
      else offers.push(...offerIds);
    }
    for (const [refuseSeconds, offerIds] of offersBySeconds) this.giveBack(offerIds, refuseSeconds);
  }

  giveBack(offer_ids: readonly OfferID[], refuseSeconds: number): void {
    this.call({
      type: 'DECLINE',
      decline: { offer_ids, filters: { refuse_seconds: refuseSeconds } },
    });
  }

  killTask(taskId: string, agentId: string): void {
    this.call({
      type: 'KILL',
      kill: { task_id: { value: taskId }, agent_id: { value: agentId } },
    });
  }

  /**
   * Waits until executors are over, for the shutdown timeout at most, and ends the framework.
   * @param endIdle ends executors that nobody else does
   */
  async stop(endIdle: () => void): Promise<void> {
    if (this.#stopping !== undefined) return;
    const allEnded = new Promise<void>((resolve) => {
      this.#stopping = { resolve };
    });
    endIdle();
    this.stopIfDone();
    const cancelTimeout = this.clock.setTimer(this.#options.shutdownTimeoutMs, () =>
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

  /** To be called when an executor is over. */
  stopIfDone(): void {
    if (this.#isOver || this.#listener.executors() === 0) this.#stopping?.resolve();
  }

  #agentFailed({ agent_id, executor_id }: SchedulerEventFailure): void {
    if (agent_id !== undefined && executor_id === undefined) this.report.agentLost(agent_id.value);
  }

  /**
   * A machine is to go down, and its master asks for what runs there. It asks again when the filter
   * of the answer is over: when it is time to leave, and while somebody is still there.
   */
  #giveAway({ id, agent_id, unavailability }: InverseOffer): void {
    const { maintenanceLeadMs } = this.#options.policy;
    const waitMs = untilDrainMs(unavailability, maintenanceLeadMs, this.clock.now());
    const refuse_seconds = Math.max(drainIntervalSeconds, waitMs / 1_000);
    this.call({
      type: 'ACCEPT_INVERSE_OFFERS',
      accept_inverse_offers: {
        inverse_offer_ids: [id],
        filters: { refuse_seconds: Math.min(refuse_seconds, maxRefuseSeconds) },
      },
    });
    if (waitMs <= 0 && agent_id !== undefined) this.#listener.drain(agent_id.value);
  }

  #fail(error: FiresteelError): void {
    this.#hasGivenUp = true;
    this.#stopping?.resolve();
    this.#listener.failed(error);
  }
}
