import type { JobProperties, SchedulerBackend } from '@firesteel/plan';
import type { BlockHolder, CacheTracker } from './cache-tracker.js';
import { type ExclusionOptions, type Place, TaskSetExclusion } from './exclusion.js';
import { PendingTasks } from './pending-tasks.js';
import type { Slot } from './placement.js';
import { defaultPool, type PoolMember, type SchedulingMode } from './pools.js';
import { DurationHistogram, type SpeculationOptions } from './speculation.js';
import type { Stage } from './stage.js';

/**
 * Work that a slot should hold. What is queued waits even if the task before it takes for ever, and
 * other slots idle; with so little of it that costs nobody more than this.
 */
const QUEUED_WORK_MS = 10;
/** How often a task may run out of heap, and by how much less the next attempt may hold. */
const MAX_HEAP_BREACHES = 2;
const DIVISOR_PER_BREACH = 4;

/** How long a task waits, while slots idle, for one where its cached block is. */
export interface LocalityWaits {
  /** Before it runs in another process on the same host, or in another thread than live rows. */
  readonly processMs: number;
  /** After that, before it runs on another host. */
  readonly hostMs: number;
}

/** One attempt to run one partition: launched on a slot, started there some time later. */
export interface TaskAttempt {
  readonly taskId: number;
  readonly set: TaskSet;
  readonly partition: number;
  /** Counts the attempts of the partition over all attempts of the stage. */
  readonly attempt: number;
  readonly stageAttempt: number;
  readonly slot: number;
  readonly executorId: string;
  readonly host: string;
  /** The map output epoch at launch: what the task can have seen. */
  readonly epoch: number;
  readonly launchedAt: number;
  startedAt: number | undefined;
  /** Whether another attempt of the partition has succeeded: whatever comes of this one is late. */
  isSuperseded: boolean;
}

/**
 * The tasks of a stage: which partitions wait, which run, and how often each has failed. It stays
 * the same over the attempts of the stage, so a task that still runs when its stage is attempted
 * again is not launched twice, and its late result counts.
 */
export class TaskSet implements PoolMember {
  readonly stage: Stage;
  readonly running = new Map<number, TaskAttempt>();
  /** Second attempts of partitions whose first one is slow. */
  readonly copies = new Map<number, TaskAttempt>();
  /** Where its tasks have failed; undefined if that does not matter. */
  exclusion: TaskSetExclusion | undefined;
  /** Since when there is a task that may run in none of the slots. */
  unschedulableSince: number | undefined;
  /** Partitions that wait and may not run everywhere: failed ones, and copies of running ones. */
  #restricted: number[] = [];
  #durations = new DurationHistogram();
  /** Tasks of the attempt. */
  #begun = 0;
  #localityWaits: LocalityWaits = { processMs: 0, hostMs: 0 };
  /** Since when a slot idles because all waiting tasks prefer other slots. */
  waitingSince: number | undefined;
  #pending: PendingTasks;
  readonly #cache: CacheTracker;
  /** By partition. */
  readonly #attempts: Uint32Array;
  readonly #failures = new Map<number, number>();
  readonly #heapBreaches = new Map<number, number>();
  #meanRunMs: number | undefined;

  constructor(stage: Stage, cache: CacheTracker) {
    this.stage = stage;
    this.#cache = cache;
    this.#attempts = new Uint32Array(stage.plan.numPartitions);
    this.#pending = new PendingTasks([], { holdersOf: () => [], hostOf: () => undefined });
  }

  get pending(): PendingTasks {
    return this.#pending;
  }

  /** Local properties of the job that its tasks belong to, where there are any. */
  get properties(): JobProperties | undefined {
    const properties = this.stage.firstJob?.properties ?? {};
    return Object.keys(properties).length === 0 ? undefined : properties;
  }

  /** Begins a stage attempt for the partitions without a result; those that run go on. */
  begin(
    partitions: Iterable<number>,
    slots: readonly number[],
    hostOf: (holder: BlockHolder) => string | undefined,
    localityWaits: LocalityWaits,
  ): void {
    this.#restricted = [];
    this.#durations = new DurationHistogram();
    this.#begun = 0;
    this.unschedulableSince = undefined;
    const holdersOf = (partition: number) => this.#holdersOf(partition);
    this.#pending = new PendingTasks(slots, { holdersOf, hostOf });
    this.#localityWaits = localityWaits;
    this.waitingSince = undefined;
    for (const partition of partitions) {
      this.#begun += 1;
      if (this.running.has(partition)) continue;
      if (this.#isRestricted(partition)) this.#restricted.push(partition);
      else this.#pending.add(partition);
    }
  }

  /** Puts a partition back that has to run again: it is the next to run. */
  requeue(partition: number): void {
    // It was slow before it failed: the copy that waits is all that is needed.
    if (this.#restricted.includes(partition)) return;
    if (this.#isRestricted(partition)) this.#restricted.unshift(partition);
    else this.#pending.addFirst(partition);
  }

  /** One that has no result. */
  get missingPartition(): number {
    return this.stage.missingPartitions()[0] ?? 0;
  }

  /** How many tasks wait for a slot. */
  get waiting(): number {
    return this.#pending.size + this.#restricted.length;
  }

  get restricted(): readonly number[] {
    return this.#restricted;
  }

  takeRestricted(partition: number): void {
    this.#restricted.splice(this.#restricted.indexOf(partition), 1);
  }

  /** What tasks may leave that find no slot where their cached blocks are. */
  mayLeave(now: number): 'executor' | 'host' | undefined {
    const waitedMs = now - (this.waitingSince ?? now);
    const { processMs, hostMs } = this.#localityWaits;
    if (waitedMs < processMs) return undefined;
    return waitedMs < processMs + hostMs ? 'executor' : 'host';
  }

  /** When they may leave more than they may `now`; infinite for never. */
  nextLeave(now: number): number {
    if (this.waitingSince === undefined) return Number.POSITIVE_INFINITY;
    const { processMs, hostMs } = this.#localityWaits;
    const leavesExecutorAt = this.waitingSince + processMs;
    return leavesExecutorAt > now ? leavesExecutorAt : leavesExecutorAt + hostMs;
  }

  /** Whether an attempt of the partition runs. */
  isActive(partition: number): boolean {
    return this.running.has(partition);
  }

  /** Whether a task that waits may run at a place. */
  mayRun(partition: number, place: Place): boolean {
    if (this.running.get(partition)?.executorId === place.executorId) return false;
    return this.exclusion?.excludesTask(partition, place) !== true;
  }

  /** Notes that a task has failed at a place through no fault of another one. */
  noteFailure(
    { partition, executorId, host }: TaskAttempt,
    reason: string,
    options: ExclusionOptions,
  ): void {
    this.exclusion ??= new TaskSetExclusion(options);
    this.exclusion.note(partition, { executorId, host }, reason);
  }

  #isRestricted(partition: number): boolean {
    return !this.stage.plan.isBarrier && this.exclusion?.isRestricted(partition) === true;
  }

  /** Has copies of the tasks that are far slower than others wait; returns how many. */
  speculate(now: number, options: SpeculationOptions): number {
    const { quantile, multiplier, minTaskRuntimeMs } = options;
    if (this.#begun < 2 || this.stage.plan.isBarrier) return 0;
    if (this.#durations.count < Math.max(1, Math.floor(quantile * this.#begun))) return 0;
    const limitMs = Math.max(multiplier * this.#durations.median(), minTaskRuntimeMs);
    let found = 0;
    for (const { partition, startedAt, launchedAt } of this.running.values()) {
      // One that has not even begun waits behind a slow one.
      if (now - (startedAt ?? launchedAt + limitMs) <= limitMs) continue;
      if (this.copies.has(partition) || this.#restricted.includes(partition)) continue;
      this.#restricted.push(partition);
      found += 1;
    }
    return found;
  }

  /** The attempt is over; if the partition has another one, that is the only one now. */
  forget(task: TaskAttempt): void {
    const { partition } = task;
    const copy = this.copies.get(partition);
    if (copy !== task && this.running.get(partition) !== task) return;
    this.copies.delete(partition);
    if (copy === task) return;
    if (copy === undefined) this.running.delete(partition);
    else this.running.set(partition, copy);
  }

  /** The attempt that a success of `task` makes superfluous, and that must be killed. */
  supersede({ partition }: TaskAttempt): TaskAttempt | undefined {
    const waiting = this.#restricted.indexOf(partition);
    if (waiting >= 0) this.#restricted.splice(waiting, 1);
    const other = this.running.get(partition);
    if (other !== undefined) other.isSuperseded = true;
    return other;
  }

  get pool(): string {
    return this.stage.firstJob?.pool ?? defaultPool;
  }

  get jobId(): number {
    return this.stage.firstJob?.id ?? Number.MAX_SAFE_INTEGER;
  }

  get stageId(): number {
    return this.stage.id;
  }

  get stageAttempt(): number {
    return this.stage.attempt;
  }

  get runningTasks(): number {
    return this.running.size + this.copies.size;
  }

  /** Notes how long a task that has succeeded took on its thread, and since its start. */
  addRunTime(runTimeMs: number, durationMs: number): void {
    this.#durations.add(durationMs);
    this.#meanRunMs =
      this.#meanRunMs === undefined ? runTimeMs : 0.9 * this.#meanRunMs + 0.1 * runTimeMs;
  }

  /**
   * How many tasks a slot should hold, running and queued. Waking a thread costs about as much as
   * a hundred messages, so short tasks are queued in longer lists, as many as make some
   * milliseconds of work. Long ones are not queued: they should go where a slot is free. Nor is
   * anything by guess where sets share slots fairly: others would wait behind it.
   */
  queueDepth({ tasksPerSlot, maxTasksPerSlot }: SchedulerBackend, mode: SchedulingMode): number {
    const least = mode === 'FAIR' ? 1 : tasksPerSlot;
    if (this.#meanRunMs === undefined) return least;
    const depth = Math.ceil(QUEUED_WORK_MS / Math.max(this.#meanRunMs, 0.01));
    return Math.max(least, Math.min(maxTasksPerSlot, depth));
  }

  launch(taskId: number, partition: number, slot: Slot, epoch: number, now: number): TaskAttempt {
    const attempt = this.#attempts[partition] ?? 0;
    this.#attempts[partition] = attempt + 1;
    const task: TaskAttempt = {
      taskId,
      set: this,
      partition,
      attempt,
      stageAttempt: this.stage.attempt,
      slot: slot.id,
      executorId: slot.executorId,
      host: slot.host,
      epoch,
      launchedAt: now,
      startedAt: undefined,
      isSuperseded: false,
    };
    if (this.running.has(partition)) this.copies.set(partition, task);
    else this.running.set(partition, task);
    return task;
  }

  /** Counts a failure of the partition and returns how many there were. */
  countFailure(partition: number): number {
    const failures = (this.#failures.get(partition) ?? 0) + 1;
    this.#failures.set(partition, failures);
    return failures;
  }

  /**
   * Notes that an attempt of the partition used up the heap of its thread. False if it did so with
   * the least memory that the engine can do with, so that the functions of the job must be to blame.
   */
  countHeapBreach(partition: number): boolean {
    const breaches = (this.#heapBreaches.get(partition) ?? 0) + 1;
    this.#heapBreaches.set(partition, breaches);
    return breaches <= MAX_HEAP_BREACHES;
  }

  memoryDivisorOf(partition: number): number {
    return DIVISOR_PER_BREACH ** (this.#heapBreaches.get(partition) ?? 0);
  }

  #holdersOf(partition: number): Iterable<BlockHolder> {
    if (this.#cache.empty) return [];
    for (const block of this.stage.plan.cachedBlocksFor(partition)) {
      const holders = this.#cache.holders(block);
      if (holders !== undefined) return holders;
    }
    return [];
  }
}
