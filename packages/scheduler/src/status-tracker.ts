import type { JobStart, StageSubmitted } from './events.js';
import type { ListenerBus } from './listener-bus.js';

/** Of so many jobs, and of so many stages, the tracker remembers how they ended. */
const RETAINED = 1000;

export interface JobInfo {
  readonly jobId: number;
  /** The stages that the job ran or waited for, parents first. */
  readonly stageIds: readonly number[];
  readonly status: 'running' | 'succeeded' | 'failed';
}

export interface StageInfo {
  readonly stageId: number;
  readonly attempt: number;
  /** In milliseconds since the Unix epoch. */
  readonly submissionTime: number;
  /** The last transformation or the action, such as `reduceByKey at job.ts:5`. */
  readonly name: string;
  readonly numTasks: number;
  readonly numActiveTasks: number;
  readonly numCompletedTasks: number;
  readonly numFailedTasks: number;
}

interface KnownJob {
  readonly start: JobStart;
  status: JobInfo['status'];
}

interface KnownStage {
  readonly submitted: StageSubmitted;
  isActive: boolean;
  active: number;
  completed: number;
  failed: number;
}

/**
 * What runs, and what ran lately, for programs that show or watch progress. It knows what the
 * events of the context have told, so it may lag behind by a moment; of what has ended it
 * remembers the last 1,000 jobs and stages.
 */
export class StatusTracker {
  readonly #jobs = new Map<number, KnownJob>();
  readonly #stages = new Map<number, KnownStage>();
  #waitingReason: string | undefined;

  constructor(bus: ListenerBus) {
    bus.on('jobStart', (start) => {
      this.#jobs.set(start.jobId, { start, status: 'running' });
      trim(this.#jobs, ({ status }) => status !== 'running');
    });
    bus.on('jobEnd', ({ jobId, result }) => {
      const job = this.#jobs.get(jobId);
      if (job !== undefined) job.status = result.kind;
    });
    bus.on('executorsAwaited', ({ reason }) => {
      this.#waitingReason = reason;
    });
    bus.on('stageSubmitted', (submitted) => {
      // A later attempt is the younger one also in what is forgotten first.
      this.#stages.delete(submitted.stageId);
      const counts = { active: 0, completed: 0, failed: 0 };
      this.#stages.set(submitted.stageId, { submitted, isActive: true, ...counts });
      trim(this.#stages, ({ isActive }) => !isActive);
    });
    bus.on('stageCompleted', ({ stageId, attempt }) => {
      const stage = this.#attempt(stageId, attempt);
      if (stage !== undefined) stage.isActive = false;
    });
    bus.on('taskStart', ({ stageId, stageAttempt }) => {
      const stage = this.#attempt(stageId, stageAttempt);
      if (stage !== undefined) stage.active += 1;
    });
    bus.on('taskEnd', ({ stageId, stageAttempt, outcome }) => {
      const stage = this.#attempt(stageId, stageAttempt);
      if (stage === undefined) return;
      stage.active -= 1;
      if (outcome === 'success') stage.completed += 1;
      else if (outcome !== 'killed') stage.failed += 1;
    });
  }

  /**
   * Why the application has no executors, in one line, such as what is wrong with each offer of a
   * Mesos master; undefined while it has some, or while nobody knows.
   */
  getWaitingReason(): string | undefined {
    return this.#waitingReason;
  }

  /** The known jobs of a group, running or not; without a group those that are in none. */
  getJobIdsForGroup(group?: string): number[] {
    return this.#idsOf(({ start }) => start.jobGroup === group);
  }

  /** The known jobs with a tag, running or not. */
  getJobIdsForTag(tag: string): number[] {
    return this.#idsOf(({ start }) => start.tags.includes(tag));
  }

  getActiveJobIds(): number[] {
    return this.#idsOf(({ status }) => status === 'running');
  }

  getActiveStageIds(): number[] {
    return [...this.#stages].flatMap(([id, { isActive }]) => (isActive ? [id] : []));
  }

  /** Undefined for a job that is not known, or not any more. */
  getJobInfo(jobId: number): JobInfo | undefined {
    const job = this.#jobs.get(jobId);
    return job && { jobId, stageIds: job.start.stageIds, status: job.status };
  }

  /** The latest attempt of a stage; undefined for one that is not known, or not any more. */
  getStageInfo(stageId: number): StageInfo | undefined {
    const stage = this.#stages.get(stageId);
    if (stage === undefined) return undefined;
    const { attempt, time, name, numTasks } = stage.submitted;
    return {
      stageId,
      attempt,
      submissionTime: time,
      name,
      numTasks,
      numActiveTasks: stage.active,
      numCompletedTasks: stage.completed,
      numFailedTasks: stage.failed,
    };
  }

  #attempt(stageId: number, attempt: number): KnownStage | undefined {
    const stage = this.#stages.get(stageId);
    return stage?.submitted.attempt === attempt ? stage : undefined;
  }

  #idsOf(fits: (job: KnownJob) => boolean): number[] {
    return [...this.#jobs].flatMap(([id, job]) => (fits(job) ? [id] : []));
  }
}

/** Forgets the oldest entries that have ended, when there are too many. */
function trim<T>(entries: Map<number, T>, hasEnded: (entry: T) => boolean): void {
  if (entries.size <= RETAINED) return;
  for (const [id, entry] of entries) {
    if (!hasEnded(entry)) continue;
    entries.delete(id);
    if (entries.size <= RETAINED) return;
  }
}
