import type { CacheTracker } from './cache-tracker.js';
import type { Clock } from './clock.js';
import type { Job } from './job.js';
import type { ListenerBus } from './listener-bus.js';
import type { Shuffle, ShuffleRegistry } from './shuffle-registry.js';
import { Stage, type StageTarget } from './stage.js';
import { internalError } from './task-errors.js';
import { newTotals } from './task-metrics.js';
import type { TaskScheduler } from './task-scheduler.js';

/**
 * Many reducers notice the loss of the same outputs within moments. Waiting this long before the
 * stages are submitted again lets one resubmission cover them all, as Spark does.
 */
const resubmitDelayMs = 200;

export interface StageSchedulerOptions {
  readonly clock: Clock;
  readonly bus: ListenerBus;
  readonly cache: CacheTracker;
  readonly shuffles: ShuffleRegistry;
  readonly tasks: TaskScheduler;
  readonly localityWaitMs: number;
  /** The stage cannot run; its jobs have to fail. */
  readonly onBroken: (stage: Stage, error: Error) => void;
}

/**
 * Runs stages in the order of their dependencies: a stage runs when the shuffles that it reads are
 * complete, and the missing ones get stages of their own. Iterative everywhere, since lineages are
 * thousands of stages deep.
 */
export class StageScheduler {
  readonly #options: StageSchedulerOptions;
  #nextStageId = 0;
  readonly #running = new Set<Stage>();
  readonly #failed = new Set<Stage>();
  #cancelResubmitTimer: (() => void) | undefined;
  readonly #submissions: Stage[] = [];
  #submitting = false;

  constructor(options: StageSchedulerOptions) {
    this.#options = options;
  }

  /** The stages that a job has to run, parents first, its result stage last. */
  createStages(job: Job): Stage[] {
    const resultPlan = job.plan.stages.at(-1);
    if (resultPlan === undefined) throw internalError('A job plan has no stages.');
    const stages: Stage[] = [];
    const seen = new Set<Shuffle>();
    const open: { shuffle: Shuffle; expanded: boolean }[] = [];
    const expand = (parents: readonly Shuffle[]): void => {
      for (const shuffle of parents.toReversed()) {
        if (!seen.has(shuffle)) open.push({ shuffle, expanded: false });
      }
    };
    expand(this.#neededParents(resultPlan, undefined));
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (!top.expanded && !seen.has(top.shuffle)) {
        top.expanded = true;
        seen.add(top.shuffle);
        expand(this.#neededParents(top.shuffle.plan, top.shuffle.stage));
        continue;
      }
      open.pop();
      if (top.expanded) stages.push(this.#stageOf(top.shuffle));
    }
    stages.push(this.#newStage({ kind: 'result', job }));
    for (const stage of stages) this.#attach(stage, [job]);
    return stages;
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

  /** Ends the current attempt, successfully unless there is a reason, and reports it. */
  #endAttempt(stage: Stage, failureReason: string | undefined): void {
    const { clock, bus, tasks } = this.#options;
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
    });
  }

  /** Every partition has its result: publishes them and runs what has waited for them. */
  complete(stage: Stage): void {
    if (stage.state === 'running') this.#endAttempt(stage, undefined);
    // Late results can complete a stage that waits to be attempted again.
    this.#failed.delete(stage);
    this.#stopWaiting(stage);
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
        failedStage.state = 'idle';
        this.submit(failedStage);
      }
    });
  }

  /** Cached blocks went away: stages that relied on them may need their parent shuffles now. */
  recheckCached(): void {
    for (const stage of [...this.#running]) {
      if (!stage.reliesOnCache || stage.tasks.pending.size === 0) continue;
      if (this.#neededParents(stage.plan, stage).length === 0) continue;
      this.#endAttempt(stage, 'cached blocks that it reads were lost');
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

  #drop(stage: Stage, reason: string): void {
    if (stage.state === 'running') this.#endAttempt(stage, reason);
    stage.state = 'dropped';
    this.#failed.delete(stage);
    this.#stopWaiting(stage);
    if (stage.target.kind === 'shuffle') stage.target.shuffle.stage = undefined;
    this.#options.tasks.kill(stage.tasks);
  }

  #stopWaiting(stage: Stage): void {
    for (const parent of stage.waitingFor) parent.waitingStages.delete(stage);
    stage.waitingFor.clear();
  }

  #submitOne(stage: Stage): void {
    // A stage without tasks is complete as soon as the first of its children submitted it.
    const isRerun = stage.state === 'complete' && !stage.isDone();
    if (stage.state !== 'idle' && !isRerun) return;
    let parents: readonly Shuffle[];
    try {
      parents = this.#neededParents(stage.plan, stage);
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
      const parent = this.#stageOf(shuffle);
      stage.waitingFor.add(parent);
      parent.waitingStages.add(stage);
      this.#attach(parent, stage.jobs);
      this.#submissions.push(parent);
    }
  }

  #run(stage: Stage): void {
    const { clock, bus, tasks, localityWaitMs } = this.#options;
    const partitions = stage.missingPartitions();
    stage.attempt += 1;
    stage.state = 'running';
    stage.submittedAt = clock.now();
    stage.succeededTasks = 0;
    stage.metrics = newTotals();
    stage.reliesOnCache = stage.plan.parents.some(
      ({ shuffleId }) => !this.#shuffle(shuffleId).outputs.complete,
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
      numTasks: partitions.length,
      shuffleId: stage.plan.shuffleId,
      parentShuffleIds: stage.plan.parents.map(({ shuffleId }) => shuffleId),
      jobIds: [...stage.jobs].map((job) => job.id),
    });
    if (stage.isDone()) {
      this.complete(stage);
      return;
    }
    // Away from the cached blocks the tasks would need a shuffle that was not computed.
    const wait = stage.reliesOnCache ? Number.POSITIVE_INFINITY : localityWaitMs;
    tasks.submit(stage.tasks, partitions, wait);
  }

  /** The shuffles that have to be computed before the stage can run. */
  #neededParents(plan: Stage['plan'], stage: Stage | undefined): Shuffle[] {
    const needed: Shuffle[] = [];
    for (const { shuffleId, unlessCached } of plan.parents) {
      const shuffle = this.#shuffle(shuffleId);
      if (shuffle.outputs.complete) continue;
      const cached =
        stage?.requiredShuffles.has(shuffleId) !== true &&
        unlessCached.some(({ rddId, numPartitions }) =>
          this.#options.cache.isFullyCached(rddId, numPartitions),
        );
      if (!cached) needed.push(shuffle);
    }
    return needed;
  }

  #shuffle(shuffleId: number): Shuffle {
    const shuffle = this.#options.shuffles.get(shuffleId);
    if (shuffle === undefined) {
      throw internalError(`Shuffle ${shuffleId} is read by a stage, but no stage computes it.`);
    }
    return shuffle;
  }

  #stageOf(shuffle: Shuffle): Stage {
    shuffle.stage ??= this.#newStage({ kind: 'shuffle', shuffle });
    return shuffle.stage;
  }

  #newStage(target: StageTarget): Stage {
    const plan = target.kind === 'shuffle' ? target.shuffle.plan : target.job.plan.stages.at(-1);
    if (plan === undefined) throw internalError('A job plan has no stages.');
    return new Stage(this.#nextStageId++, target, plan, this.#options.cache);
  }

  /** Notes that the jobs need the stage and all that it waits for. */
  #attach(first: Stage, jobs: Iterable<Job>): void {
    const open = [first];
    for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
      let added = false;
      for (const job of jobs) {
        if (stage.jobs.has(job)) continue;
        added = true;
        stage.jobs.add(job);
        job.stages.add(stage);
        if (stage.target.kind === 'shuffle') {
          stage.target.shuffle.jobs.add(job);
          job.shuffles.add(stage.target.shuffle);
        }
      }
      if (added) open.push(...stage.waitingFor);
    }
  }
}
