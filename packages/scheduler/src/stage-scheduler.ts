import type { AccumulatorSink } from './accumulator-sink.js';
import type { Clock } from './clock.js';
import type { Job } from './job.js';
import type { ListenerBus } from './listener-bus.js';
import type { Shuffle, ShuffleRegistry } from './shuffle-registry.js';
import type { KeysOfPartition, SkewedTask } from './skew.js';
import type { Stage } from './stage.js';
import type { StageGraph } from './stage-graph.js';
import { internalError, rowsNotRepeatable } from './task-errors.js';
import { newTotals } from './task-metrics.js';
import type { TaskScheduler } from './task-scheduler.js';
import type { LocalityWaits } from './task-set.js';

/**
 * Many reducers notice the loss of the same outputs within moments. Waiting this long before the
 * stages are submitted again lets one resubmission cover them all, as Spark does.
 */
const resubmitDelayMs = 200;

const NO_WAITS: LocalityWaits = { processMs: 0, hostMs: 0 };
const ENDLESS_WAITS: LocalityWaits = { processMs: Number.POSITIVE_INFINITY, hostMs: 0 };

export interface StageSchedulerOptions {
  readonly clock: Clock;
  readonly bus: ListenerBus;
  readonly graph: StageGraph;
  readonly shuffles: ShuffleRegistry;
  readonly tasks: TaskScheduler;
  readonly accumulators: AccumulatorSink;
  readonly localityWaits: LocalityWaits;
  readonly keysOfPartition: KeysOfPartition;
  /** The stage cannot run; its jobs have to fail. */
  readonly onBroken: (stage: Stage, error: Error) => void;
}

/**
 * Runs stages in the order of their dependencies: a stage runs when the shuffles that it reads are
 * complete, and the stages of missing ones run before. Iterative, since lineages are thousands of
 * stages deep.
 */
export class StageScheduler {
  readonly #options: StageSchedulerOptions;
  readonly #graph: StageGraph;
  readonly #running = new Set<Stage>();
  readonly #failed = new Set<Stage>();
  #cancelResubmitTimer: (() => void) | undefined;
  readonly #submissions: Stage[] = [];
  #submitting = false;

  constructor(options: StageSchedulerOptions) {
    this.#options = options;
    this.#graph = options.graph;
  }

  /** Runs the stage as soon as its parents are complete; submits those if they need it. */
  submit(stage: Stage): void {
    this.#submissions.push(stage);
    if (this.#submitting) return;
    this.#submitting = true;
    try {
      for (let next = this.#submissions.pop(); next; next = this.#submissions.pop()) {
        this.#submitOne(next);
      }
    } finally {
      this.#submitting = false;
    }
  }

  /** Every partition has its result: publishes them and runs what has waited for them. */
  complete(stage: Stage): void {
    this.#endAttempt(stage, undefined);
    stage.state = 'complete';
    stage.fetchFailedAttempts.clear();
    if (stage.target.kind === 'shuffle') this.#options.shuffles.publish(stage.target.shuffle);
    for (const waiting of stage.waitingStages) {
      waiting.waitingFor.delete(stage);
      if (waiting.waitingFor.size > 0) continue;
      waiting.state = 'idle';
      this.submit(waiting);
    }
    stage.waitingStages.clear();
  }

  /** Its input is lost: launches no more of its tasks and tries again a moment later. */
  failAttempt(stage: Stage, reason: string): void {
    this.#endAttempt(stage, reason);
    stage.state = 'failed';
    this.#failed.add(stage);
    this.#cancelResubmitTimer ??= this.#options.clock.setTimer(resubmitDelayMs, () => {
      this.#cancelResubmitTimer = undefined;
      const failed = [...this.#failed].sort((a, b) => a.id - b.id);
      this.#failed.clear();
      for (const failedStage of failed) {
        // One before it may have failed the jobs of this one.
        if (failedStage.state !== 'failed') continue;
        failedStage.state = 'idle';
        this.submit(failedStage);
      }
    });
  }

  /**
   * Cached blocks or map outputs went away: stages with tasks to launch that would miss them have
   * to wait for their parents. Tasks that run go on; what they have read may have been enough.
   */
  recheckInputs(): void {
    for (const stage of [...this.#running]) {
      if (stage.tasks.waiting === 0) continue;
      if (this.#graph.neededParents(stage.plan, stage).length === 0) continue;
      this.#endAttempt(stage, 'map outputs or cached blocks that it reads were lost');
      stage.state = 'idle';
      this.submit(stage);
    }
  }

  /** The job needs its stages no more; those that no other job needs are ended. */
  detach(job: Job, reason: string): void {
    for (const stage of job.stages) {
      stage.jobs.delete(job);
      if (stage.jobs.size === 0) this.#drop(stage, reason);
    }
    job.stages.clear();
    this.#options.tasks.sort();
    if (this.#failed.size === 0) {
      this.#cancelResubmitTimer?.();
      this.#cancelResubmitTimer = undefined;
    }
  }

  /** Ends the current attempt, successfully unless there is a reason, and reports it. */
  #endAttempt(stage: Stage, failureReason: string | undefined): void {
    const { clock, bus, tasks, accumulators } = this.#options;
    tasks.withdraw(stage.tasks);
    this.#running.delete(stage);
    const time = clock.now();
    bus.post({
      kind: 'stageCompleted',
      stageId: stage.id,
      attempt: stage.attempt,
      time,
      name: stage.name,
      durationMs: time - stage.submittedAt,
      numTasks: stage.succeededTasks,
      failureReason,
      metrics: stage.metrics,
      skew: this.#skewOf(stage),
      accumulators: [...stage.accumulators].flatMap((id) => accumulators.current(id) ?? []),
    });
  }

  /** The task that read far more than the others, with the keys that it had to read. */
  #skewOf(stage: Stage): SkewedTask | undefined {
    const skewed = stage.shuffleReads.skewed();
    const parent = stage.plan.parents[0];
    const sink = parent && this.#options.shuffles.get(parent.shuffleId)?.plan.program.sink;
    if (skewed === undefined || sink?.kind !== 'shuffleWrite') return undefined;
    return { ...skewed, keys: this.#options.keysOfPartition(sink.partitioner, skewed.partition) };
  }

  #drop(stage: Stage, reason: string): void {
    if (stage.state === 'running') this.#endAttempt(stage, reason);
    stage.state = 'dropped';
    this.#failed.delete(stage);
    for (const parent of stage.waitingFor) parent.waitingStages.delete(stage);
    stage.waitingFor.clear();
    if (stage.target.kind === 'shuffle') stage.target.shuffle.stage = undefined;
    this.#options.tasks.kill(stage.tasks);
  }

  #submitOne(stage: Stage): void {
    // A stage without tasks is complete as soon as the first of its children submitted it.
    const isRerun = stage.state === 'complete' && !stage.isDone();
    if (stage.state !== 'idle' && !isRerun) return;
    let parents: readonly Shuffle[];
    try {
      parents = this.#graph.neededParents(stage.plan, stage);
    } catch (error) {
      this.#options.onBroken(stage, error instanceof Error ? error : internalError(String(error)));
      return;
    }
    if (parents.length === 0) {
      this.#run(stage);
      return;
    }
    stage.state = 'waiting';
    for (const shuffle of parents) {
      const parent = this.#graph.stageOf(shuffle);
      stage.waitingFor.add(parent);
      parent.waitingStages.add(stage);
      this.#graph.attach(parent, stage.jobs);
      this.#submissions.push(parent);
    }
  }

  /**
   * Has a stage run as a whole again of which outputs were lost that readers may have seen: other
   * rows come in their place, that do not fit with those that are left. So all that was computed
   * from them is computed again, as in Spark, which ends a job that has a result already; here only
   * one whose results have left it.
   */
  #rollBack(lost: Stage): void {
    if (lost.target.kind === 'result' || !lost.target.shuffle.outputs.wasComplete) return;
    const { shuffles, results } = this.#graph.dependantsOf(lost.target.shuffle);
    this.#forget(lost);
    const reason = `rows of stage ${lost.id} were lost, and are not the same again`;
    for (const { stage, outputs } of shuffles) {
      if (stage === undefined) outputs.clear();
      else this.#forget(stage, reason);
    }
    for (const stage of results) {
      const { target } = stage;
      if (target.kind === 'result' && target.job.isShown)
        this.#options.onBroken(stage, rowsNotRepeatable(lost, target.job));
      else this.#forget(stage, reason);
    }
  }

  /** Whatever tasks of the stage have given, or still give, does not count. */
  #forget(stage: Stage, reason?: string): void {
    stage.forgetResults();
    this.#options.tasks.kill(stage.tasks);
    if (reason !== undefined && stage.state === 'running') this.failAttempt(stage, reason);
  }

  #run(stage: Stage): void {
    const { clock, bus, tasks, localityWaits } = this.#options;
    // Barrier tasks cannot do without one another, so none of them runs alone.
    if (stage.plan.isBarrier) stage.forgetResults();
    if (stage.plan.isIndeterminate) this.#rollBack(stage);
    // It was needed only by jobs that cannot go on.
    if (stage.jobs.size === 0) return;
    const partitions = stage.missingPartitions();
    stage.attempt += 1;
    stage.state = 'running';
    stage.submittedAt = clock.now();
    stage.succeededTasks = 0;
    stage.metrics = newTotals();
    stage.shuffleReads.clear();
    stage.accumulators.clear();
    // Its parents are complete, or cached blocks stand in for them.
    stage.reliesOnCache = stage.plan.parents.some(
      ({ shuffleId }) => this.#options.shuffles.get(shuffleId)?.outputs.complete !== true,
    );
    this.#running.add(stage);
    bus.post({
      kind: 'stageSubmitted',
      stageId: stage.id,
      attempt: stage.attempt,
      time: stage.submittedAt,
      name: stage.name,
      callSite: stage.plan.callSite,
      rddIds: stage.plan.rddIds,
      operators: stage.plan.operators,
      numTasks: partitions.length,
      shuffleId: stage.plan.shuffleId,
      parentShuffleIds: stage.plan.parents.map(({ shuffleId }) => shuffleId),
      jobIds: [...stage.jobs].map((job) => job.id),
    });
    if (stage.isDone()) {
      this.complete(stage);
      return;
    }
    // Away from live rows the tasks would need a shuffle that was not computed.
    const mayMove = !stage.reliesOnCache || this.#graph.canReadAnywhere(stage);
    // All or none begin: no barrier task waits for a slot of its choice.
    const waits = stage.plan.isBarrier ? NO_WAITS : mayMove ? localityWaits : ENDLESS_WAITS;
    tasks.submit(stage.tasks, partitions, waits);
  }
}
