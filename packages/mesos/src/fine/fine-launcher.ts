import type { ExecutorLauncher, LauncherEvents } from '@firesteel/cluster';
import type { FiresteelError } from '@firesteel/common';
import type { Offer, SchedulerEventFailure, TaskInfo, TaskStatus } from '@firesteel/mesos-protocol';
import type { FrameworkEvent } from '../client/scheduler-client.js';
import { Framework, type FrameworkOptions } from '../framework/framework.js';
import { processEnd, type TaskEnd, taskEndOf } from '../framework/task-end.js';
import type { Decline, Demand } from '../offers/decide-offers.js';
import { sumOf } from '../sum-of.js';
import {
  decideTaskOffers,
  type ExecutorStart,
  type TaskPolicy,
  type TaskRoom,
} from './decide-task-offers.js';
import { type ExecutorTemplate, FineExecutor, type TaskToLaunch } from './fine-executor.js';
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

interface LiveTask {
  readonly executor: FineExecutor;
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
  readonly #executors = new Map<string, FineExecutor>();
  /** By the id of the Mesos task. */
  readonly #tasks = new Map<string, LiveTask>();
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
        agentsByTask: () => [...this.#tasks].map(([id, { executor }]) => [id, executor.agentId]),
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
    const held = sumOf(this.#executors.values(), () => policy.executorCpus);
    const heldGpus = sumOf(this.#executors.values(), ({ start }) => start.gpus);
    const taken = sumOf(this.#tasks.values(), ({ cpus }) => cpus);
    const decision = decideTaskOffers({
      offers: this.#pool.offers,
      executors: [...this.#executors.values()].map(({ id, start, isReady }) => ({
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
      cpusLeft: limits.maxCores - held - taken,
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
    if (this.#waiting > 0) this.#pool.want();
  }

  /** A task that Mesos has not passed on yet does not end by being killed in its executor. */
  killTasks(taskIds: readonly number[]): void {
    for (const taskId of taskIds) {
      const task = this.#tasks.get(String(taskId));
      if (task?.hasArrived === false)
        this.#framework.killTask(String(taskId), task.executor.agentId);
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
    const leaving = [...this.#executors.values()].filter((one) => one.agentId === agentId);
    for (const { id, isReady } of leaving)
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
    const isOwn = id === executor.startingTask.task_id.value;
    // An executor that does not come to work, or that gets tasks which Mesos does not take.
    const isBroken = isOwn ? !executor.isReady : status.state === 'TASK_ERROR';
    const reason = reasonOf(executor, end);
    if (isBroken) this.#executorEnded(executor, reason, end.isFailure);
    else if (!isOwn) this.#fine?.taskLost(Number(id));
    // Of one that had ended its agent tells why with the ends of its tasks, all alike.
    if (executor.processEnd !== undefined && status.source === 'SOURCE_AGENT') {
      executor.processEnd = undefined;
      if (executor.isOver && end.isFailure && !isBroken) this.#failed(executor, reason);
    }
    if (this.#waiting > 0) this.#pool.want();
    this.#framework.stopIfDone();
  }

  #failure({ agent_id, executor_id, status }: SchedulerEventFailure): void {
    if (agent_id === undefined) return;
    if (executor_id !== undefined) {
      const executor = this.#executors.get(executor_id.value);
      if (executor === undefined) return;
      const end = processEnd(status, executor.hostname);
      const tasks = [...this.#tasks.values()].filter((task) => task.executor === executor);
      if (tasks.length > 0) executor.processEnd = end;
      // Why one did not come to work, the end of the task that started it tells, which comes next.
      if (!this.#tasks.has(executor.startingTask.task_id.value))
        this.#executorEnded(executor, end, tasks.length === 0 && !executor.hasWorked);
      return;
    }
    for (const executor of [...this.#executors.values()])
      if (executor.agentId === agent_id.value)
        this.#executorEnded(executor, `its agent ${executor.hostname} is lost`, false);
  }

  /** Mesos tells of it twice: it has failed, and the task that started it. */
  #executorEnded(executor: FineExecutor, reason: string, isItsFault: boolean): void {
    if (executor.isOver) return;
    executor.isOver = true;
    const isUnasked = this.#executors.delete(executor.id);
    this.#events?.ended(executor.id, reason);
    if (this.#framework.isStopping) {
      this.#framework.stopIfDone();
      return;
    }
    if (isItsFault && isUnasked) this.#failed(executor, reason);
    this.decide();
  }

  #failed({ id, agentId, hasWorked }: FineExecutor, reason: string): void {
    this.#framework.executorFailed({ executorId: id, agentId, hasWorked, reason });
  }

  #startExecutor(start: ExecutorStart): void {
    const { policy, template } = this.#options;
    const id = String(this.#nextId++);
    const command = (this.#events as LauncherEvents).commandFor(id);
    const executor = new FineExecutor(id, start, command, policy, template);
    const { startingTask, startingTaskCpus } = executor;
    this.#executors.set(id, executor);
    this.#addTask(startingTask, executor, startingTaskCpus);
    this.#accept(start.offers, [startingTask]);
    // The rest of the offer is for the tasks that come when the executor has.
    this.#pool.want();
  }

  #launch(executor: FineExecutor, room: TaskRoom, tasks: readonly TaskToLaunch[]): void {
    const { cpusPerTask } = this.#options.policy;
    const infos = tasks.map((task) => executor.task(task, room.resources));
    for (const info of infos) this.#addTask(info, executor, cpusPerTask);
    this.#accept(room.offers, infos);
  }

  #addTask({ task_id }: TaskInfo, executor: FineExecutor, cpus: number): void {
    this.#tasks.set(task_id.value, { executor, cpus, hasArrived: false });
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
    const isStuck = this.#waiting > 0 && this.#tasks.size === 0 && this.#rooms.size === 0;
    this.#events?.waiting(isStuck ? this.#framework.whyNothingComes : undefined);
  }
}

/** Why an executor ended, or its task. */
function reasonOf({ hostname, processEnd }: FineExecutor, { reason }: TaskEnd): string {
  const taskEnd = `${reason} on ${hostname}`;
  return processEnd === undefined ? taskEnd : `${taskEnd}; ${processEnd}`;
}
