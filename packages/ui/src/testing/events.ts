import type {
  ApplicationStart,
  JobStart,
  SchedulerEvent,
  StageCompleted,
  StageSubmitted,
  TaskEnd,
  TaskStart,
} from '@firesteel/scheduler';
import { MetricTotals } from '../store/task-metrics.js';

const callSite = { method: 'map', file: 'job.ts', line: 3 };

const noMetrics = new MetricTotals().toJSON();

export function applicationStart(changes: Partial<ApplicationStart> = {}): ApplicationStart {
  return {
    kind: 'applicationStart',
    time: 1000,
    appId: 'local-1',
    appName: 'test',
    master: 'local[2]',
    version: '0.1.0',
    runtime: { Node: '20' },
    configuration: [],
    ...changes,
  };
}

export function jobStart(changes: Partial<JobStart> = {}): JobStart {
  const stageIds = changes.stageIds ?? [0];
  return {
    kind: 'jobStart',
    jobId: 0,
    time: 1000,
    name: 'collect at job.ts:7',
    callSite,
    description: undefined,
    jobGroup: undefined,
    tags: [],
    pool: 'default',
    properties: {},
    stageIds,
    stages: stageIds.map((stageId) => ({
      stageId,
      name: `stage ${stageId}`,
      numTasks: 2,
      shuffleId: undefined,
      parentShuffleIds: [],
    })),
    skippedStages: [],
    numTasks: 2 * stageIds.length,
    ...changes,
  };
}

export function jobEnd(jobId: number, error?: Error): SchedulerEvent {
  const result =
    error === undefined ? ({ kind: 'succeeded' } as const) : ({ kind: 'failed', error } as const);
  return { kind: 'jobEnd', jobId, time: 2000, result };
}

export function stageSubmitted(changes: Partial<StageSubmitted> = {}): StageSubmitted {
  return {
    kind: 'stageSubmitted',
    stageId: 0,
    attempt: 0,
    time: 1001,
    name: 'map at job.ts:3',
    callSite,
    rddIds: [1],
    operators: [{ rddId: 1, callSite, parentIds: [], numPartitions: 2 }],
    numTasks: 2,
    shuffleId: undefined,
    parentShuffleIds: [],
    jobIds: [0],
    ...changes,
  };
}

export function stageCompleted(changes: Partial<StageCompleted> = {}): StageCompleted {
  return {
    kind: 'stageCompleted',
    stageId: 0,
    attempt: 0,
    time: 1900,
    name: 'map at job.ts:3',
    durationMs: 899,
    numTasks: 2,
    failureReason: undefined,
    metrics: noMetrics,
    accumulators: [],
    ...changes,
  };
}

export function taskStart(taskId: number, changes: Partial<TaskStart> = {}): TaskStart {
  return {
    kind: 'taskStart',
    taskId,
    stageId: 0,
    stageAttempt: 0,
    partition: taskId,
    attempt: 0,
    slot: taskId % 2,
    executorId: 'driver',
    host: 'localhost',
    time: 1100,
    ...changes,
  };
}

export function taskEnd(
  taskId: number,
  { rowsRead = 0, ...changes }: Partial<TaskEnd> & { readonly rowsRead?: number } = {},
): TaskEnd {
  return {
    ...taskStart(taskId),
    kind: 'taskEnd',
    durationMs: 10,
    outcome: 'success',
    reason: undefined,
    metrics: { ...noMetrics, rowsRead },
    accumulators: [],
    ...changes,
  };
}
