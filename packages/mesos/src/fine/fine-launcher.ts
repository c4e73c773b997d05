import type { ExecutorLauncher, LauncherEvents } from '@firesteel/cluster';
import type { FiresteelError } from '@firesteel/common';
import type { Offer, SchedulerEventFailure, TaskInfo, TaskStatus } from '@firesteel/mesos-protocol';
import type { FrameworkEvent } from '../client/scheduler-client.js';
import { Framework, type FrameworkOptions } from '../framework/framework.js';
import { processEnd, taskEndOf } from '../framework/task-end.js';
import type { Decline } from '../offers/decide-offers.js';
import { sumOf } from '../sum-of.js';
import {
  decideTaskOffers,
  type ExecutorStart,
  type TaskPolicy,
  type TaskRoom,
} from './decide-task-offers.js';
import { OfferPool } from './offer-pool.js';
import { type ExecutorTemplate, engineTask, executorInfo, startingTask } from './task-infos.js';

export interface FineLauncherOptions extends Omit<FrameworkOptions, 'suppressedRoles'> {
  readonly policy: TaskPolicy;
  /** Cpus of executors and tasks together at most (`cores.max`); Infinity for no limit. */
  readonly maxCores: number;
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

export interface TaskToLaunch {
  readonly taskId: number;
  readonly name: string;
}

interface Executor {
  readonly id: string;
  readonly start: ExecutorStart;
  readonly info: TaskInfo['executor'];
  isReady: boolean;
  hasWorked: boolean;
  isOver: boolean;
  /** How its process ended, while the task that started it is not known to have. */
  processEnd?: string;
}

interface LiveTask {
  readonly executor: Executor;
  readonly cpus: number;
  /** Whether its executor knows of it. */
  hasArrived: boolean;
}

/**
 * Starts an executor on an agent when tasks wait that others have no room for, and launches a Mesos
 * task for each task of the engine. Offers are kept while tasks may come that begin with them.
 */
export class FineLauncher implements ExecutorLauncher {
  readonly #options: FineLauncherOptions;
  readonly #framework: Framework;
  readonly #pool: OfferPool;
  readonly #executors = new Map<string, Executor>();
  /** By the id of the Mesos task. */
  readonly #tasks = new Map<string, LiveTask>();
  #rooms: ReadonlyMap<string, TaskRoom> = new Map();
  #events: LauncherEvents | undefined;
  #fine: FineEvents | undefined;
  #nextId = 0;
  #waiting = 0;
  #willDecide = false;

  constructor(options: FineLauncherOptions) {
    const { maxCores: _, template: __, ...ofFramework } = options;
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
        agentsByTask: () =>
          [...this.#tasks].map(([id, { executor }]) => [id, executor.start.agentId]),
        executors: () => this.#executors.size,
      },
    );
    this.#pool = new OfferPool({
      framework: this.#framework,
      waiting: () => this.#waiting,
      decide: () => this.decide(),
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
    const { policy, maxCores } = this.#options;
    const held = sumOf(this.#executors.values(), () => policy.executorCpus);
    const taken = sumOf(this.#tasks.values(), ({ cpus }) => cpus);
    const decision = decideTaskOffers({
      offers: this.#pool.offers,
      executors: [...this.#executors.values()].map(({ id, start, isReady }) => ({
        id,
        agentId: start.agentId,
        role: start.role,
        hostname: start.hostname,
        ...(start.attributes && { attributes: start.attributes }),
        idleSlots: isReady ? (this.#fine?.idleSlots(id) ?? 0) : start.tasks,
        isStarting: !isReady,
      })),
      waiting: framework.isEnding ? 0 : this.#waiting,
      cpusLeft: maxCores - held - taken,
      policy,
      excludedUntilMs: framework.excludedUntilMs,
      nowMs: framework.clock.now(),
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
    if (this.#waiting > 0) this.#pool.want();
  }

  /** A task that Mesos has not passed on yet does not end by being killed in its executor. */
  killTasks(taskIds: readonly number[]): void {
    for (const taskId of taskIds) {
      const task = this.#tasks.get(String(taskId));
      if (task?.hasArrived === false)
        this.#framework.killTask(String(taskId), task.executor.start.agentId);
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
      for (const { id, isReady } of this.#executors.values()) if (!isReady) this.#shutdown(id);
    });
  }

  #drain(agentId: string): void {
    for (const { id, start, isReady } of [...this.#executors.values()]) {
      if (start.agentId !== agentId) continue;
      if (isReady) this.#events?.leaving(id);
      else this.#shutdown(id);
    }
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
        this.#framework.killTask(id, status.agent_id.value);
      if (task !== undefined) task.hasArrived = status.state !== 'TASK_STAGING';
      return;
    }
    if (task === undefined) return;
    this.#tasks.delete(id);
    const { executor } = task;
    const isOwn = id === startingTask.idOf(executor.id);
    // An executor that does not come to work, or that gets tasks which Mesos does not take.
    const isBroken = isOwn ? !executor.isReady : status.state === 'TASK_ERROR';
    if (isBroken) {
      const taskEnd = `${end.reason} on ${executor.start.hostname}`;
      const { processEnd } = executor;
      const reason = processEnd === undefined ? taskEnd : `${taskEnd}; ${processEnd}`;
      this.#executorEnded(executor, reason, end.isFailure);
    } else if (!isOwn) this.#fine?.taskLost(Number(id));
    if (this.#waiting > 0) this.#pool.want();
    this.#framework.stopIfDone();
  }

  #failure({ agent_id, executor_id, status }: SchedulerEventFailure): void {
    if (agent_id === undefined) return;
    if (executor_id !== undefined) {
      const executor = this.#executors.get(executor_id.value);
      if (executor === undefined) return;
      const end = processEnd(status, executor.start.hostname);
      // Why one did not come to work, the end of the task that started it tells, which comes next.
      if (this.#tasks.has(startingTask.idOf(executor.id))) executor.processEnd = end;
      else this.#executorEnded(executor, end);
      return;
    }
    for (const executor of [...this.#executors.values()])
      if (executor.start.agentId === agent_id.value)
        this.#executorEnded(executor, `its agent ${executor.start.hostname} is lost`, false);
  }

  /** Mesos tells of it twice: it has failed, and the task that started it. */
  #executorEnded(executor: Executor, reason: string, mayBeItsFault = true): void {
    if (executor.isOver) return;
    executor.isOver = true;
    const { id, start, hasWorked } = executor;
    const isUnasked = this.#executors.delete(id);
    this.#events?.ended(id, reason);
    if (this.#framework.isStopping) {
      this.#framework.stopIfDone();
      return;
    }
    if (mayBeItsFault && isUnasked) {
      const { agentId } = start;
      this.#framework.executorFailed({ executorId: id, agentId, hasWorked, reason });
    }
    this.decide();
  }

  #startExecutor(start: ExecutorStart): void {
    const { policy, template } = this.#options;
    const id = String(this.#nextId++);
    const { resources } = start;
    const command = (this.#events as LauncherEvents).commandFor(id);
    const ports = resources.takePorts(policy.executorPorts);
    const info = executorInfo(
      id,
      start,
      command,
      template,
      [
        ...resources.take('cpus', policy.executorCpus, false),
        ...resources.take('mem', policy.executorMemoryMiB, false),
        ...ports.resources,
      ],
      ports.numbers,
    );
    const executor: Executor = { id, start, info, isReady: false, hasWorked: false, isOver: false };
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
    this.#pool.want();
  }

  #launch(executor: Executor, room: TaskRoom, tasks: readonly TaskToLaunch[]): void {
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
  }

  #shutdown(executorId: string): void {
    const executor = this.#executors.get(executorId);
    if (executor === undefined) return;
    this.#executors.delete(executorId);
    this.#framework.call({
      type: 'SHUTDOWN',
      shutdown: {
        executor_id: { value: executorId },
        agent_id: { value: executor.start.agentId },
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
    const isStuck = this.#waiting > 0 && this.#tasks.size === 0 && this.#rooms.size === 0;
    this.#events?.waiting(isStuck ? this.#framework.whyNothingComes : undefined);
  }
}
