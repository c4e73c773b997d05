import type {
  AccumulatorUpdate,
  BlockUpdate,
  JobPlan,
  JobProperties,
  MapOutput,
  TaskOutcome,
} from '@firesteel/plan';
import type { AccumulatorSink } from './accumulator-sink.js';
import type { CacheTracker } from './cache-tracker.js';
import type { Clock } from './clock.js';
import type { NamedAccumulator } from './events.js';
import { Job, type OnResult } from './job.js';
import { JobEvents } from './job-events.js';
import { JobLeases } from './job-leases.js';
import type { ListenerBus } from './listener-bus.js';
import type { ProgramRegistry } from './program-registry.js';
import type { Shuffle, ShuffleRegistry } from './shuffle-registry.js';
import type { Stage } from './stage.js';
import type { StageGraph } from './stage-graph.js';
import type { StageScheduler } from './stage-scheduler.js';
import {
  describeTask,
  executorLost,
  internalError,
  resultTooLarge,
  shuffleFetchFailed,
  userError,
} from './task-errors.js';
import { TaskEvents } from './task-events.js';
import { addMetrics } from './task-metrics.js';
import type { SlotLoss, TaskListener, TaskScheduler } from './task-scheduler.js';
import type { TaskAttempt, TaskSet } from './task-set.js';

export interface DagSchedulerOptions {
  readonly clock: Clock;
  readonly bus: ListenerBus;
  readonly cache: CacheTracker;
  readonly programs: ProgramRegistry;
  readonly shuffles: ShuffleRegistry;
  readonly graph: StageGraph;
  readonly accumulators: AccumulatorSink;
  readonly maxTaskFailures: number;
  readonly maxStageAttempts: number;
  readonly maxResultBytes?: number;
  readonly decodeError: (encoded: Uint8Array) => Error;
}

export interface SubmitOptions {
  /** The local properties of the action. */
  readonly properties?: JobProperties;
  /** Called with the encoded partial result of each partition once, in the order they come. */
  readonly onResult?: OnResult;
}

type Outcome<K extends TaskOutcome['kind']> = Extract<TaskOutcome, { kind: K }>;

/** Turns job plans into stages, and what becomes of tasks into what becomes of jobs. */
export class DagScheduler implements TaskListener {
  readonly #options: DagSchedulerOptions;
  readonly #events: TaskEvents;
  readonly #jobEvents: JobEvents;
  readonly #jobs = new Map<number, Job>();
  readonly #graph: StageGraph;
  readonly #leases: JobLeases;
  #stages!: StageScheduler;
  #tasks!: TaskScheduler;

  constructor(options: DagSchedulerOptions) {
    this.#options = options;
    this.#events = new TaskEvents(options);
    this.#jobEvents = new JobEvents(options);
    this.#graph = options.graph;
    this.#leases = new JobLeases(options.programs, options.shuffles);
  }

  /** The parts that report back to this one, so they are made after it. */
  connect(stages: StageScheduler, tasks: TaskScheduler): void {
    this.#stages = stages;
    this.#tasks = tasks;
  }

  get jobs(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  job(jobId: number): Job | undefined {
    return this.#jobs.get(jobId);
  }

  submit(
    jobId: number,
    plan: JobPlan,
    { properties = {}, onResult }: SubmitOptions,
  ): Promise<Uint8Array[]> {
    const job = new Job(jobId, plan, properties, onResult);
    this.#jobs.set(jobId, job);
    let stages: readonly Stage[] = [];
    let broken: Error | undefined;
    try {
      if (job.missingCount > 0) {
        this.#leases.acquire(job);
        stages = this.#graph.createStages(job);
      }
    } catch (error) {
      broken = error instanceof Error ? error : internalError(String(error));
    }
    this.#jobEvents.started(job, stages);
    const result = stages.at(-1);
    if (broken !== undefined) this.fail(job, broken);
    else if (result === undefined) this.#succeed(job);
    else this.#stages.submit(result);
    return job.promise;
  }

  /** Rejects the job at once, and ends what no other job needs. */
  fail(job: Job, error: Error): void {
    if (!this.#jobs.delete(job.id)) return;
    job.fail(error);
    this.#release(job, `job ${job.id} failed: ${error.name}: ${error.message}`);
    this.#jobEvents.ended(job, { kind: 'failed', error });
  }

  /** The jobs that need a stage which runs or waits. */
  jobsOf(stageId: number): readonly Job[] {
    return this.jobs.filter((job) => [...job.stages].some((stage) => stage.id === stageId));
  }

  taskStarted(task: TaskAttempt): void {
    this.#events.started(task);
  }

  taskEnded(task: TaskAttempt, outcome: TaskOutcome): void {
    const { stage } = task.set;
    if (outcome.kind === 'success' && outcome.accumulators !== undefined) {
      if (!this.#mergeAccumulators(task, outcome, outcome.accumulators)) return;
    } else this.#events.ended(task, outcome);
    // No job waits for it any more; what it cached was noted already.
    if (stage.state === 'dropped') return;
    if (task.stageAttempt < stage.validSince) {
      // Of an attempt that was given up as a whole, and ended only now.
      this.#retry(task);
      return;
    }
    switch (outcome.kind) {
      case 'success':
        this.#succeeded(task, outcome);
        break;
      case 'exception':
        this.#threw(task, outcome);
        break;
      case 'fetchFailed':
        this.#fetchFailed(task, outcome);
        break;
      case 'killed':
        this.#retry(task);
        break;
      case 'lost':
        this.#lost(task, outcome.reason, true);
        break;
    }
  }

  taskLost(task: TaskAttempt, { reason, isOutOfMemory }: SlotLoss, ran: boolean): void {
    this.#events.lost(task, reason);
    if (task.set.stage.state !== 'dropped') this.#lost(task, reason, ran, isOutOfMemory);
  }

  #lost(task: TaskAttempt, reason: string, ran: boolean, isOutOfMemory = false): void {
    const { stage } = task.set;
    const getsLess = ran && isOutOfMemory && task.set.countHeapBreach(task.partition);
    if (ran && !getsLess) {
      const failures = task.set.countFailure(task.partition);
      this.#tasks.noteFailure(task, reason);
      if (failures >= this.#options.maxTaskFailures) {
        this.#failJobs(stage, () => executorLost(task, failures, reason));
        return;
      }
    }
    this.#tryAgain(task, reason, () => executorLost(task, stage.barrierFailures, reason));
  }

  blockUpdated(slot: number, executorId: string, update: BlockUpdate): void {
    const { rddId, partition, level, scope, isStored, memoryBytes, diskBytes } = update;
    this.#options.bus.post({
      kind: 'blockUpdated',
      time: this.#options.clock.now(),
      rddId,
      partition,
      executorId,
      slot: scope === 'slot' ? slot : undefined,
      storageLevel: level.name,
      isStored,
      memoryBytes,
      diskBytes,
    });
    if (!isStored) this.#stages.recheckInputs();
  }

  slotLost(): void {
    this.#stages.recheckInputs();
  }

  outputsMoved(from: string, outputs: readonly MapOutput[]): void {
    const { shuffles } = this.#options;
    const moved = new Set<Shuffle>();
    for (const output of outputs) {
      const shuffle = shuffles.get(output.shuffleId);
      if (shuffle?.outputs.move(output, from)) moved.add(shuffle);
    }
    for (const shuffle of moved) if (shuffle.outputs.complete) shuffles.publish(shuffle);
  }

  executorLost(executorId: string): void {
    this.#dropOutputsOf(executorId);
  }

  #dropOutputsOf(executorId: string, seenEpoch?: number, isServiceLost = false): void {
    for (const shuffle of this.#options.shuffles.all()) {
      const lost = shuffle.outputs.dropExecutor(executorId, seenEpoch, isServiceLost);
      // Finished tasks of a running stage run again at once, those of others when they are missed.
      const { stage } = shuffle;
      if (stage?.state !== 'running') continue;
      for (const partition of lost) this.#tasks.requeue(stage.tasks, partition);
    }
  }

  backendFailed(error: Error): void {
    for (const job of this.jobs) this.fail(job, error);
  }

  launchFailed(set: TaskSet, error: unknown): void {
    this.stageBroken(
      set.stage,
      error instanceof Error ? error : internalError('A task could not be sent.', error),
    );
  }

  /** All jobs that need the stage fail by this error. */
  stageBroken(stage: Stage, error: Error): void {
    this.#failJobs(stage, () => error);
  }

  #succeed(job: Job): void {
    this.#jobs.delete(job.id);
    job.succeed();
    this.#release(job, `job ${job.id} ended without it`);
    this.#jobEvents.ended(job, { kind: 'succeeded' });
  }

  #release(job: Job, reason: string): void {
    this.#stages.detach(job, reason);
    // A job without partitions never held anything.
    if (job.plan.partitions.length > 0) this.#leases.release(job);
  }

  #succeeded(task: TaskAttempt, outcome: Outcome<'success'>): void {
    const { stage } = task.set;
    const { target } = stage;
    if (task.stageAttempt === stage.attempt) {
      stage.succeededTasks += 1;
      addMetrics(stage.metrics, outcome.metrics);
      stage.shuffleReads.add(task.partition, outcome.metrics.shuffleBlockBytesRead);
    }
    if (target.kind === 'shuffle') {
      if (outcome.mapOutput === undefined) {
        this.stageBroken(stage, internalError(`${describeTask(task)} gave no map output.`));
        return;
      }
      target.shuffle.outputs.register(outcome.mapOutput);
      if (stage.isDone()) this.#complete(stage);
      return;
    }
    if (outcome.result === undefined) {
      this.stageBroken(stage, internalError(`${describeTask(task)} gave no result.`));
      return;
    }
    const { maxResultBytes = 0 } = this.#options;
    const resultBytes = target.job.resultBytes + outcome.result.length;
    if (maxResultBytes > 0 && resultBytes > maxResultBytes) {
      this.stageBroken(stage, resultTooLarge(target.job, resultBytes, maxResultBytes));
      return;
    }
    target.job.addResult(task.partition, outcome.result);
    if (!stage.isDone()) return;
    this.#complete(stage);
    this.#succeed(target.job);
  }

  #complete(stage: Stage): void {
    this.#tasks.noteSuccess(stage.tasks);
    this.#stages.complete(stage);
  }

  /**
   * Counts what a task has added, as Spark does: in a result stage for the first success of each
   * partition, in a map stage for every success. False if that failed, and the jobs with it.
   */
  #mergeAccumulators(
    task: TaskAttempt,
    outcome: Outcome<'success'>,
    updates: readonly AccumulatorUpdate[],
  ): boolean {
    const { stage } = task.set;
    const { target } = stage;
    const counts =
      stage.state !== 'dropped' &&
      task.stageAttempt >= stage.validSince &&
      (target.kind === 'shuffle' || !target.job.hasResult(task.partition));
    const named: NamedAccumulator[] = [];
    let failure: { readonly error: unknown } | undefined;
    if (counts && target.kind === 'result') target.job.show();
    for (const update of counts ? updates : []) {
      try {
        const part = this.#options.accumulators.merge(update);
        if (part === undefined) continue;
        named.push(part);
        stage.accumulators.add(part.id);
      } catch (error) {
        failure ??= { error };
      }
    }
    this.#events.ended(task, outcome, named);
    if (failure === undefined) return true;
    const { error } = failure;
    this.stageBroken(
      stage,
      error instanceof Error ? error : internalError('An accumulator could not be merged.', error),
    );
    return false;
  }

  #threw(task: TaskAttempt, outcome: Outcome<'exception'>): void {
    const failures = task.set.countFailure(task.partition);
    const { decodeError, maxTaskFailures } = this.#options;
    const errorFor = (job: Job) => userError(outcome.error, decodeError, job, task);
    this.#tasks.noteFailure(task, this.#events.describe(outcome.error));
    if (outcome.retryable && failures < maxTaskFailures) {
      this.#tryAgain(task, 'a function threw', errorFor);
      return;
    }
    this.#failJobs(task.set.stage, errorFor);
  }

  /** Runs a failed task again, or the whole stage of a barrier task. */
  #tryAgain(task: TaskAttempt, reason: string, errorFor: (job: Job) => Error): void {
    const { stage } = task.set;
    if (!stage.plan.isBarrier) {
      this.#retry(task);
      return;
    }
    if (stage.state !== 'running' || task.stageAttempt !== stage.attempt) return;
    stage.barrierFailures += 1;
    if (stage.barrierFailures >= this.#options.maxStageAttempts) {
      this.#failJobs(stage, errorFor);
      return;
    }
    this.#tasks.kill(task.set);
    this.#stages.failAttempt(stage, `barrier task ${task.partition} failed: ${reason}`);
  }

  #fetchFailed(task: TaskAttempt, outcome: Outcome<'fetchFailed'>): void {
    const { shuffleId, mapPartition, reason, executorId, isUnreachable } = outcome;
    const { stage } = task.set;
    const shuffle = this.#options.shuffles.get(shuffleId);
    if (shuffle === undefined) {
      const detail = 'no stage is known that computes it';
      this.#failJobs(stage, () => shuffleFetchFailed(stage, shuffleId, detail));
      return;
    }
    const producer = shuffle.stage;
    const wasThere = shuffle.outputs.has(mapPartition);
    if (!shuffle.outputs.drop(mapPartition, task.epoch)) {
      // The task was launched before the output that readers see now; it only has to run again.
      const detail = `map output ${mapPartition} was not seen`;
      this.#tryAgain(task, detail, () => shuffleFetchFailed(stage, shuffleId, detail));
      return;
    }
    if (wasThere && producer?.state === 'running') {
      this.#tasks.requeue(producer.tasks, mapPartition);
    }
    if (executorId !== undefined) this.#tasks.noteFetchFailure(executorId);
    // One reader is enough: otherwise each output costs another attempt of the stage.
    if (isUnreachable && executorId !== undefined)
      this.#dropOutputsOf(executorId, task.epoch, true);
    this.#forgetCached(task, shuffleId);
    stage.requiredShuffles.add(shuffleId);
    stage.fetchFailedAttempts.add(task.stageAttempt);
    if (stage.fetchFailedAttempts.size >= this.#options.maxStageAttempts) {
      const detail = `the output of its map partition ${mapPartition} was missing in ${stage.fetchFailedAttempts.size} attempts in a row, at last because ${reason}`;
      this.#failJobs(stage, () => shuffleFetchFailed(stage, shuffleId, detail));
    } else if (stage.state === 'running') {
      if (stage.plan.isBarrier) this.#tasks.kill(task.set);
      this.#stages.failAttempt(
        stage,
        `map output ${mapPartition} of shuffle ${shuffleId}: ${reason}`,
      );
    }
  }

  /** The task wanted a shuffle: the cached blocks that would have spared it are not on its slot. */
  #forgetCached(task: TaskAttempt, shuffleId: number): void {
    const { plan } = task.set.stage;
    const parent = plan.parents.find((candidate) => candidate.shuffleId === shuffleId);
    if (parent === undefined || parent.unlessCached.length === 0) return;
    const spared = new Set(parent.unlessCached.map(({ rddId }) => rddId));
    for (const block of plan.cachedBlocksFor(task.partition)) {
      if (spared.has(block.rddId)) this.#options.cache.remove(block, task.slot);
    }
  }

  /** A stage that is not running finds the partition missing when it is submitted again. */
  #retry(task: TaskAttempt): void {
    const { stage } = task.set;
    if (stage.state !== 'running') return;
    // Another attempt of it has succeeded, or still may.
    if (stage.hasResult(task.partition) || task.set.isActive(task.partition)) return;
    this.#tasks.requeue(task.set, task.partition);
  }

  #failJobs(stage: Stage, errorFor: (job: Job) => Error): void {
    for (const job of [...stage.jobs]) this.fail(job, errorFor(job));
  }
}
