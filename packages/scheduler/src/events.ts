import type {
  CallSite,
  ExecutorMetrics,
  JobProperties,
  StageOperator,
  StorageLevelName,
  TaskMetrics,
} from '@firesteel/plan';

/** A setting as it may be shown: what is secret is masked already. */
export interface ShownSetting {
  readonly key: string;
  readonly value: string;
  /** Whether nobody has set it. */
  readonly isDefault: boolean;
}

export interface ApplicationStart {
  readonly kind: 'applicationStart';
  /** Milliseconds since the Unix epoch, as in all events. */
  readonly time: number;
  /** Unique among the applications of a cluster, such as `local-1764158400000-3f2a`. */
  readonly appId: string;
  readonly appName: string;
  readonly master: string;
  /** Of Firesteel. */
  readonly version: string;
  /** What the driver runs on, such as `Node` → `v20.19.0`. */
  readonly runtime: Readonly<Record<string, string>>;
  readonly configuration: readonly ShownSetting[];
}

/** The last event of an application that was stopped. */
export interface ApplicationEnd {
  readonly kind: 'applicationEnd';
  readonly time: number;
}

/** An executor has registered, or the threads of the driver have been started. */
export interface ExecutorAdded {
  readonly kind: 'executorAdded';
  readonly time: number;
  /** Never used again; `driver` for the driver's own threads. */
  readonly executorId: string;
  readonly host: string;
  readonly cores: number;
  /** Where its output can be read, by name, such as `stderr`. */
  readonly logUrls: Readonly<Record<string, string>>;
}

/** An executor is gone, with its cached blocks and map outputs. */
export interface ExecutorRemoved {
  readonly kind: 'executorRemoved';
  readonly time: number;
  readonly executorId: string;
  readonly reason: string;
}

/** What an executor process uses, as it tells with its heartbeats. */
export interface ExecutorMetricsUpdate {
  readonly kind: 'executorMetrics';
  readonly time: number;
  readonly executorId: string;
  readonly metrics: ExecutorMetrics;
}

import type { SkewedTask } from './skew.js';

/** A stage that a job does not run, because its shuffle is complete or its rows are cached. */
export interface SkippedStage {
  readonly shuffleId: number;
  readonly name: string;
  readonly numTasks: number;
}

/** A stage that a job is going to run or to wait for. */
export interface PlannedStage {
  readonly stageId: number;
  readonly name: string;
  /** Tasks that have no result yet. */
  readonly numTasks: number;
  /** The shuffle that it writes; absent for the result stage. */
  readonly shuffleId: number | undefined;
  readonly parentShuffleIds: readonly number[];
}

export interface JobStart {
  readonly kind: 'jobStart';
  readonly jobId: number;
  readonly time: number;
  /** The action, such as `collect at job.ts:7`. */
  readonly name: string;
  readonly callSite: CallSite;
  /** The local property `job.description`. */
  readonly description: string | undefined;
  readonly jobGroup: string | undefined;
  readonly tags: readonly string[];
  /** The pool whose share of the slots the job uses; without meaning in FIFO mode. */
  readonly pool: string;
  /** All local properties of the action. */
  readonly properties: JobProperties;
  /** The stages that the job is going to run or to wait for, parents first. */
  readonly stageIds: readonly number[];
  /** The same stages. */
  readonly stages: readonly PlannedStage[];
  readonly skippedStages: readonly SkippedStage[];
  /** Tasks of `stageIds` that have no result yet. */
  readonly numTasks: number;
}

export type JobResult =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly error: Error };

export interface JobEnd {
  readonly kind: 'jobEnd';
  readonly jobId: number;
  readonly time: number;
  readonly result: JobResult;
}

/** A stage attempt begins to run tasks. A stage is attempted again when it lost its input. */
export interface StageSubmitted {
  readonly kind: 'stageSubmitted';
  readonly stageId: number;
  readonly attempt: number;
  readonly time: number;
  /** The last transformation or the action, such as `reduceByKey at job.ts:5`. */
  readonly name: string;
  readonly callSite: CallSite;
  readonly rddIds: readonly number[];
  /** What these RDDs are, the last one first; of a very long lineage only its end. */
  readonly operators: readonly StageOperator[];
  /** Only partitions without a result; less than the partitions of the stage when resubmitted. */
  readonly numTasks: number;
  /** The shuffle that the stage writes; absent for the result stage of a job. */
  readonly shuffleId: number | undefined;
  readonly parentShuffleIds: readonly number[];
  readonly jobIds: readonly number[];
}

/** What was added to a named accumulator. */
export interface NamedAccumulator {
  readonly id: number;
  readonly name: string;
  /** In `taskEnd` the part of the task, in `stageCompleted` the whole of the accumulator. */
  readonly value: unknown;
}

export interface StageCompleted {
  readonly kind: 'stageCompleted';
  readonly stageId: number;
  readonly attempt: number;
  readonly time: number;
  readonly name: string;
  readonly durationMs: number;
  /** Tasks that succeeded in this attempt. */
  readonly numTasks: number;
  /** Absent when every partition has its result. */
  readonly failureReason: string | undefined;
  /** Sums over the tasks that succeeded in this attempt. */
  readonly metrics: TaskMetrics;
  /** The task that has read far more of a shuffle than the others, if one has. */
  readonly skew?: SkewedTask | undefined;
  /** The named accumulators that its tasks have added to. */
  readonly accumulators: readonly NamedAccumulator[];
}

export interface TaskStart {
  readonly kind: 'taskStart';
  readonly taskId: number;
  readonly stageId: number;
  readonly stageAttempt: number;
  readonly partition: number;
  readonly attempt: number;
  readonly slot: number;
  readonly executorId: string;
  readonly host: string;
  readonly time: number;
}

export interface TaskEnd {
  readonly kind: 'taskEnd';
  readonly taskId: number;
  readonly stageId: number;
  readonly stageAttempt: number;
  readonly partition: number;
  readonly attempt: number;
  readonly slot: number;
  readonly executorId: string;
  readonly host: string;
  readonly time: number;
  /** From its start on the slot, as seen by the driver. */
  readonly durationMs: number;
  /** `lost`: the slot went away while the task ran there. */
  readonly outcome: 'success' | 'exception' | 'fetchFailed' | 'killed' | 'lost';
  /** Why it did not succeed. */
  readonly reason: string | undefined;
  /** Of a successful task. */
  readonly metrics: TaskMetrics | undefined;
  /** The named accumulators that the task has added to, where that counts. */
  readonly accumulators: readonly NamedAccumulator[];
}

/** A partition of a persisted RDD was stored, moved between memory and disk, or dropped. */
export interface BlockUpdated {
  readonly kind: 'blockUpdated';
  readonly time: number;
  readonly rddId: number;
  readonly partition: number;
  readonly executorId: string;
  /** Of live rows, which only the thread of this slot can read. */
  readonly slot: number | undefined;
  /** The level that the RDD was persisted with. */
  readonly storageLevel: StorageLevelName;
  /** False when it is no longer there, and will be computed again. */
  readonly isStored: boolean;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** An RDD is no longer persisted, and its blocks were dropped. */
export interface RDDUnpersisted {
  readonly kind: 'rddUnpersisted';
  readonly time: number;
  readonly rddId: number;
}

/** Executors that are wanted do not come, so that jobs wait; told again when the reason changes. */
interface ExecutorsAwaited {
  readonly kind: 'executorsAwaited';
  readonly time: number;
  /** One line; undefined when the wait is over. */
  readonly reason: string | undefined;
}

/** An executor gets no tasks for a time, because too many have failed there. */
export interface ExecutorExcluded {
  readonly kind: 'executorExcluded';
  readonly time: number;
  readonly executorId: string;
  readonly reason: string;
}

/** The time is over for which an executor was excluded. */
export interface ExecutorUnexcluded {
  readonly kind: 'executorUnexcluded';
  readonly time: number;
  readonly executorId: string;
}

/** A host gets no tasks for a time, because too many of its executors are excluded. */
export interface NodeExcluded {
  readonly kind: 'nodeExcluded';
  readonly time: number;
  readonly host: string;
  readonly reason: string;
}

/** The time is over for which a host was excluded. */
export interface NodeUnexcluded {
  readonly kind: 'nodeUnexcluded';
  readonly time: number;
  readonly host: string;
}

/** What the scheduler reports to listeners, in the order in which it happens. */
export type SchedulerEvent =
  | ApplicationStart
  | ApplicationEnd
  | ExecutorAdded
  | ExecutorRemoved
  | ExecutorMetricsUpdate
  | ExecutorExcluded
  | ExecutorUnexcluded
  | NodeExcluded
  | NodeUnexcluded
  | JobStart
  | JobEnd
  | StageSubmitted
  | StageCompleted
  | TaskStart
  | TaskEnd
  | BlockUpdated
  | RDDUnpersisted
  | ExecutorsAwaited;

export type SchedulerEventKind = SchedulerEvent['kind'];

const ofEveryKind: Record<SchedulerEventKind, true> = {
  applicationStart: true,
  applicationEnd: true,
  executorAdded: true,
  executorRemoved: true,
  executorMetrics: true,
  executorExcluded: true,
  executorUnexcluded: true,
  nodeExcluded: true,
  nodeUnexcluded: true,
  jobStart: true,
  jobEnd: true,
  stageSubmitted: true,
  stageCompleted: true,
  taskStart: true,
  taskEnd: true,
  blockUpdated: true,
  rddUnpersisted: true,
  executorsAwaited: true,
};

export const schedulerEventKinds: ReadonlySet<string> = new Set(Object.keys(ofEveryKind));

/** The words for a call site in names and messages. */
export function callSiteText(callSite: CallSite): string {
  return `${callSite.method} at ${callSite.file}:${callSite.line}`;
}
