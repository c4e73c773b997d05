import type {
  BackendEvent,
  BlockUpdate,
  MapOutput,
  SchedulerBackend,
  TaskOutcome,
} from '@firesteel/plan';
import { BarrierCoordinator } from './barrier-coordinator.js';
import type { BroadcastRegistry } from './broadcast-registry.js';
import type { CacheTracker } from './cache-tracker.js';
import type { Clock } from './clock.js';
import { DeadlineTimer } from './deadline-timer.js';
import type { ExclusionListener, ExclusionOptions } from './exclusion.js';
import type { MapOutputEpoch } from './map-output-tracker.js';
import type { Slot } from './placement.js';
import type { Pools } from './pools.js';
import { SchedulingRound } from './scheduling-round.js';
import { Slots } from './slots.js';
import type { SpeculationOptions } from './speculation.js';
import { Speculator } from './speculator.js';
import { TaskLauncher } from './task-launcher.js';
import { TaskPlaces } from './task-places.js';
import type { LocalityWaits, TaskAttempt, TaskSet } from './task-set.js';
import { type Workload, workloadOf } from './workload.js';

/** Why a slot is gone. */
export type SlotLoss = Pick<
  Extract<BackendEvent, { kind: 'slotLost' }>,
  'reason' | 'isOutOfMemory'
>;

/** What becomes of tasks. */
export interface TaskListener {
  taskStarted(task: TaskAttempt): void;
  taskEnded(task: TaskAttempt, outcome: TaskOutcome): void;
  /** The slot of the task is gone; `ran` tells whether the task may be to blame. */
  taskLost(task: TaskAttempt, loss: SlotLoss, ran: boolean): void;
  /** A cached block was stored, moved or dropped on the executor of a slot. */
  blockUpdated(slot: number, executorId: string, update: BlockUpdate): void;
  /** All tasks of a lost slot were reported. */
  slotLost(): void;
  /** Map outputs of `from` were copied to another executor. */
  outputsMoved(from: string, outputs: readonly MapOutput[]): void;
  /** The map outputs of an executor are lost; its slots follow. */
  executorLost(executorId: string): void;
  /** No task can ever run again. */
  backendFailed(error: Error): void;
  /** A task could not even be sent. */
  launchFailed(set: TaskSet, error: unknown): void;
}

export interface TaskSchedulerOptions {
  readonly backend: SchedulerBackend;
  readonly clock: Clock;
  readonly cache: CacheTracker;
  readonly epoch: MapOutputEpoch;
  readonly broadcasts: BroadcastRegistry;
  readonly pools: Pools;
  readonly listener: TaskListener;
  /** How long a barrier stage waits for as many slots as it has tasks. */
  readonly barrierSlotsWaitMs: number;
  /** Where failed tasks may run; everywhere when absent. */
  readonly exclusion?: ExclusionOptions;
  /** How long a task may wait that is excluded from every slot, while other executors may come. */
  readonly unschedulableTimeoutMs: number;
  /** When slow tasks are copied; never when absent. */
  readonly speculation?: SpeculationOptions;
  readonly exclusionListener: ExclusionListener;
}

/**
 * Keeps the books of tasks and slots: what waits, what runs where, and what becomes of it. Events
 * that arrive together lead to one round of launches, with one list of tasks per slot.
 */
export class TaskScheduler {
  readonly #backend: SchedulerBackend;
  readonly #clock: Clock;
  readonly #cache: CacheTracker;
  readonly #epoch: MapOutputEpoch;
  readonly #launcher: TaskLauncher;
  readonly #listener: TaskListener;
  readonly #barriers: BarrierCoordinator;
  /** Undefined if failures do not matter for where tasks run. */
  readonly #places: TaskPlaces | undefined;
  readonly #speculator: Speculator | undefined;
  /** Rings when a task may run away from its cached block, or a barrier stage gives up. */
  readonly #timer: DeadlineTimer;
  readonly #slots = new Slots();
  readonly #placing: SchedulingRound;
  readonly #pools: Pools;
  /** Task sets of running stages in the order in which they are served. */
  #sets: TaskSet[] = [];
  readonly #tasks = new Map<number, TaskAttempt>();
  #nextTaskId = 0;
  #reportedWaiting = 0;
  #roundRequested = false;
  /** Whether the backend is ready: before, tasks wait whatever slots have come already. */
  #isOpen = false;
  /** Whether tasks wait, or slots may be used, that were not there in the last round. */
  #offersAll = false;
  #stopped = false;

  constructor(options: TaskSchedulerOptions) {
    this.#backend = options.backend;
    this.#clock = options.clock;
    this.#cache = options.cache;
    this.#epoch = options.epoch;
    this.#pools = options.pools;
    this.#listener = options.listener;
    const { clock, exclusion, exclusionListener, speculation } = options;
    if (exclusion !== undefined)
      this.#places = new TaskPlaces({ ...options, exclusion, listener: exclusionListener });
    if (speculation !== undefined)
      this.#speculator = new Speculator({
        clock,
        speculation,
        sets: () => this.#sets,
        found: () => this.#requestFullRound(),
      });
    this.#launcher = new TaskLauncher({
      ...options,
      isLaunched: ({ taskId }) => this.#tasks.has(taskId),
      discard: (task) => this.#discard(task),
      failed: (set, error) => this.#listener.launchFailed(set, error),
    });
    this.#barriers = new BarrierCoordinator(this.#backend, (set, error) =>
      this.#listener.launchFailed(set, error),
    );
    this.#placing = new SchedulingRound({
      ...options,
      slots: this.#slots,
      places: this.#places,
      begin: (set, partition, slot) => this.#begin(set, partition, slot),
    });
    this.#timer = new DeadlineTimer(clock, () => this.#requestFullRound());
  }

  /** From now on, tasks are launched. */
  open(): void {
    this.#isOpen = true;
    this.#requestFullRound();
  }

  /** Begins an attempt of the set's stage. */
  submit(set: TaskSet, partitions: Iterable<number>, localityWaits: LocalityWaits): void {
    this.#followSlots();
    const slots = this.#slots;
    set.begin(partitions, slots.ids, (holder) => slots.hostOf(holder), localityWaits);
    this.#sets.push(set);
    this.sort();
    this.#requestFullRound();
  }

  /** Runs a partition of a submitted set again. */
  requeue(set: TaskSet, partition: number): void {
    set.requeue(partition);
    this.#requestFullRound();
  }

  /** Launches no more tasks of the set; those that run go on. */
  withdraw(set: TaskSet): void {
    const index = this.#sets.indexOf(set);
    if (index < 0) return;
    this.#sets.splice(index, 1);
    if (set.waiting > 0) this.#requestFullRound();
  }

  /**
   * Notes that a task has failed where it ran, so that it runs elsewhere next time, and others too
   * if that happens more often.
   */
  noteFailure(task: TaskAttempt, reason: string): void {
    if (this.#places?.noteFailure(task, reason))
      this.#backend.endExecutor?.(task.executorId, 'it was excluded after failures of tasks');
  }

  /** The stage has succeeded in spite of failures: the places were to blame for them. */
  noteSuccess(set: TaskSet): void {
    this.#places?.noteSuccess(set);
  }

  /** An executor does not deliver its map outputs. */
  noteFetchFailure(executorId: string): void {
    if (this.#places === undefined) return;
    const [slot] = this.#slots.ofExecutor(executorId);
    if (slot !== undefined) this.#places.noteFetchFailure(this.#slots.get(slot) as Slot);
  }

  kill(set: TaskSet): void {
    const taskIds = [...set.running.values(), ...set.copies.values()].map((task) => task.taskId);
    if (taskIds.length > 0) this.#backend.kill(taskIds);
  }

  /** Restores the order of service after the jobs of a stage changed. */
  sort(): void {
    this.#sets = this.#pools.order(this.#sets);
  }

  /** What there is to do, for whoever decides how many executors there are. */
  workload(): Workload {
    return workloadOf(this.#slots.byId.values(), this.#sets);
  }

  receive(event: BackendEvent): void {
    if (this.#stopped) return;
    switch (event.kind) {
      case 'executorAdded':
        if (event.blockAddress !== undefined) this.#cache.addExecutor(event.blockAddress);
        break;
      case 'executorLeaving':
        this.#retireExecutor(event.executorId);
        break;
      case 'outputsMoved':
        this.#listener.outputsMoved(event.from, event.outputs);
        break;
      case 'executorMetrics':
        break;
      case 'slotAdded':
        this.#addSlot(event.slot, event.executorId, event.host);
        break;
      case 'slotLost':
        this.#loseSlots([event.slot], event);
        break;
      case 'slotClosed':
        this.#slots.close(event.slot);
        break;
      case 'slotOpened':
        this.#openSlot(event.slot);
        break;
      case 'backendFailed':
        this.#listener.backendFailed(event.error);
        break;
      case 'executorLost':
        this.#loseExecutor(event.executorId, event.reason);
        break;
      case 'blockUpdated':
        this.#updateBlock(event.slot, event.update);
        break;
      case 'taskStarted': {
        const task = this.#tasks.get(event.taskId);
        if (task !== undefined) this.#markStarted(task);
        break;
      }
      case 'barrierSync': {
        const task = this.#tasks.get(event.taskId);
        if (task !== undefined) this.#barriers.sync(task, event);
        break;
      }
      case 'taskEnded':
        this.#endTask(event.taskId, event.outcome);
        break;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.set(Number.POSITIVE_INFINITY);
    this.#speculator?.stop();
    this.#sets = [];
  }

  #addSlot(id: number, executorId: string, host: string): void {
    this.#cache.addSlot(id, executorId);
    this.#slots.add(id, executorId, host, this.#clock.now());
    this.#requestRound();
  }

  #openSlot(id: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    slot.isOpen = true;
    this.#freed(slot);
  }

  #freed(slot: Slot): void {
    this.#slots.freed(slot, this.#clock.now());
    this.#requestRound();
  }

  /** Its map outputs go first, so that whatever runs again next finds them missing. */
  #loseExecutor(executorId: string, reason: string): void {
    this.#cache.removeExecutor(executorId);
    this.#listener.executorLost(executorId);
    this.#slots.removeExecutor(executorId);
    this.#loseSlots(this.#slots.ofExecutor(executorId), { reason });
  }

  /** Its tasks go on, and its map outputs and shared blocks can be read; rows of its threads go. */
  #retireExecutor(executorId: string): void {
    const slots = this.#slots.ofExecutor(executorId);
    for (const id of slots) {
      this.#slots.close(id);
      this.#cache.removeSlot(id);
    }
    this.#slots.forgetHolders([...slots, executorId]);
    this.#listener.slotLost();
    this.#requestRound();
  }

  #loseSlots(ids: readonly number[], loss: SlotLoss): void {
    const lost: { readonly task: TaskAttempt; readonly ran: boolean }[] = [];
    for (const id of ids) {
      const slot = this.#slots.remove(id);
      if (slot === undefined) continue;
      this.#cache.removeSlot(id);
      const tasks = [...slot.tasks.values()];
      // A slot that died before it reported any start died on the first task it was given: that
      // one is counted, or a task that kills its thread at once would be tried for ever.
      const noneStarted = tasks.every((task) => task.startedAt === undefined);
      tasks.forEach((task, index) => {
        this.#forget(task);
        const ran = task.startedAt !== undefined || (noneStarted && index === 0);
        lost.push({ task, ran: ran && !task.isSuperseded });
      });
    }
    for (const { task, ran } of lost) this.#listener.taskLost(task, loss, ran);
    this.#listener.slotLost();
    this.#requestRound();
  }

  /** Many slots come and go together, with an executor; task sets are told once. */
  #followSlots(): void {
    const changes = this.#slots.takeChanges();
    if (changes === undefined) return;
    for (const set of this.#sets) set.pending.moveTo(changes.ids, changes.gone);
    this.#offersAll = true;
  }

  #updateBlock(slot: number, update: BlockUpdate): void {
    const executorId = this.#cache.executorOf(slot);
    // The slot is gone, and what it held with it.
    if (executorId === undefined) return;
    this.#cache.update(slot, update);
    this.#listener.blockUpdated(slot, executorId, update);
  }

  #markStarted(task: TaskAttempt): void {
    if (task.startedAt !== undefined) return;
    task.startedAt = this.#clock.now();
    this.#listener.taskStarted(task);
  }

  #endTask(taskId: number, outcome: TaskOutcome): void {
    const task = this.#tasks.get(taskId);
    // Unknown: reported twice, or its slot was lost and the task runs elsewhere already.
    if (task === undefined) return;
    if (outcome.kind !== 'killed') this.#markStarted(task);
    this.#forget(task);
    const slot = this.#slots.get(task.slot);
    if (slot !== undefined) {
      slot.tasks.delete(taskId);
      this.#freed(slot);
    }
    if (outcome.kind === 'success' && !task.isSuperseded) {
      const durationMs = this.#clock.now() - (task.startedAt ?? task.launchedAt);
      task.set.addRunTime(outcome.metrics.runTimeMs, durationMs);
      const other = task.set.supersede(task);
      if (other !== undefined) this.#backend.kill([other.taskId]);
    }
    // Only one attempt counts, whatever others have to tell.
    this.#listener.taskEnded(task, task.isSuperseded ? { kind: 'killed' } : outcome);
    if (outcome.kind === 'success' && task.set.stage.plan.isBarrier)
      this.#barriers.taskSucceeded(task);
    if (outcome.kind !== 'killed') this.#noteNext(slot);
    this.#requestRound();
  }

  /** The thread has taken the next task; its own word about that may come only with its end. */
  #noteNext(slot: Slot | undefined): void {
    const [next] = slot?.tasks.values() ?? [];
    if (next !== undefined && this.#tasks.has(next.taskId)) this.#markStarted(next);
  }

  #forget(task: TaskAttempt): void {
    this.#tasks.delete(task.taskId);
    task.set.forget(task);
  }

  #requestRound(): void {
    if (this.#roundRequested) return;
    this.#roundRequested = true;
    queueMicrotask(() => {
      this.#roundRequested = false;
      if (this.#isOpen && !this.#stopped) this.#round();
    });
  }

  /** One in which every free slot is looked at, and not only those that got free. */
  #requestFullRound(): void {
    this.#offersAll = true;
    this.#requestRound();
  }

  #round(): void {
    this.#followSlots();
    const now = this.#clock.now();
    if (this.#places?.expire(now) || this.#timer.deadline <= now) this.#offersAll = true;
    if (this.#offersAll) this.#slots.free.offerAll();
    this.#offersAll = false;
    for (const [slot, tasks] of this.#placing.assign(this.#sets, now))
      this.#launcher.launch(slot, tasks);
    for (const [set, error] of [...this.#placing.hopeless(this.#sets, now)])
      this.#listener.launchFailed(set, error);
    this.#speculator?.arm();
    this.#timer.set(this.#placing.nextChange(this.#sets, now));
    this.#reportWaiting();
  }

  #reportWaiting(): void {
    if (this.#backend.waiting === undefined) return;
    const waiting = this.#sets.reduce((sum, set) => sum + set.waiting, 0);
    if (waiting === this.#reportedWaiting) return;
    this.#reportedWaiting = waiting;
    this.#backend.waiting(waiting);
  }

  #begin(set: TaskSet, partition: number, slot: Slot): TaskAttempt {
    const taskId = this.#nextTaskId++;
    const task = set.launch(taskId, partition, slot, this.#epoch.current, this.#clock.now());
    this.#tasks.set(taskId, task);
    slot.tasks.set(taskId, task);
    return task;
  }

  /** Takes back a task that never left the driver. */
  #discard(task: TaskAttempt): void {
    this.#forget(task);
    const slot = this.#slots.get(task.slot);
    if (slot === undefined) return;
    slot.tasks.delete(task.taskId);
    this.#freed(slot);
  }
}
