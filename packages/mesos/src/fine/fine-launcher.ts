import type { ExecutorLauncher, LauncherEvents } from '@firesteel/cluster';
import { FiresteelError } from '@firesteel/common';
import type {
  Offer,
  OfferID,
  SchedulerCallReconcileTask,
  SchedulerEventFailure,
  TaskInfo,
  TaskStatus,
} from '@firesteel/mesos-protocol';
import {
  type FrameworkCall,
  type FrameworkEvent,
  SchedulerClient,
  type SchedulerClientOptions,
} from '../client/scheduler-client.js';
import { type Clock, systemClock } from '../clock.js';
import { AgentExclusion, type AgentExclusionOptions } from '../coarse/agent-exclusion.js';
import { OfferReport } from '../coarse/offer-report.js';
import { taskEndOf } from '../coarse/task-end.js';
import type { Decline } from '../offers/decide-offers.js';
import {
  decideTaskOffers,
  type ExecutorStart,
  type TaskPolicy,
  type TaskRoom,
} from './decide-task-offers.js';
import { type ExecutorTemplate, engineTask, executorInfo, startingTask } from './task-infos.js';

export interface FineLauncherOptions
  extends Pick<
    SchedulerClientOptions,
    'masters' | 'framework' | 'credential' | 'tls' | 'registrationTimeoutMs'
  > {
  readonly policy: TaskPolicy;
  /** Cpus of executors and tasks together at most (`cores.max`); Infinity for no limit. */
  readonly maxCores: number;
  readonly template: ExecutorTemplate;
  readonly agentExclusion: Omit<AgentExclusionOptions, 'clock'>;
  readonly shutdownTimeoutMs: number;
  readonly clock?: Clock;
}

/** What the backend and its launcher tell each other. */
export interface FineEvents {
  /** Threads of an executor that idle. */
  idleSlots(executorId: string): number;
  /** How many tasks each executor may begin now; those that are not named, none. */
  rooms(tasks: ReadonlyMap<string, number>): void;
  /** The Mesos task is over, and its executor has not said so. */
  taskLost(taskId: number): void;
  /** Hands over what is to be launched, before room is divided anew. */
  flush(): void;
  subscribed(): void;
  /** No task can be launched any more. */
  failed(error: FiresteelError): void;
}

export interface TaskToLaunch {
  readonly taskId: number;
  readonly name: string;
}

interface Executor {
  readonly id: string;
  readonly start: ExecutorStart;
  readonly info: TaskInfo['executor'];
  isReady: boolean;
  /** Ended by us: no failure. */
  isRetired: boolean;
}

interface LiveTask {
  readonly executor: Executor;
  readonly cpus: number;
  /** Whether its executor knows of it. */
  hasArrived: boolean;
}

/** A master is not asked for offers more often. */
const reviveIntervalMs = 20;
/** Offers outlive the tasks that they were wanted for by so much: the next stage comes at once. */
const idleHoldMs = 100;
/** Offers that tasks do not take for so long are given back, and come again. */
const maxHoldMs = 10_000;
const maxFailuresInARow = 4;

/**
 * Starts an executor on an agent when tasks wait that others have no room for, and launches a Mesos
 * task for each task of the engine. Offers are kept while tasks may come that begin with them.
 */
export class FineLauncher implements ExecutorLauncher {
  readonly #options: FineLauncherOptions;
  readonly #clock: Clock;
  readonly #client: SchedulerClient;
  readonly #exclusion: AgentExclusion;
  readonly #report = new OfferReport();
  readonly #offers = new Map<string, { readonly offer: Offer; readonly sinceMs: number }>();
  readonly #executors = new Map<string, Executor>();
  /** By the id of the Mesos task. */
  readonly #tasks = new Map<string, LiveTask>();
  #rooms: ReadonlyMap<string, TaskRoom> = new Map();
  #events: LauncherEvents | undefined;
  #fine: FineEvents | undefined;
  #nextId = 0;
  #waiting = 0;
  #willDecide = false;
  #isSuppressed = true;
  #lastReviveAtMs = Number.NEGATIVE_INFINITY;
  #cancelRevive: (() => void) | undefined;
  #cancelHold: (() => void) | undefined;
  #failuresInARow = 0;
  #error: FiresteelError | undefined;
  #disconnectedBecause: string | undefined = 'no master has answered yet';
  #stopping: { resolve(): void } | undefined;

  constructor(options: FineLauncherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#exclusion = new AgentExclusion({ clock: this.#clock, ...options.agentExclusion });
    this.#client = new SchedulerClient({
      ...options,
      suppressedRoles: options.framework.roles ?? [],
      clock: this.#clock,
      tasks: () => this.#reconcilable(),
      listener: {
        onSubscribed: () => this.#subscribed(),
        onEvent: (event) => this.#received(event),
        onDisconnected: (why) => this.#disconnected(why),
        onFailed: (error) => this.#failed(error),
      },
    });
  }

  get maxSlots(): number | undefined {
    const { maxCores, policy } = this.#options;
    if (maxCores === Number.POSITIVE_INFINITY) return undefined;
    return Math.floor((maxCores - policy.executorCpus) / policy.cpusPerTask);
  }

  /** To be called before `start`. */
  attach(fine: FineEvents): void {
    this.#fine = fine;
  }

  start(events: LauncherEvents): void {
    this.#events = events;
    this.#client.start();
  }

  /** Tasks decide how many executors there are. */
  setTarget(): void {}

  registered(executorId: string): void {
    this.#failuresInARow = 0;
    const executor = this.#executors.get(executorId);
    if (executor !== undefined) executor.isReady = true;
  }

  /** How many tasks wait for room. */
  setWaiting(tasks: number): void {
    const before = this.#waiting;
    this.#waiting = tasks;
    if (this.#stopping !== undefined) return;
    // What was refused for want of tasks says nothing about why these wait.
    if (before === 0) this.#report.clear();
    if (tasks > before) this.#wantOffers();
    // What is offered is kept for a moment when nothing waits, and decided anew when something does.
    if (tasks > 0) this.decide();
    else this.#tellWhy();
    this.#armHold();
  }

  /** Threads have become idle, or new ones have come. */
  slotsIdle(): void {
    if (this.#waiting === 0 || this.#willDecide) return;
    this.#willDecide = true;
    queueMicrotask(() => {
      this.#willDecide = false;
      this.decide();
    });
  }

  /** Looks at all offers again. */
  decide(): void {
    this.#fine?.flush();
    if (this.#disconnectedBecause !== undefined || this.#stopping !== undefined) return;
    const { policy, maxCores } = this.#options;
    const held = sumOf(this.#executors.values(), () => policy.executorCpus);
    const taken = sumOf(this.#tasks.values(), ({ cpus }) => cpus);
    const decision = decideTaskOffers({
      offers: [...this.#offers.values()].map(({ offer }) => offer),
      executors: [...this.#executors.values()].map(({ id, start, isReady }) => ({
        id,
        agentId: start.agentId,
        role: start.role,
        hostname: start.hostname,
        ...(start.attributes && { attributes: start.attributes }),
        idleSlots: isReady ? (this.#fine?.idleSlots(id) ?? 0) : start.tasks,
        isStarting: !isReady,
      })),
      waiting: this.#error === undefined ? this.#waiting : 0,
      cpusLeft: maxCores - held - taken,
      policy,
      excludedUntilMs: this.#exclusion.excludedUntilMs,
      nowMs: this.#clock.now(),
    });
    for (const start of decision.starts) this.#startExecutor(start);
    this.#decline(decision.declines);
    this.#rooms = decision.rooms;
    this.#tellRooms();
    this.#tellWhy();
    this.#armHold();
  }

  /** Launches tasks with what is offered for their executor; there must be room for them. */
  launchTasks(executorId: string, tasks: readonly TaskToLaunch[]): void {
    const executor = this.#executors.get(executorId);
    const room = this.#rooms.get(executorId);
    if (executor === undefined || room === undefined) {
      for (const { taskId } of tasks) this.#fine?.taskLost(taskId);
      return;
    }
    const { cpusPerTask, memoryMiBPerTask } = this.#options.policy;
    const { resources } = room;
    const infos = tasks.map((task) => {
      this.#tasks.set(String(task.taskId), { executor, cpus: cpusPerTask, hasArrived: false });
      return engineTask(task, executor.start.agentId, executor.info, [
        ...resources.take('cpus', cpusPerTask, false),
        ...resources.take('mem', memoryMiBPerTask, false),
      ]);
    });
    this.#accept(room.offers, infos);
    this.#rooms = new Map([...this.#rooms].filter(([id]) => id !== executorId));
    this.#tellRooms();
    if (this.#waiting > 0) this.#wantOffers();
  }

  /** A task that Mesos has not passed on yet does not end by being killed in its executor. */
  killTasks(taskIds: readonly number[]): void {
    for (const taskId of taskIds) {
      const task = this.#tasks.get(String(taskId));
      if (task?.hasArrived === false) this.#kill(String(taskId), task.executor.start.agentId);
    }
  }

  retire(executorId: string): void {
    this.#shutdown(executorId);
  }

  kill(executorId: string): void {
    this.#shutdown(executorId);
  }

  async stop(): Promise<void> {
    if (this.#stopping !== undefined) return;
    const allEnded = new Promise<void>((resolve) => {
      this.#stopping = { resolve };
    });
    this.#cancelRevive?.();
    this.#cancelHold?.();
    // Those that have registered end by themselves; to the others nobody has spoken yet.
    for (const { id, isReady } of this.#executors.values()) if (!isReady) this.#shutdown(id);
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
    this.#forgetOffers();
    this.#report.clear();
    this.#fine?.subscribed();
    if (this.#waiting > 0) this.#wantOffers();
  }

  #disconnected(why: string): void {
    this.#disconnectedBecause = why;
    this.#forgetOffers();
    this.#tellWhy();
  }

  #forgetOffers(): void {
    this.#offers.clear();
    this.#rooms = new Map();
    this.#tellRooms();
  }

  #failed(error: FiresteelError): void {
    this.#error = error;
    this.#stopping?.resolve();
    this.#events?.failed(error);
    this.#fine?.failed(error);
  }

  #received(event: FrameworkEvent): void {
    switch (event.type) {
      case 'OFFERS': {
        const sinceMs = this.#clock.now();
        for (const offer of event.offers.offers ?? [])
          this.#offers.set(offer.id.value, { offer, sinceMs });
        if (this.#waiting > 0) this.decide();
        this.#armHold();
        return;
      }
      case 'RESCIND':
        if (this.#offers.delete(event.rescind.offer_id.value)) this.decide();
        return;
      case 'UPDATE':
        this.#updated(event.update.status);
        return;
      case 'FAILURE':
        this.#failure(event.failure);
    }
  }

  #updated(status: TaskStatus): void {
    const id = status.task_id.value;
    const task = this.#tasks.get(id);
    const end = taskEndOf(status);
    if (end === undefined) {
      // One that was given up is alive.
      if (task === undefined && status.agent_id !== undefined)
        this.#kill(id, status.agent_id.value);
      if (task !== undefined) task.hasArrived = status.state !== 'TASK_STAGING';
      return;
    }
    if (task === undefined) return;
    this.#tasks.delete(id);
    const { executor } = task;
    const isOwn = id === startingTask.idOf(executor.id);
    // An executor that does not come to work, or that gets tasks which Mesos does not take.
    const isBroken = isOwn ? !executor.isReady : status.state === 'TASK_ERROR';
    if (isBroken) this.#executorEnded(executor, `${end.reason} on ${executor.start.hostname}`);
    else if (!isOwn) this.#fine?.taskLost(Number(id));
    if (this.#waiting > 0) this.#wantOffers();
    this.#endIfDone();
  }

  #failure({ agent_id, executor_id, status }: SchedulerEventFailure): void {
    if (agent_id === undefined) return;
    if (executor_id !== undefined) {
      const executor = this.#executors.get(executor_id.value);
      if (executor !== undefined) this.#executorEnded(executor, endOf(status, executor));
      return;
    }
    this.#report.agentLost(agent_id.value);
    for (const executor of [...this.#executors.values()])
      if (executor.start.agentId === agent_id.value)
        this.#executorEnded(executor, `its agent ${executor.start.hostname} is lost`, false);
  }

  #executorEnded(executor: Executor, reason: string, mayBeItsFault = true): void {
    this.#executors.delete(executor.id);
    this.#events?.ended(executor.id, reason);
    if (this.#stopping !== undefined) {
      this.#endIfDone();
      return;
    }
    if (mayBeItsFault && !executor.isRetired) this.#countFailure(executor, reason);
    this.decide();
  }

  #countFailure({ id, start, isReady }: Executor, reason: string): void {
    this.#exclusion.failed(start.agentId);
    if (isReady || ++this.#failuresInARow < maxFailuresInARow) return;
    this.#failed(
      new FiresteelError(
        'EXECUTOR_LOST',
        `${this.#failuresInARow} executors in a row have ended before they came to work, the last one because ${reason}. No more are started; its output is in the sandbox of executor ${id} on that agent.`,
        { data: { executorId: id, failures: this.#failuresInARow, reason } },
      ),
    );
  }

  #startExecutor(start: ExecutorStart): void {
    const { policy, template } = this.#options;
    const id = String(this.#nextId++);
    const { resources } = start;
    const command = (this.#events as LauncherEvents).commandFor(id);
    const info = executorInfo(id, start, command, template, [
      ...resources.take('cpus', policy.executorCpus, false),
      ...resources.take('mem', policy.executorMemoryMiB, false),
    ]);
    const executor: Executor = { id, start, info, isReady: false, isRetired: false };
    this.#executors.set(id, executor);
    this.#tasks.set(startingTask.idOf(id), {
      executor,
      cpus: startingTask.cpus,
      hasArrived: false,
    });
    this.#accept(start.offers, [
      startingTask.infoOf(id, start.agentId, info, [
        ...resources.take('cpus', startingTask.cpus, false),
        ...resources.take('mem', policy.memoryMiBPerTask, false),
      ]),
    ]);
    // The rest of the offer is for the tasks that come when the executor has.
    this.#wantOffers();
  }

  #accept(offers: readonly Offer[], tasks: readonly TaskInfo[]): void {
    for (const { id } of offers) this.#offers.delete(id.value);
    this.#call({
      type: 'ACCEPT',
      accept: {
        offer_ids: offers.map(({ id }) => id),
        operations: [{ type: 'LAUNCH', launch: { task_infos: tasks } }],
        filters: { refuse_seconds: 0 },
      },
    });
  }

  #decline(declines: readonly Decline[]): void {
    const offersBySeconds = new Map<number, OfferID[]>();
    for (const { agentId, hostname, offerIds, refusal } of declines) {
      this.#report.refused(agentId, hostname, refusal);
      for (const { value } of offerIds) this.#offers.delete(value);
      const offers = offersBySeconds.get(refusal.refuseSeconds);
      if (offers === undefined) offersBySeconds.set(refusal.refuseSeconds, [...offerIds]);
      else offers.push(...offerIds);
    }
    for (const [refuse_seconds, offer_ids] of offersBySeconds)
      this.#call({ type: 'DECLINE', decline: { offer_ids, filters: { refuse_seconds } } });
  }

  /**
   * Asks for offers at once: a master makes none between its rounds for what tasks have just given
   * back, and none at all for a second of what an accepted offer has left over.
   */
  #wantOffers(): void {
    if (this.#disconnectedBecause !== undefined || this.#cancelRevive !== undefined) return;
    const dueInMs = this.#lastReviveAtMs + reviveIntervalMs - this.#clock.now();
    const revive = (): void => {
      this.#cancelRevive = undefined;
      if (this.#waiting === 0 || this.#disconnectedBecause !== undefined) return;
      this.#lastReviveAtMs = this.#clock.now();
      this.#isSuppressed = false;
      this.#call({ type: 'REVIVE' });
    };
    if (dueInMs <= 0) revive();
    else this.#cancelRevive = this.#clock.setTimer(dueInMs, revive);
  }

  /** Offers that nobody takes go back: soon if nothing waits for them, else after a while. */
  #armHold(): void {
    this.#cancelHold?.();
    this.#cancelHold = undefined;
    const isIdle = this.#waiting === 0;
    if (this.#offers.size === 0 && !(isIdle && !this.#isSuppressed)) return;
    const now = this.#clock.now();
    const oldestMs = Math.min(now, ...[...this.#offers.values()].map(({ sinceMs }) => sinceMs));
    const delayMs = isIdle ? idleHoldMs : Math.max(0, oldestMs + maxHoldMs - now);
    this.#cancelHold = this.#clock.setTimer(delayMs, () => {
      this.#cancelHold = undefined;
      if (this.#waiting === 0) this.#rest();
      else this.#giveBack();
    });
  }

  #rest(): void {
    this.decide();
    if (this.#isSuppressed || this.#disconnectedBecause !== undefined) return;
    this.#isSuppressed = true;
    this.#call({ type: 'SUPPRESS' });
  }

  #giveBack(): void {
    const before = this.#clock.now() - maxHoldMs;
    const old = [...this.#offers.values()].filter(({ sinceMs }) => sinceMs <= before);
    const offer_ids = old.map(({ offer }) => offer.id);
    for (const { value } of offer_ids) this.#offers.delete(value);
    if (offer_ids.length > 0)
      this.#call({ type: 'DECLINE', decline: { offer_ids, filters: { refuse_seconds: 1 } } });
    this.decide();
  }

  #shutdown(executorId: string): void {
    const executor = this.#executors.get(executorId);
    if (executor === undefined) return;
    executor.isRetired = true;
    this.#executors.delete(executorId);
    this.#call({
      type: 'SHUTDOWN',
      shutdown: {
        executor_id: { value: executorId },
        agent_id: { value: executor.start.agentId },
      },
    });
    this.#endIfDone();
  }

  #kill(taskId: string, agentId: string): void {
    this.#call({
      type: 'KILL',
      kill: { task_id: { value: taskId }, agent_id: { value: agentId } },
    });
  }

  /**
   * What is lost with a connection needs no care: offers are void then, tasks are reconciled, and
   * executors that were given up end with their connection to the driver.
   */
  #call(call: FrameworkCall): void {
    this.#client.call(call).catch((error: unknown) => {
      if (!FiresteelError.is(error, 'MESOS_DISCONNECTED')) this.#failed(error as FiresteelError);
    });
  }

  #reconcilable(): readonly SchedulerCallReconcileTask[] {
    return [...this.#tasks].map(([id, { executor }]) => ({
      task_id: { value: id },
      agent_id: { value: executor.start.agentId },
    }));
  }

  #tellRooms(): void {
    this.#fine?.rooms(new Map([...this.#rooms].map(([id, { tasks }]) => [id, tasks])));
  }

  /** Tasks wait, and none runs: for a reason that the user may change. */
  #tellWhy(): void {
    if (this.#stopping !== undefined || this.#error !== undefined) return;
    const isStuck = this.#waiting > 0 && this.#tasks.size === 0 && this.#rooms.size === 0;
    this.#events?.waiting(
      !isStuck
        ? undefined
        : this.#disconnectedBecause === undefined
          ? this.#report.summary
          : `no Mesos master is connected: ${this.#disconnectedBecause}`,
    );
  }

  #endIfDone(): void {
    if (this.#executors.size === 0) this.#stopping?.resolve();
  }
}

/** `status` is what wait(2) gives; -1 stands for an end that nobody has seen. */
function endOf(status: number | undefined, { start }: Executor): string {
  const how =
    status === undefined || status < 0
      ? 'has ended'
      : (status & 127) === 0
        ? `has ended with exit code ${(status >> 8) & 255}`
        : `was ended by signal ${status & 127}`;
  return `its process on ${start.hostname} ${how}`;
}

function sumOf<T>(rows: Iterable<T>, amountOf: (row: T) => number): number {
  let total = 0;
  for (const row of rows) total += amountOf(row);
  return total;
}
