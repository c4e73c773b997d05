import type {
  ApplicationStart,
  JobStart,
  SchedulerEvent,
  StageSubmitted,
  TaskEnd,
  TaskStart,
} from '@firesteel/scheduler';
import { CachedRdds } from './cached-rdds.js';
import { ExecutorRecord } from './executor-record.js';
import { type JobRecord, newJobRecord } from './job-record.js';
import { StageAttempt } from './stage-attempt.js';
import { MetricTotals } from './task-metrics.js';

/** How much of what has ended is remembered. */
export interface Retention {
  readonly jobs: number;
  readonly stages: number;
  /** One by one, over all stages. */
  readonly tasks: number;
}

const RETAINED_LOST_EXECUTORS = 100;

/** How often something has happened since the application began, forgotten or not. */
export interface Counts {
  jobsSucceeded: number;
  jobsFailed: number;
  stagesCompleted: number;
  stagesFailed: number;
  tasksSucceeded: number;
  tasksFailed: number;
  tasksKilled: number;
}

/**
 * What is known about an application, from its events and from nothing else: those of a running
 * context, or those of a log. It remembers as much as `Retention` says; an event costs about a
 * microsecond.
 */
export class ApplicationStore {
  readonly jobs = new Map<number, JobRecord>();
  /** By `stageKey`, in the order in which they were submitted. */
  readonly stages = new Map<string, StageAttempt>();
  readonly executors = new Map<string, ExecutorRecord>();
  readonly cachedRdds = new CachedRdds();
  readonly totals = new MetricTotals();
  readonly counts: Counts = {
    jobsSucceeded: 0,
    jobsFailed: 0,
    stagesCompleted: 0,
    stagesFailed: 0,
    tasksSucceeded: 0,
    tasksFailed: 0,
    tasksKilled: 0,
  };
  /** Undefined before its event came. */
  application: ApplicationStart | undefined;
  /** Undefined while it runs, and for one that ended without saying so. */
  endTime: number | undefined;
  lastEventTime = 0;
  /** Grows with every event. */
  version = 0;
  readonly #retention: Retention;
  #retainedTasks = 0;
  /** At so many, old ones are forgotten. */
  #forgetAt: number;

  constructor(retention: Retention) {
    this.#retention = retention;
    this.#forgetAt = retention.tasks;
  }

  apply(event: SchedulerEvent): void {
    this.version++;
    this.lastEventTime = event.time;
    switch (event.kind) {
      case 'taskStart':
        this.#taskStarted(event);
        break;
      case 'taskEnd':
        this.#taskEnded(event);
        break;
      case 'stageSubmitted':
        this.#stageSubmitted(event);
        break;
      case 'stageCompleted':
        this.stages.get(stageKey(event.stageId, event.attempt))?.end(event);
        this.counts[event.failureReason === undefined ? 'stagesCompleted' : 'stagesFailed']++;
        break;
      case 'jobStart':
        this.#jobStarted(event);
        break;
      case 'jobEnd': {
        const job = this.jobs.get(event.jobId);
        if (job !== undefined) job.end = event;
        this.counts[event.result.kind === 'succeeded' ? 'jobsSucceeded' : 'jobsFailed']++;
        break;
      }
      case 'blockUpdated':
        this.cachedRdds.update(event);
        break;
      case 'rddUnpersisted':
        this.cachedRdds.unpersisted(event.rddId);
        break;
      case 'executorAdded':
        this.executors.set(event.executorId, new ExecutorRecord(event));
        break;
      case 'executorRemoved': {
        const executor = this.executors.get(event.executorId);
        if (executor !== undefined) executor.removed = event;
        this.cachedRdds.executorRemoved(event.executorId);
        this.#trimExecutors();
        break;
      }
      case 'executorMetrics': {
        const executor = this.executors.get(event.executorId);
        if (executor !== undefined) executor.metrics = event.metrics;
        break;
      }
      case 'applicationStart':
        this.application = event;
        break;
      case 'applicationEnd':
        this.endTime = event.time;
    }
  }

  stage(stageId: number, attempt: number): StageAttempt | undefined {
    return this.stages.get(stageKey(stageId, attempt));
  }

  /** The attempts of a stage, the first one first. */
  attemptsOf(stageId: number): StageAttempt[] {
    return [...this.stages.values()].filter(({ submitted }) => submitted.stageId === stageId);
  }

  #trimExecutors(): void {
    const isLost = ({ removed }: ExecutorRecord) => removed !== undefined;
    const live = [...this.executors.values()].filter((executor) => !isLost(executor)).length;
    trim(this.executors, live + RETAINED_LOST_EXECUTORS, isLost);
  }

  #jobStarted(start: JobStart): void {
    this.jobs.set(start.jobId, newJobRecord(start));
    trim(this.jobs, this.#retention.jobs, ({ end }) => end !== undefined);
  }

  #stageSubmitted(event: StageSubmitted): void {
    const jobs = event.jobIds.flatMap((id) => this.jobs.get(id) ?? []);
    const stage = new StageAttempt(event, jobs, this.#retention.tasks);
    this.stages.set(stageKey(event.stageId, event.attempt), stage);
    this.cachedRdds.describe(event.operators);
    for (const dropped of trim(this.stages, this.#retention.stages, hasEnded))
      this.#retainedTasks -= dropped.forgetTasks();
  }

  #taskStarted(event: TaskStart): void {
    const stage = this.stages.get(stageKey(event.stageId, event.stageAttempt));
    if (stage !== undefined) this.#retainedTasks += stage.taskStarted(event);
    if (this.#retainedTasks > this.#forgetAt) this.#forgetTasks();
    let executor = this.executors.get(event.executorId);
    if (executor === undefined) {
      executor = ExecutorRecord.ofTask(event);
      this.executors.set(event.executorId, executor);
    }
    executor.active++;
  }

  #taskEnded(event: TaskEnd): void {
    this.stages.get(stageKey(event.stageId, event.stageAttempt))?.taskEnded(event);
    this.executors.get(event.executorId)?.taskEnded(event);
    if (event.outcome === 'success') this.counts.tasksSucceeded++;
    else if (event.outcome === 'killed') this.counts.tasksKilled++;
    else this.counts.tasksFailed++;
    if (event.metrics !== undefined) this.totals.add(event.metrics);
  }

  /** Makes room by a tenth, at the cost of the stages that ended first. */
  #forgetTasks(): void {
    const enough = 0.9 * this.#retention.tasks;
    for (const stage of this.stages.values()) {
      if (this.#retainedTasks <= enough) break;
      if (hasEnded(stage)) this.#retainedTasks -= stage.forgetTasks();
    }
    // Stages that run keep theirs; there is no use in looking again at each of their tasks.
    this.#forgetAt = Math.max(this.#retention.tasks, 1.1 * this.#retainedTasks);
  }
}

function stageKey(stageId: number, attempt: number): string {
  return `${stageId}.${attempt}`;
}

function hasEnded({ completed, active }: StageAttempt): boolean {
  return completed !== undefined && active === 0;
}

/** Forgets the oldest entries that have ended until there are `limit`, and returns them. */
function trim<K, V>(entries: Map<K, V>, limit: number, ended: (entry: V) => boolean): V[] {
  const dropped: V[] = [];
  if (entries.size <= limit) return dropped;
  for (const [key, entry] of entries) {
    if (!ended(entry)) continue;
    entries.delete(key);
    dropped.push(entry);
    if (entries.size <= limit) break;
  }
  return dropped;
}
