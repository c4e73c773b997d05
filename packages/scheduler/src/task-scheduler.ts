import type {
  BackendEvent,
  BarrierTaskInfo,
  BlockUpdate,
  CachedBlockId,
  CachedBlockSource,
  MapOutput,
  SchedulerBackend,
  TaskDescription,
  TaskOutcome,
} from '@firesteel/plan';
import { BarrierCoordinator } from './barrier-coordinator.js';
import type { BroadcastRegistry } from './broadcast-registry.js';
import type { CacheTracker } from './cache-tracker.js';
import type { Clock } from './clock.js';
import { DeadlineTimer } from './deadline-timer.js';
import {
  ApplicationExclusion,
  type ExclusionListener,
  type ExclusionOptions,
} from './exclusion.js';
import type { MapOutputEpoch } from './map-output-tracker.js';
import {
  idleSlots,
  isReadyFor,
  placeRestricted,
  placeTasks,
  type Slot,
  updateLocalityWait,
} from './placement.js';
import type { Pools } from './pools.js';
import type { SpeculationOptions } from './speculation.js';
import { barrierSlots, executorsExcluded } from './task-errors.js';
import type { TaskAttempt, TaskSet } from './task-set.js';
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
 * Decides which task runs in which slot. Task sets are served in the order of their pools; a set gets slots that hold its cached blocks first, then home slots, then any.
 * Events that arrive together lead to one round of launches, with one list of tasks per slot.
 */
export class TaskScheduler {
  readonly #backend: SchedulerBackend;
  readonly #clock: Clock;
  readonly #cache: CacheTracker;
  readonly #epoch: MapOutputEpoch;
  readonly #broadcasts: BroadcastRegistry;
  readonly #listener: TaskListener;
  readonly #barrierSlotsWaitMs: number;
  readonly #barriers: BarrierCoordinator;
  readonly #exclusionOptions: ExclusionOptions | undefined;
  readonly #exclusion: ApplicationExclusion | undefined;
  readonly #unschedulableTimeoutMs: number;
  readonly #speculation: SpeculationOptions | undefined;
  /** Rings when running tasks are to be compared. */
  readonly #speculationTimer: DeadlineTimer;
  /** Rings when a task may run away from its cached block, or a barrier stage gives up. */
  readonly #timer: DeadlineTimer;
  readonly #slots = new Map<number, Slot>();
  /** Slots that can take another task. */
  readonly #free = new Set<Slot>();
  readonly #pools: Pools;
  /** Task sets of running stages in the order in which they are served. */
  #sets: TaskSet[] = [];
  readonly #tasks = new Map<number, TaskAttempt>();
  #slotIds: readonly number[] = [];
  /** Whether slots came or went since tasks were spread over them. */
  #areHomesStale = false;
  #nextTaskId = 0;
  #reportedWaiting = 0;
  #roundRequested = false;
  #stopped = false;

  constructor(options: TaskSchedulerOptions) {
    this.#backend = options.backend;
    this.#clock = options.clock;
    this.#cache = options.cache;
    this.#epoch = options.epoch;
    this.#broadcasts = options.broadcasts;
    this.#pools = options.pools;
    this.#listener = options.listener;
    this.#barrierSlotsWaitMs = options.barrierSlotsWaitMs;
    const { exclusion, exclusionListener, speculation } = options;
    this.#exclusionOptions = exclusion;
    if (exclusion !== undefined)
      this.#exclusion = new ApplicationExclusion(exclusion, exclusionListener);
    this.#unschedulableTimeoutMs = options.unschedulableTimeoutMs;
    this.#speculation = speculation;
    this.#speculationTimer = new DeadlineTimer(options.clock, () => this.#speculate());
    this.#barriers = new BarrierCoordinator(this.#backend, (set, error) =>
      this.#listener.launchFailed(set, error),
    );
    this.#timer = new DeadlineTimer(options.clock, () => this.#requestRound());
  }

  /** Begins an attempt of the set's stage. */
  submit(set: TaskSet, partitions: Iterable<number>, localityWaitMs: number): void {
    this.#spreadAnew();
    set.begin(partitions, this.#slotIds, localityWaitMs);
    this.#sets.push(set);
    this.sort();
    this.#requestRound();
  }

  /** Runs a partition of a submitted set again. */
  requeue(set: TaskSet, partition: number): void {
    set.requeue(partition);
    this.#requestRound();
  }

  /** Launches no more tasks of the set; those that run go on. */
  withdraw(set: TaskSet): void {
    const index = this.#sets.indexOf(set);
    if (index < 0) return;
    this.#sets.splice(index, 1);
    if (set.waiting > 0) this.#requestRound();
  }

  /**
   * Notes that a task has failed where it ran, so that it runs elsewhere next time, and others too
   * if that happens more often.
   */
  noteFailure(task: TaskAttempt, reason: string): void {
    if (this.#exclusionOptions === undefined) return;
    task.set.noteFailure(task, reason, this.#exclusionOptions);
    if (this.#exclusionOptions.killExcludedExecutors && task.set.exclusion?.excludes(task))
      this.#backend.endExecutor?.(task.executorId, 'it was excluded after failures of tasks');
  }

  /** The stage has succeeded in spite of failures: the places were to blame for them. */
  noteSuccess({ exclusion }: TaskSet): void {
    if (exclusion === undefined || exclusion.isEmpty) return;
    this.#exclusion?.addFailures(exclusion, this.#clock.now());
  }

  /** An executor does not deliver its map outputs. */
  noteFetchFailure(executorId: string): void {
    if (this.#exclusionOptions?.excludeOnFetchFailure !== true) return;
    for (const { executorId: id, host } of this.#slots.values())
      if (id === executorId) {
        const reason = 'it does not deliver its map outputs';
        this.#exclusion?.exclude({ executorId, host }, this.#clock.now(), reason);
        return;
      }
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
    return workloadOf(this.#slots.values(), this.#sets);
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
        this.#closeSlot(event.slot);
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
    this.#speculationTimer.set(Number.POSITIVE_INFINITY);
    this.#sets = [];
    this.#free.clear();
  }

  #addSlot(id: number, executorId: string, host: string): void {
    if (this.#slots.has(id)) return;
    this.#cache.addSlot(id, executorId);
    const slot: Slot = {
      id,
      executorId,
      host,
      isOpen: true,
      idleSinceMs: this.#clock.now(),
      tasks: new Map(),
    };
    this.#slots.set(id, slot);
    this.#free.add(slot);
    this.#slotsChanged();
    this.#requestRound();
  }

  #closeSlot(id: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    slot.isOpen = false;
    this.#free.delete(slot);
  }

  #openSlot(id: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    slot.isOpen = true;
    this.#freed(slot);
  }

  /** The slot may have room for a task now. */
  #freed(slot: Slot): void {
    if (slot.tasks.size === 0) slot.idleSinceMs = this.#clock.now();
    if (slot.isOpen) this.#free.add(slot);
    this.#requestRound();
  }

  /** Its map outputs go first, so that whatever runs again next finds them missing. */
  #loseExecutor(executorId: string, reason: string): void {
    this.#cache.removeExecutor(executorId);
    this.#listener.executorLost(executorId);
    const slots = [...this.#slots.values()].filter((slot) => slot.executorId === executorId);
    this.#loseSlots(
      slots.map(({ id }) => id),
      { reason },
    );
  }

  /** Its tasks go on, and its map outputs and shared blocks can be read; rows of its threads go. */
  #retireExecutor(executorId: string): void {
    for (const slot of this.#slots.values()) {
      if (slot.executorId !== executorId) continue;
      this.#closeSlot(slot.id);
      this.#cache.removeSlot(slot.id);
    }
    this.#slotsChanged();
    this.#listener.slotLost();
    this.#requestRound();
  }

  #loseSlots(ids: readonly number[], loss: SlotLoss): void {
    const lost: { readonly task: TaskAttempt; readonly ran: boolean }[] = [];
    for (const id of ids) {
      const slot = this.#slots.get(id);
      if (slot === undefined) continue;
      this.#slots.delete(id);
      this.#free.delete(slot);
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
    this.#slotsChanged();
    for (const { task, ran } of lost) this.#listener.taskLost(task, loss, ran);
    this.#listener.slotLost();
    this.#requestRound();
  }

  #slotsChanged(): void {
    this.#areHomesStale = true;
  }

  /** Many slots come and go together, with an executor; what waits is spread anew once. */
  #spreadAnew(): void {
    if (!this.#areHomesStale) return;
    this.#areHomesStale = false;
    this.#slotIds = [...this.#slots.keys()].sort((a, b) => a - b);
    for (const set of this.#sets) set.pending.rebuild(this.#slotIds);
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
      if (!this.#stopped) this.#round();
    });
  }

  #round(): void {
    this.#spreadAnew();
    const launches = new Map<number, TaskAttempt[]>();
    const now = this.#clock.now();
    const hopeless = new Set<TaskSet>();
    this.#exclusion?.expire(now);
    const isFair = this.#pools.mode === 'FAIR';
    if (isFair) this.sort();
    for (let at = 0; at < this.#sets.length; at++) {
      const set = this.#sets[at] as TaskSet;
      if (this.#free.size === 0) break;
      if (set.waiting === 0) continue;
      const free = this.#eligible(set);
      if (set.stage.plan.isBarrier) {
        const idle = idleSlots(free);
        if (isReadyFor(set, idle.length))
          placeTasks(set, idle, 1, now, (partition, slot) =>
            this.#assign(set, partition, slot, 1, launches),
          );
        else if (this.#slots.size >= set.pending.size) break;
        else if (this.#isHopeless(set, now)) hopeless.add(set);
        continue;
      }
      const capacity = set.queueDepth(this.#backend, this.#pools.mode);
      const { waiting } = set;
      const limit = isFair ? 1 : waiting;
      const assign = (partition: number, slot: Slot) =>
        this.#assign(set, partition, slot, capacity, launches);
      if (set.restricted.length > 0) placeRestricted(set, free, capacity, assign);
      placeTasks(set, free, capacity, now, assign, limit);
      // Shares change with every task: whose turn is it now?
      if (isFair && set.waiting < waiting) {
        this.sort();
        at = -1;
      }
    }
    for (const set of this.#sets) updateLocalityWait(set, this.#free, now);
    for (const [slot, tasks] of launches) this.#launch(slot, tasks);
    this.#abortUnschedulable(now);
    for (const set of hopeless)
      this.#listener.launchFailed(set, barrierSlots(set.stage, this.#slots.size));
    this.#armTimers();
    this.#reportWaiting();
  }

  /** The free slots that the set may use. */
  #eligible(set: TaskSet): Iterable<Slot> {
    const isEverywhere = this.#exclusion?.isEmpty !== false && set.exclusion === undefined;
    return isEverywhere ? this.#free : [...this.#free].filter((slot) => this.#mayUse(set, slot));
  }

  #mayUse(set: TaskSet, slot: Slot): boolean {
    return this.#exclusion?.excludes(slot) !== true && set.exclusion?.excludes(slot) !== true;
  }

  /** Ends stages with a task that no slot may run, at once if there will be no other slots. */
  #abortUnschedulable(now: number): void {
    if (this.#exclusion === undefined || this.#slots.size === 0) return;
    const canGrow = this.#slots.size < (this.#backend.maxSlots ?? Number.POSITIVE_INFINITY);
    for (const set of [...this.#sets]) {
      const stuck = this.#unschedulable(set);
      set.unschedulableSince = stuck === undefined ? undefined : (set.unschedulableSince ?? now);
      if (stuck === undefined) continue;
      if (canGrow && now < this.#unschedulableDeadline(set)) continue;
      this.#listener.launchFailed(set, executorsExcluded(set, stuck, this.#slots.size));
    }
  }

  /** A partition that waits, and that none of the slots may run. */
  #unschedulable(set: TaskSet): number | undefined {
    if (set.waiting === 0) return undefined;
    const isNowhere = (partition: number | undefined) => {
      for (const slot of this.#slots.values()) {
        if (!this.#mayUse(set, slot)) continue;
        if (partition === undefined || set.mayRun(partition, slot)) return false;
      }
      return true;
    };
    if (set.pending.size > 0 && isNowhere(undefined)) return set.missingPartition;
    return set.restricted.find((partition) => !set.isActive(partition) && isNowhere(partition));
  }

  #unschedulableDeadline({ unschedulableSince }: TaskSet): number {
    return (unschedulableSince ?? Number.POSITIVE_INFINITY) + this.#unschedulableTimeoutMs;
  }

  #speculate(): void {
    const options = this.#speculation;
    if (options === undefined) return;
    const now = this.#clock.now();
    for (const set of this.#sets) if (set.speculate(now, options) > 0) this.#requestRound();
    this.#armSpeculation();
  }

  /** While tasks run that may turn out to be slow. */
  #armSpeculation(): void {
    if (this.#speculation === undefined) return;
    const isWorth = this.#sets.some(({ running }) => running.size > 0);
    const next = isWorth ? this.#clock.now() + this.#speculation.intervalMs : undefined;
    this.#speculationTimer.set(next ?? Number.POSITIVE_INFINITY);
  }

  #reportWaiting(): void {
    if (this.#backend.waiting === undefined) return;
    const waiting = this.#sets.reduce((sum, set) => sum + set.waiting, 0);
    if (waiting === this.#reportedWaiting) return;
    this.#reportedWaiting = waiting;
    this.#backend.waiting(waiting);
  }

  /** Whether there are not and will not be enough slots for all tasks of a barrier stage. */
  #isHopeless(set: TaskSet, now: number): boolean {
    const { maxSlots } = this.#backend;
    if (maxSlots !== undefined && maxSlots < set.stage.plan.numPartitions) return true;
    return now >= set.stage.submittedAt + this.#barrierSlotsWaitMs;
  }

  #assign(
    set: TaskSet,
    partition: number,
    slot: Slot,
    capacity: number,
    launches: Map<number, TaskAttempt[]>,
  ): void {
    const task = set.launch(
      this.#nextTaskId++,
      partition,
      slot,
      this.#epoch.current,
      this.#clock.now(),
    );
    this.#tasks.set(task.taskId, task);
    slot.tasks.set(task.taskId, task);
    if (slot.tasks.size >= capacity) this.#free.delete(slot);
    const list = launches.get(slot.id);
    if (list === undefined) launches.set(slot.id, [task]);
    else list.push(task);
  }

  #launch(slot: number, tasks: readonly TaskAttempt[]): void {
    const descriptions: TaskDescription[] = [];
    for (const task of tasks) {
      // Splits may be encoded here for the first time, from rows of the user.
      try {
        this.#broadcasts.assertKnown(task.set.stage.plan.program);
        descriptions.push({
          taskId: task.taskId,
          programId: task.set.stage.plan.program.id,
          partition: task.partition,
          attempt: task.attempt,
          stageId: task.set.stage.id,
          stageAttempt: task.stageAttempt,
          numPartitions: task.set.stage.plan.numPartitions,
          ...(task.set.properties && { properties: task.set.properties }),
          ...(task.set.stage.plan.isBarrier && { barrier: this.#taskInfos(task.set) }),
          memoryDivisor: task.set.memoryDivisorOf(task.partition),
          splits: task.set.stage.plan.splitsFor(task.partition),
          cachedBlocks: task.set.stage.plan
            .cachedBlocksFor(task.partition)
            .map((block) => this.#located(block, task.slot)),
        });
      } catch (error) {
        this.#discard(task);
        this.#listener.launchFailed(task.set, error);
      }
    }
    // A failure above may have ended the job of tasks that were to be launched beside it.
    const wanted = descriptions.filter(({ taskId }) => {
      const task = this.#tasks.get(taskId);
      if (task !== undefined && task.set.stage.state === 'dropped') this.#discard(task);
      return this.#tasks.has(taskId);
    });
    if (wanted.length === 0) return;
    try {
      this.#backend.launch(slot, wanted);
    } catch (error) {
      for (const { taskId } of wanted) {
        const task = this.#tasks.get(taskId);
        if (task === undefined) continue;
        this.#discard(task);
        this.#listener.launchFailed(task.set, error);
      }
    }
  }

  #located(block: CachedBlockId, slot: number): CachedBlockSource {
    const holders = this.#cache.servers(block, slot);
    return holders.length === 0 ? block : { ...block, holders };
  }

  /** Where the tasks of a barrier stage run; all of them were assigned in this round. */
  #taskInfos({ running }: TaskSet): BarrierTaskInfo[] {
    return [...running.values()]
      .sort((a, b) => a.partition - b.partition)
      .map(({ slot }) => ({ address: this.#backend.hostOf?.(slot) ?? 'localhost' }));
  }

  /** Takes back a task that never left the driver. */
  #discard(task: TaskAttempt): void {
    this.#forget(task);
    const slot = this.#slots.get(task.slot);
    if (slot === undefined) return;
    slot.tasks.delete(task.taskId);
    this.#freed(slot);
  }

  #armTimers(): void {
    let deadline = Number.POSITIVE_INFINITY;
    if (!this.#speculationTimer.isSet) this.#armSpeculation();
    for (const set of this.#sets) {
      if (set.waiting > 0 && this.#exclusion !== undefined) {
        const excluded = Math.min(this.#exclusion.nextExpiry, this.#unschedulableDeadline(set));
        deadline = Math.min(deadline, excluded);
      }
      if (set.waitingSince !== undefined) {
        deadline = Math.min(deadline, set.waitingSince + set.localityWaitMs);
      }
      if (set.stage.plan.isBarrier && set.pending.size > this.#slots.size) {
        deadline = Math.min(deadline, set.stage.submittedAt + this.#barrierSlotsWaitMs);
      }
    }
    this.#timer.set(deadline);
  }
}
