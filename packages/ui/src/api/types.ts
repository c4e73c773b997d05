/**
 * What the REST interface answers; docs/rest-api.md tells it to its users. Times are milliseconds
 * since the Unix epoch, and absent where something has not happened.
 */
import type { ExecutorMetrics, StageOperator } from '@firesteel/plan';
import type { ShownSetting } from '@firesteel/scheduler';
import type { Counts } from '../store/application-store.js';
import type { MetricValues } from '../store/task-metrics.js';
import type { TaskRow, TaskStatus } from '../store/task-table.js';

/** `crashed`: its process is gone and has not said that it ends. */
export type ApplicationState = 'running' | 'ended' | 'crashed';

export interface ApplicationView {
  readonly id: string;
  readonly name: string;
  readonly master: string;
  /** Of Firesteel. */
  readonly version: string;
  readonly state: ApplicationState;
  readonly startTime: number;
  readonly endTime?: number;
  /** When it last reported anything. */
  readonly lastEventTime: number;
}

export interface ApplicationDetail extends ApplicationView {
  readonly counts: Counts;
  readonly totals: MetricValues;
  readonly activeJobs: number;
  readonly activeStages: number;
  readonly activeTasks: number;
  /** Of the executors that live. */
  readonly cores: number;
}

/** `unknown`: the application crashed meanwhile. */
export type JobStatus = 'running' | 'succeeded' | 'failed' | 'unknown';

export interface JobView {
  readonly jobId: number;
  /** The action, such as `collect at job.ts:7`. */
  readonly name: string;
  readonly description?: string;
  readonly jobGroup?: string;
  readonly tags: readonly string[];
  readonly pool: string;
  readonly status: JobStatus;
  readonly submissionTime: number;
  readonly completionTime?: number;
  /** So far, if it still runs. */
  readonly durationMs: number;
  /** Why it failed: class and message, without a stack. */
  readonly failureReason?: string;
  readonly numTasks: number;
  readonly numActiveTasks: number;
  readonly numCompletedTasks: number;
  readonly numFailedTasks: number;
  readonly numKilledTasks: number;
  readonly stageIds: readonly number[];
  readonly numSkippedStages: number;
}

export interface JobDetail extends JobView {
  /** The newest attempt of each, and those that are skipped; parents first. */
  readonly stages: readonly StageView[];
  readonly properties: Readonly<Record<string, string>>;
}

export type StageStatus = 'pending' | 'active' | 'complete' | 'failed' | 'skipped' | 'unknown';

export interface StageView {
  /** Absent for a skipped one, which is none. */
  readonly stageId?: number;
  /** From 0; absent before it was submitted. */
  readonly attempt?: number;
  readonly name: string;
  readonly status: StageStatus;
  readonly jobIds: readonly number[];
  readonly submissionTime?: number;
  readonly completionTime?: number;
  /** So far, if it still runs. */
  readonly durationMs?: number;
  readonly failureReason?: string;
  readonly numTasks: number;
  readonly numActiveTasks: number;
  readonly numCompletedTasks: number;
  readonly numFailedTasks: number;
  readonly numKilledTasks: number;
  /** Sums over the tasks that succeeded, but for peaks, which are the highest. */
  readonly totals?: MetricValues;
  /** The shuffle that it writes, and those that it reads. */
  readonly shuffleId?: number;
  readonly parentShuffleIds: readonly number[];
  readonly operators: readonly StageOperator[];
}

export interface StageDetail extends StageView {
  /** Other attempts of the stage. */
  readonly attempts: readonly number[];
  /** The value as JSON, or in words where it has none. */
  readonly accumulators: readonly { readonly name: string; readonly value: string }[];
  readonly executors: readonly StageExecutorView[];
  /** Whether its tasks are still known one by one. */
  readonly hasTasks: boolean;
}

/** What an executor has done for a stage attempt. */
export interface StageExecutorView {
  readonly executorId: string;
  readonly host: string;
  readonly numCompletedTasks: number;
  readonly numFailedTasks: number;
  readonly taskTimeMs: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly diskBytesSpilled: number;
}

export interface TaskView extends Omit<TaskRow, 'reason' | 'status'>, Partial<MetricValues> {
  /** Unknown if the application ended while it ran. */
  readonly status: TaskStatus | 'unknown';
  readonly reason?: string;
}

export interface TaskListView {
  /** With the status that was asked for, on all pages. */
  readonly numTasks: number;
  readonly tasks: readonly TaskView[];
}

export interface ExecutorView {
  readonly id: string;
  readonly host: string;
  readonly isActive: boolean;
  readonly cores: number;
  readonly addTime: number;
  readonly removeTime?: number;
  readonly removeReason?: string;
  readonly numActiveTasks: number;
  readonly numCompletedTasks: number;
  readonly numFailedTasks: number;
  readonly taskTimeMs: number;
  readonly totals: MetricValues;
  readonly rddBlocks: number;
  /** Of cached partitions. */
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Of its last heartbeat; threads of the driver have none. */
  readonly metrics?: ExecutorMetrics;
  readonly logUrls: Readonly<Record<string, string>>;
}

export interface RddView {
  readonly id: number;
  readonly name: string;
  readonly storageLevel: string;
  readonly numPartitions?: number;
  readonly numCachedPartitions: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export interface RddDetail extends RddView {
  readonly partitions: readonly {
    readonly partition: number;
    readonly memoryBytes: number;
    readonly diskBytes: number;
    readonly executors: readonly string[];
  }[];
}

export interface EnvironmentView {
  readonly runtime: Readonly<Record<string, string>>;
  readonly configuration: readonly ShownSetting[];
}

/** What a page may do. */
export interface SessionView {
  /** Of the Firesteel that serves. */
  readonly version: string;
  /** Whether this is the driver of a running application; else a history server. */
  readonly isLive: boolean;
  /** To be sent along with requests that change something; absent where nothing can be changed. */
  readonly requestToken?: string;
}
