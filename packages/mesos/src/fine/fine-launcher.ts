import type { ExecutorLauncher, LauncherEvents } from '@firesteel/cluster';
import type { FiresteelError } from '@firesteel/common';
import type { Offer, TaskInfo, TaskStatus } from '@firesteel/mesos-protocol';
import type { FrameworkEvent } from '../client/scheduler-client.js';
import { Framework, type FrameworkOptions } from '../framework/framework.js';
import type { Decline, Demand } from '../offers/decide-offers.js';
import { sumOf } from '../sum-of.js';
import {
  decideTaskOffers,
  type ExecutorStart,
  type TaskPolicy,
  type TaskRoom,
} from './decide-task-offers.js';
import { type ExecutorTemplate, FineExecutor, type TaskToLaunch } from './fine-executor.js';
import { LiveExecutors } from './live-executors.js';
import { OfferPool } from './offer-pool.js';

export interface FineLauncherOptions extends Omit<FrameworkOptions, 'suppressedRoles'> {
  readonly policy: TaskPolicy;
  /** Of executors and tasks together. */
  readonly limits: Pick<Demand, 'maxCores' | 'maxGpus'>;
  readonly template: ExecutorTemplate;
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

/**
 * Starts an executor on an agent when tasks wait that others have no room for, and launches a Mesos
 * task for each task of the engine. Offers are kept while tasks may come that begin with them.
 */
export class FineLauncher implements ExecutorLauncher {
  readonly #options: FineLauncherOptions;
  readonly #framework: Framework;
  readonly #pool: OfferPool;
  readonly #executors: LiveExecutors;
  #rooms: ReadonlyMap<string, TaskRoom> = new Map();
  #events: LauncherEvents | undefined;
  #fine: FineEvents | undefined;
  #nextId = 0;
  #waiting = 0;
  #willDecide = false;

  constructor(options: FineLauncherOptions) {
    const { limits: _, template: __, ...ofFramework } = options;
    this.#options = options;
    this.#framework = new Framework(
      { ...ofFramework, suppressedRoles: options.framework.roles ?? [] },
      {
        subscribed: () => this.#subscribed(),
        disconnected: () => {
          this.#forgetOffers();
          this.#tellWhy();
        },
        received: (event) => this.#received(event),
        drain: (agentId) => this.#drain(agentId),
        failed: (error) => {
          this.#events?.failed(error);
          this.#fine?.failed(error);
        },
        agentsByTask: () => this.#executors.agentsByTask(),
        executors: () => this.#executors.count,
      },
    );
    this.#executors = new LiveExecutors({
      ended: (executor, reason, isItsFault) => this.#ended(executor, reason, isItsFault),
      failed: (executor, reason) => this.#blame(executor, reason),
      taskOver: (taskId) => this.#fine?.taskLost(taskId),
      stray: (taskId, agentId) => this.#framework.killTask(taskId, agentId),
    });
    this.#pool = new OfferPool({
      framework: this.#framework,
      waiting: () => this.#waiting,
      decide: () => this.decide(),
    });
  }

  get maxSlots(): number | undefined {
    const { limits, policy } = this.#options;
    const { maxCores } = limits;
    if (maxCores === Number.POSITIVE_INFINITY) return undefined;
    return Math.floor((maxCores - policy.executorCpus) / policy.cpusPerTask);
  }

  /** To be called before `start`. */
  attach(fine: FineEvents): void {
    this.#fine = fine;
  }

  start(events: LauncherEvents): void {
    this.#events = events;
    this.#framework.start();
  }

  /** Tasks decide how many executors there are. */
  setTarget(): void {}

  registered(executorId: string): void {
    const executor = this.#executors.get(executorId);
    if (executor !== undefined) executor.isReady = true;
  }

  worked(executorId: string): void {
    const executor = this.#executors.get(executorId);
    if (executor !== undefined) executor.hasWorked = true;
    this.#framework.executorWorks();
  }

  /** How many tasks wait for room. */
  setWaiting(tasks: number): void {
    const before = this.#waiting;
    this.#waiting = tasks;
    if (this.#framework.isStopping) return;
    // What was refused for want of tasks says nothing about why these wait.
    if (before === 0) this.#framework.report.clear();
    if (tasks > before) this.#pool.want();
    // What is offered is kept for a moment when nothing waits, and decided anew when something does.
    if (tasks > 0) this.decide();
    else this.#tellWhy();
    this.#pool.hold();
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
    const framework = this.#framework;
    if (!framework.isConnected || framework.isStopping) return;
    const { policy, limits, random = Math.random } = this.#options;
    const executors = this.#executors.all();
    const heldCpus = executors.length * policy.executorCpus + this.#executors.taskCpus;
    const heldGpus = sumOf(executors, ({ start }) => start.gpus);
    const decision = decideTaskOffers({
      offers: this.#pool.offers,
      executors: executors.map(({ id, start, isReady }) => ({
        id,
        agentId: start.agentId,
        role: start.role,
        kinds: start.kinds,
        hostname: start.hostname,
        ...(start.attributes && { attributes: start.attributes }),
        idleSlots: isReady ? (this.#fine?.idleSlots(id) ?? 0) : start.tasks,
        isStarting: !isReady,
      })),
      waiting: framework.isEnding ? 0 : this.#waiting,
      cpusLeft: limits.maxCores - heldCpus,
      gpusLeft: Math.max(0, limits.maxGpus - heldGpus),
      policy,
      excludedUntilMs: framework.excludedUntilMs,
      nowMs: framework.clock.now(),
      random,
    });
    for (const start of decision.starts) this.#startExecutor(start);
    this.#decline(decision.declines);
    this.#rooms = decision.rooms;
    this.#tellRooms();
    framework.giveUpWithoutAgents();
    this.#tellWhy();
    this.#pool.hold();
  }

  /** Launches tasks with what is offered for their executors; there must be room for them. */
  launchTasks(launches: ReadonlyMap<string, readonly TaskToLaunch[]>): void {
    const rooms = new Map(this.#rooms);
    for (const [executorId, tasks] of launches) {
      const executor = this.#executors.get(executorId);
      const room = rooms.get(executorId);
      if (executor === undefined || room === undefined) {
        for (const { taskId } of tasks) this.#fine?.taskLost(taskId);
        continue;
      }
      rooms.delete(executorId);
      this.#launch(executor, room, tasks);
    }
    this.#rooms = rooms;
    this.#tellRooms();
  }

  /** A task that Mesos has not passed on yet does not end by being killed in its executor. */
  killTasks(taskIds: readonly number[]): void {
    for (const taskId of taskIds) {
      const agentId = this.#executors.agentBeforeArrival(String(taskId));
      if (agentId !== undefined) this.#framework.killTask(String(taskId), agentId);
    }
  }

  retire(executorId: string): void {
    this.#shutdown(executorId);
  }

  kill(executorId: string): void {
    this.#shutdown(executorId);
  }

  async stop(): Promise<void> {
    this.#pool.stop();
    // Those that have registered end by themselves; to the others nobody has spoken yet.
    await this.#framework.stop(() => {
      for (const { id, isReady } of this.#executors.all()) if (!isReady) this.#shutdown(id);
    });
  }

  #drain(agentId: string): void {
    for (const { id, isReady } of this.#executors.on(agentId))
      if (isReady) this.#events?.leaving(id);
      else this.#shutdown(id);
  }

  #subscribed(): void {
    this.#forgetOffers();
    this.#fine?.subscribed();
    if (this.#waiting > 0) this.#pool.want();
  }

  #forgetOffers(): void {
    this.#pool.clear();
    this.#rooms = new Map();
    this.#tellRooms();
  }

  #received(event: FrameworkEvent): void {
    switch (event.type) {
      case 'OFFERS':
        this.#pool.add(event.offers.offers ?? []);
        if (this.#waiting > 0) this.decide();
        this.#pool.hold();
        return;
      case 'RESCIND':
        if (this.#pool.remove(event.rescind.offer_id.value)) this.decide();
        return;
      case 'UPDATE':
        this.#updated(event.update.status);
        return;
      case 'FAILURE':
        this.#executors.failed(event.failure);
    }
  }

  #updated(status: TaskStatus): void {
    const executor = this.#executors.updated(status);
    if (executor === undefined) return;
    // Its cpus are of use to its executor.
    if (this.#waiting > 0) this.#pool.want(executor.start.role);
    this.#framework.stopIfDone();
  }

  #ended(executor: FineExecutor, reason: string, isItsFault: boolean): void {
    this.#events?.ended(executor.id, reason);
    if (this.#framework.isStopping) {
      this.#framework.stopIfDone();
      return;
    }
    if (isItsFault) this.#blame(executor, reason);
    this.decide();
  }

  #blame({ id, agentId, hasWorked }: FineExecutor, reason: string): void {
    this.#framework.executorFailed({ executorId: id, agentId, hasWorked, reason });
  }

  #startExecutor(start: ExecutorStart): void {
    const { policy, template } = this.#options;
    const id = String(this.#nextId++);
    const command = (this.#events as LauncherEvents).commandFor(id);
    const executor = new FineExecutor(id, start, command, policy, template);
    this.#executors.add(executor);
    this.#accept(start.offers, [executor.startingTask]);
    // The rest of the offer is for the tasks that come when the executor has.
    this.#pool.want(start.role);
  }

  #launch(executor: FineExecutor, room: TaskRoom, tasks: readonly TaskToLaunch[]): void {
    const { cpusPerTask } = this.#options.policy;
    const infos = tasks.map((task) => executor.task(task, room.resources));
    for (const info of infos) this.#executors.addTask(info, executor, cpusPerTask);
    this.#accept(room.offers, infos);
    if (this.#waiting > 0) this.#pool.want(executor.start.role);
  }

  #accept(offers: readonly Offer[], tasks: readonly TaskInfo[]): void {
    for (const { id } of offers) this.#pool.remove(id.value);
    this.#framework.launch(
      offers.map(({ id }) => id),
      tasks,
      0,
    );
  }

  #decline(declines: readonly Decline[]): void {
    for (const { offerIds } of declines) for (const { value } of offerIds) this.#pool.remove(value);
    this.#framework.decline(declines);
    // What one role cannot use, because the executor there has another one, that one may.
    for (const { agentId, role, refusal } of declines) {
      if (refusal.reason !== 'executorsPerAgentReached') continue;
      for (const { start } of this.#executors.on(agentId))
        if (start.role !== role) this.#pool.want(start.role);
    }
  }

  #shutdown(executorId: string): void {
    const executor = this.#executors.remove(executorId);
    if (executor === undefined) return;
    this.#framework.call({
      type: 'SHUTDOWN',
      shutdown: {
        executor_id: { value: executorId },
        agent_id: { value: executor.agentId },
      },
    });
    this.#framework.stopIfDone();
  }

  #tellRooms(): void {
    this.#fine?.rooms(new Map([...this.#rooms].map(([id, { tasks }]) => [id, tasks])));
  }

  /** Tasks wait, and none runs: for a reason that the user may change. */
  #tellWhy(): void {
    if (this.#framework.isEnding) return;
    const isStuck = this.#waiting > 0 && !this.#executors.hasTasks && this.#rooms.size === 0;
    this.#events?.waiting(isStuck ? this.#framework.whyNothingComes : undefined);
  }
}
