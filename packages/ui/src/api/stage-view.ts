import type { StageAttempt } from '../store/stage-attempt.js';
import { metricNames } from '../store/task-metrics.js';
import type { TaskColumn, TaskStatus, TaskTable } from '../store/task-table.js';
import type { ServedApplication } from './application-source.js';
import { nowOf } from './application-view.js';
import type {
  StageDetail,
  StageExecutorView,
  StageStatus,
  StageView,
  TaskListView,
  TaskView,
} from './types.js';

function statusOf({ completed }: StageAttempt, { state }: ServedApplication): StageStatus {
  if (completed !== undefined) return completed.failureReason === undefined ? 'complete' : 'failed';
  return state === 'running' ? 'active' : 'unknown';
}

export function stageView(stage: StageAttempt, served: ServedApplication): StageView {
  const { submitted, completed } = stage;
  const { shuffleId } = submitted;
  const failureReason = completed?.failureReason;
  return {
    stageId: submitted.stageId,
    attempt: submitted.attempt,
    name: submitted.name,
    status: statusOf(stage, served),
    jobIds: submitted.jobIds,
    submissionTime: submitted.time,
    ...(completed !== undefined && { completionTime: completed.time }),
    durationMs: Math.max(0, (completed?.time ?? nowOf(served)) - submitted.time),
    ...(failureReason !== undefined && { failureReason }),
    numTasks: submitted.numTasks,
    numActiveTasks: served.state === 'running' ? stage.active : 0,
    numCompletedTasks: stage.succeeded,
    numFailedTasks: stage.failed,
    numKilledTasks: stage.killed,
    totals: stage.totals.toJSON(),
    ...(shuffleId !== undefined && { shuffleId }),
    parentShuffleIds: submitted.parentShuffleIds,
    operators: submitted.operators,
  };
}

/** Newest first. */
export function stageViews(served: ServedApplication, statuses: readonly string[]): StageView[] {
  return [...served.store.stages.values()]
    .reverse()
    .map((stage) => stageView(stage, served))
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status));
}

export function stageDetail(stage: StageAttempt, served: ServedApplication): StageDetail {
  const { stageId, attempt } = stage.submitted;
  return {
    ...stageView(stage, served),
    attempts: served.store
      .attemptsOf(stageId)
      .map(({ submitted }) => submitted.attempt)
      .filter((other) => other !== attempt),
    accumulators: [...stage.accumulators].map(({ name, value }) => ({
      name,
      value: valueText(value),
    })),
    executors: stage.tasks === undefined ? [] : executorsOf(stage.tasks, nowOf(served)),
    hasTasks: stage.tasks !== undefined,
  };
}

const MAX_VALUE_LENGTH = 200;

function valueText(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A bigint, or a cycle.
  }
  text ??= String(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

type Sums = { -readonly [K in keyof StageExecutorView]: StageExecutorView[K] };

function executorsOf(tasks: TaskTable, now: number): StageExecutorView[] {
  const executors = new Map<string, Sums>();
  for (const row of tasks.rows()) {
    const { executorId, host, status, durationMs } = tasks.row(row, now);
    let sums = executors.get(executorId);
    if (sums === undefined) {
      const none = { numCompletedTasks: 0, numFailedTasks: 0, taskTimeMs: 0 };
      sums = { executorId, host, ...none, rowsRead: 0, bytesRead: 0, diskBytesSpilled: 0 };
      executors.set(executorId, sums);
    }
    if (status === 'success') sums.numCompletedTasks++;
    else if (status !== 'running' && status !== 'killed') sums.numFailedTasks++;
    sums.taskTimeMs += durationMs;
    sums.rowsRead += tasks.value('rowsRead', row) + tasks.value('shuffleRowsRead', row);
    sums.bytesRead += tasks.value('bytesRead', row) + tasks.value('shuffleBytesRead', row);
    sums.diskBytesSpilled += tasks.value('diskBytesSpilled', row);
  }
  return [...executors.values()];
}

/** A page of the tasks of a stage. */
export interface TaskPage {
  readonly offset: number;
  readonly length: number;
  readonly sortBy: TaskColumn;
  readonly isDescending: boolean;
  readonly status: TaskStatus | undefined;
}

export function taskList(
  tasks: TaskTable | undefined,
  { offset, length, sortBy, isDescending, status }: TaskPage,
  served: ServedApplication,
): TaskListView {
  if (tasks === undefined) return { numTasks: 0, tasks: [] };
  const now = nowOf(served);
  const rows = tasks.rows(status);
  const sortKey = (row: number) =>
    sortBy === 'durationMs' ? tasks.durationMs(row, now) : tasks.value(sortBy, row);
  const sign = isDescending ? -1 : 1;
  rows.sort((a, b) => sign * (sortKey(a) - sortKey(b)) || a - b);
  return {
    numTasks: rows.length,
    tasks: rows.slice(offset, offset + length).map((row) => taskView(tasks, row, served)),
  };
}

function taskView(tasks: TaskTable, row: number, served: ServedApplication): TaskView {
  const { reason, status, ...task } = tasks.row(row, nowOf(served));
  const isUnknown = status === 'running' && served.state !== 'running';
  const values: Record<string, number> = {};
  for (const name of metricNames) {
    const value = tasks.value(name, row);
    if (value !== 0) values[name] = value;
  }
  return {
    ...task,
    status: isUnknown ? 'unknown' : status,
    ...(reason !== undefined && { reason }),
    ...values,
  };
}
