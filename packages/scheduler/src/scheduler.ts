import type {
  BackendEvent,
  BroadcastPayload,
  ExecutorAllocation,
  JobPlan,
  SchedulerBackend,
} from '@firesteel/plan';
import { type AccumulatorSink, noAccumulators } from './accumulator-sink.js';
import { type AllocationSettings, ExecutorAllocator } from './allocation/executor-allocator.js';
import { BroadcastRegistry } from './broadcast-registry.js';
import { CacheTracker, type StorageStatus } from './cache-tracker.js';
import { type Clock, systemClock } from './clock.js';
import { DagScheduler, type SubmitOptions } from './dag-scheduler.js';
import type { ExclusionListener, ExclusionOptions } from './exclusion.js';
import type { ListenerBus } from './listener-bus.js';
import { Pools } from './pools.js';
import { ProgramRegistry } from './program-registry.js';
import { ShuffleRegistry } from './shuffle-registry.js';
import type { KeysOfPartition } from './skew.js';
import type { SpeculationOptions } from './speculation.js';
import { StageGraph } from './stage-graph.js';
import { StageScheduler } from './stage-scheduler.js';
import { contextStopped, jobCancelled } from './task-errors.js';
import { TaskScheduler } from './task-scheduler.js';
import type { LocalityWaits } from './task-set.js';

export interface SchedulerOptions {
  readonly backend: SchedulerBackend;
  readonly listenerBus: ListenerBus;
  /** Reads an error that the closure package encoded on an executor. */
  readonly decodeError: (encoded: Uint8Array) => Error;
  /** How often a partition may fail before its job fails. */
  readonly maxTaskFailures: number;
  /** How often in a row a stage may lose its shuffle input before its job fails. */
  readonly maxStageAttempts: number;
  /** How long a task waits for the slot that holds its cached block while others idle. */
  readonly localityWaits: LocalityWaits;
  /** How long a barrier stage waits until there are as many slots as it has tasks. */
  readonly barrierSlotsWaitMs: number;
  /** The most bytes of results that the driver takes of one job; 0 or absent for any. */
  readonly maxResultBytes?: number;
  /** Where tasks that failed may run; everywhere when absent. */
  readonly exclusion?: ExclusionOptions;
  /** How long a task may wait that is excluded everywhere; 2 minutes when absent. */
  readonly unschedulableTimeoutMs?: number;
  /** When slow tasks are run a second time; never when absent. */
  readonly speculation?: SpeculationOptions;
  readonly clock?: Clock;
  readonly accumulators?: AccumulatorSink;
  /** For warnings of skew. */
  readonly keysOfPartition?: KeysOfPartition;
  /** How jobs share the slots; first in, first out when absent. */
  readonly pools?: Pools;
  /** Lets executors come and go with the work; their number stays as it is when absent. */
  readonly allocation?: {
    readonly backend: ExecutorAllocation;
    readonly settings: AllocationSettings;
  };
}

/**
 * Runs jobs on a backend: stages in the order of their shuffles, tasks where their cached blocks
 * are, again where they fail. One event at a time; it has no timers but those of its clock, and
 * none after `stop`.
 */
export class Scheduler {
  readonly #backend: SchedulerBackend;
  readonly #bus: ListenerBus;
  readonly #clock: Clock;
  readonly #cache = new CacheTracker();
  readonly #shuffles: ShuffleRegistry;
  readonly #broadcasts: BroadcastRegistry;
  readonly #dag: DagScheduler;
  readonly #allocator: ExecutorAllocator | undefined;
  readonly #tasks: TaskScheduler;
  readonly #inbox: BackendEvent[] = [];
  /** Ids that were given out and not submitted yet, with the reason if cancelled meanwhile. */
  readonly #planned = new Map<number, { cancelled: boolean; reason: string | undefined }>();
  #nextJobId = 0;
  #startError: Error | undefined;
  #receiving = false;
  #stopped = false;
  #stopping: Promise<void> | undefined;

  constructor(options: SchedulerOptions) {
    const { backend, listenerBus: bus, clock = systemClock, localityWaits } = options;
    const { accumulators = noAccumulators, pools = new Pools('FIFO') } = options;
    const cache = this.#cache;
    const programs = new ProgramRegistry(backend);
    const shuffles = new ShuffleRegistry(backend, programs);
    this.#backend = backend;
    this.#bus = bus;
    this.#clock = clock;
    this.#shuffles = shuffles;
    const broadcasts = new BroadcastRegistry(backend);
    this.#broadcasts = broadcasts;
    const graph = new StageGraph(shuffles, cache);
    const dag = new DagScheduler({
      ...options,
      accumulators,
      clock,
      bus,
      cache,
      programs,
      shuffles,
      graph,
    });
    const tasks = new TaskScheduler({
      backend,
      clock,
      cache,
      epoch: shuffles.epoch,
      broadcasts,
      pools,
      listener: dag,
      barrierSlotsWaitMs: options.barrierSlotsWaitMs,
      unschedulableTimeoutMs: options.unschedulableTimeoutMs ?? 120_000,
      exclusionListener: this.#exclusionEvents(),
      ...(options.exclusion && { exclusion: options.exclusion }),
      ...(options.speculation && { speculation: options.speculation }),
    });
    const onBroken = dag.stageBroken.bind(dag);
    dag.connect(
      new StageScheduler({
        clock,
        bus,
        graph,
        shuffles,
        tasks,
        accumulators,
        keysOfPartition: options.keysOfPartition ?? ((_, p) => `those of partition ${p}`),
        localityWaits,
        onBroken,
      }),
      tasks,
    );
    this.#dag = dag;
    const { allocation } = options;
    if (allocation !== undefined)
      this.#allocator = new ExecutorAllocator({
        ...allocation,
        clock,
        workload: () => tasks.workload(),
        holdingsOf: (executorId) => ({
          hasCachedBlocks: cache.holdsAny(executorId),
          ...shuffles.holdingsOf(executorId),
        }),
      });
    this.#tasks = tasks;
  }

  /**
   * Starts the backend; resolves when it has a slot. Jobs that were submitted before wait until
   * then, and fail by the reason for which it cannot start, as all later ones do.
   */
  async start(): Promise<void> {
    this.#allocator?.start();
    try {
      await this.#backend.start((event) => this.#receive(event));
    } catch (error) {
      this.#startError = error as Error;
      this.#dag.backendFailed(this.#startError);
      throw error;
    }
    this.#tasks.open();
  }

  /**
   * The id of the next job, before it is planned, so that it can be cancelled from the start. It
   * must be given to `submit` or to `releaseJobId`.
   */
  newJobId(): number {
    const jobId = this.#nextJobId++;
    this.#planned.set(jobId, { cancelled: false, reason: undefined });
    return jobId;
  }

  /** Planning failed: the id will not be submitted. */
  releaseJobId(jobId: number): void {
    this.#planned.delete(jobId);
  }

  /**
   * Runs a job. Resolves to the encoded partial results in the order of `plan.partitions`.
   * Rejects with the error of the user's code, or with JOB_CANCELLED, EXECUTOR_LOST,
   * SHUFFLE_FETCH_FAILED or CONTEXT_STOPPED.
   */
  submit(jobId: number, plan: JobPlan, options: SubmitOptions = {}): Promise<Uint8Array[]> {
    const planned = this.#planned.get(jobId);
    this.#planned.delete(jobId);
    if (this.#stopped) return Promise.reject(contextStopped(undefined));
    if (planned?.cancelled) return Promise.reject(jobCancelled(jobId, planned.reason));
    if (this.#startError !== undefined) return Promise.reject(this.#startError);
    return this.#dag.submit(jobId, plan, options);
  }

  /**
   * Rejects a job with JOB_CANCELLED and kills its tasks; one that is still planned is rejected
   * when it is submitted. No effect on a job that has ended.
   */
  cancelJob(jobId: number, reason?: string): void {
    const planned = this.#planned.get(jobId);
    if (planned !== undefined) {
      this.#planned.set(jobId, { cancelled: true, reason });
      return;
    }
    const job = this.#dag.job(jobId);
    if (job !== undefined) this.#dag.fail(job, jobCancelled(jobId, reason));
  }

  /** Cancels the jobs that need a stage; no effect on a stage that has ended. */
  cancelStage(stageId: number, reason?: string): void {
    for (const job of this.#dag.jobsOf(stageId)) this.cancelJob(job.id, reason);
  }

  /** Cancels every job, those still planned included. */
  cancelAll(reason: string): void {
    for (const jobId of this.#planned.keys()) this.cancelJob(jobId, reason);
    for (const job of this.#dag.jobs) this.cancelJob(job.id, reason);
  }

  /** Whether a job that reads this shuffle would skip the stage that computes it. */
  isShuffleComplete(shuffleId: number): boolean {
    return this.#shuffles.get(shuffleId)?.outputs.complete === true;
  }

  /** Frees the outputs of a shuffle, when the jobs that use it have ended. */
  removeShuffle(shuffleId: number): void {
    if (!this.#stopped) this.#shuffles.remove(shuffleId);
  }

  isFullyCached(rddId: number, numPartitions: number): boolean {
    return this.#cache.isFullyCached(rddId, numPartitions);
  }

  storageStatus(rddId: number): StorageStatus {
    return this.#cache.status(rddId);
  }

  /** Drops all blocks of an RDD that is not persisted any more. */
  removeCachedRdd(rddId: number): void {
    this.#cache.removeRdd(rddId);
    if (this.#stopped) return;
    this.#backend.removeCachedRdd(rddId);
    this.#bus.post({ kind: 'rddUnpersisted', time: this.#clock.now(), rddId });
  }

  addBroadcast(payload: BroadcastPayload): void {
    if (!this.#stopped) this.#broadcasts.add(payload);
  }

  /** Frees the copies of executors; the next task that needs the broadcast brings it back. */
  unpersistBroadcast(id: number): void {
    if (!this.#stopped) this.#broadcasts.unpersist(id);
  }

  /** Forgets a broadcast: jobs that launch a task which needs it fail with BROADCAST_DESTROYED. */
  destroyBroadcast(id: number): void {
    if (!this.#stopped) this.#broadcasts.destroy(id);
  }

  /** Rejects running jobs with CONTEXT_STOPPED, stops the backend and delivers the last events. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    for (const job of this.#dag.jobs) this.#dag.fail(job, contextStopped(job));
    this.#stopped = true;
    this.#tasks.stop();
    this.#allocator?.stop();
    await this.#backend.stop();
    this.#bus.flush();
  }

  /** Events that arrive while one is handled, as from `kill`, wait for their turn. */
  #receive(event: BackendEvent): void {
    if (this.#stopped) return;
    this.#inbox.push(event);
    if (this.#receiving) return;
    this.#receiving = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
        this.#tellOfExecutors(next);
        this.#tasks.receive(next);
      }
    } finally {
      this.#receiving = false;
    }
  }

  #exclusionEvents(): ExclusionListener {
    const bus = this.#bus;
    const now = () => this.#clock.now();
    return {
      executorExcluded: (executorId, reason) =>
        bus.post({ kind: 'executorExcluded', time: now(), executorId, reason }),
      executorUnexcluded: (executorId) =>
        bus.post({ kind: 'executorUnexcluded', time: now(), executorId }),
      nodeExcluded: (host, reason) => bus.post({ kind: 'nodeExcluded', time: now(), host, reason }),
      nodeUnexcluded: (host) => bus.post({ kind: 'nodeUnexcluded', time: now(), host }),
    };
  }

  #tellOfExecutors(event: BackendEvent): void {
    const time = this.#clock.now();
    switch (event.kind) {
      case 'executorAdded': {
        const { executorId, host, cores, logUrls } = event;
        this.#bus.post({ kind: 'executorAdded', time, executorId, host, cores, logUrls });
        break;
      }
      case 'executorMetrics':
      case 'executorsAwaited':
        this.#bus.post({ ...event, time });
        break;
      case 'executorLost': {
        const { executorId, reason } = event;
        this.#bus.post({ kind: 'executorRemoved', time, executorId, reason });
      }
    }
  }
}
