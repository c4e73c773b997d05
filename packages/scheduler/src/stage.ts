import type { StagePlan } from '@firesteel/plan';
import type { CacheTracker } from './cache-tracker.js';
import { callSiteText } from './events.js';
import type { Job } from './job.js';
import type { Shuffle } from './shuffle-registry.js';
import { ShuffleReads } from './skew.js';
import { newTotals } from './task-metrics.js';
import { TaskSet } from './task-set.js';

/**
 * `idle` → `waiting` for parent stages → `running` → `complete`. A running stage that lost its
 * input is `failed` until it is submitted again; a complete map stage is submitted again when its
 * outputs were lost. `dropped`: no job needs it any more, late results are ignored.
 */
export type StageState = 'idle' | 'waiting' | 'running' | 'failed' | 'complete' | 'dropped';

/** What a stage computes: the outputs of a shuffle, or the results of one job. */
export type StageTarget =
  | { readonly kind: 'shuffle'; readonly shuffle: Shuffle }
  | { readonly kind: 'result'; readonly job: Job };

/** A stage of running jobs: the tasks between two shuffles, or before the result. */
export class Stage {
  readonly id: number;
  readonly target: StageTarget;
  readonly plan: StagePlan;
  readonly tasks: TaskSet;
  /** The jobs that need it. */
  readonly jobs = new Set<Job>();
  state: StageState = 'idle';
  /** -1 before it was submitted. */
  attempt = -1;
  /** What comes of tasks of earlier attempts does not count. */
  validSince = 0;
  /** The stages it waits for, and those that wait for it. */
  readonly waitingFor = new Set<Stage>();
  readonly waitingStages = new Set<Stage>();
  /** Whether this attempt runs without a shuffle because cached blocks stand in for it. */
  reliesOnCache = false;
  /** Shuffles that its tasks wanted although cached blocks should have stood in for them. */
  readonly requiredShuffles = new Set<number>();
  /** Attempts that ended by a fetch failure since the stage was last complete. */
  readonly fetchFailedAttempts = new Set<number>();
  /** How often it was run as a whole again because one of its barrier tasks failed. */
  barrierFailures = 0;
  submittedAt = 0;
  succeededTasks = 0;
  metrics = newTotals();
  readonly shuffleReads = new ShuffleReads();
  /** Ids of the named accumulators that tasks of this attempt have added to. */
  readonly accumulators = new Set<number>();

  constructor(id: number, target: StageTarget, plan: StagePlan, cache: CacheTracker) {
    this.id = id;
    this.target = target;
    this.plan = plan;
    this.tasks = new TaskSet(this, cache);
  }

  get name(): string {
    return callSiteText(this.plan.callSite);
  }

  /** Partitions without a result. */
  missingPartitions(): readonly number[] {
    return this.target.kind === 'shuffle'
      ? this.target.shuffle.outputs.missing()
      : this.target.job.missing();
  }

  get missingCount(): number {
    return this.target.kind === 'shuffle'
      ? this.target.shuffle.outputs.missingCount
      : this.target.job.missingCount;
  }

  /** Forgets the results so far, and those that tasks of this attempt may still give. */
  forgetResults(): void {
    this.validSince = this.attempt + 1;
    if (this.target.kind === 'shuffle') this.target.shuffle.outputs.clear();
    else this.target.job.resetResults();
  }

  hasResult(partition: number): boolean {
    return this.target.kind === 'shuffle'
      ? this.target.shuffle.outputs.has(partition)
      : this.target.job.hasResult(partition);
  }

  isDone(): boolean {
    return this.missingCount === 0;
  }

  /** The job that decides when its tasks run: the oldest one. */
  get firstJob(): Job | undefined {
    let first: Job | undefined;
    for (const job of this.jobs) if (first === undefined || job.id < first.id) first = job;
    return first;
  }
}
