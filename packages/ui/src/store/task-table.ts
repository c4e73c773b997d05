import type { TaskEnd, TaskStart } from '@firesteel/scheduler';
import { type MetricName, metricNames, metricOf } from './task-metrics.js';

/** In the order of the numbers that stand for them. */
export const taskStatuses = [
  'running',
  'success',
  'exception',
  'fetchFailed',
  'killed',
  'lost',
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

const numbers = ['taskId', 'partition', 'attempt', 'slot', 'startTime', 'durationMs'] as const;
export type TaskColumn = (typeof numbers)[number] | MetricName;

/** One row of a table. */
export interface TaskRow {
  readonly taskId: number;
  readonly partition: number;
  readonly attempt: number;
  readonly slot: number;
  readonly executorId: string;
  readonly host: string;
  readonly status: TaskStatus;
  readonly startTime: number;
  /** So far, if it still runs. */
  readonly durationMs: number;
  /** Why it did not succeed. */
  readonly reason: string | undefined;
}

interface Place {
  readonly executorId: string;
  readonly host: string;
}

/**
 * The tasks of a stage attempt, column by column: a hundred thousand of them are a few megabytes
 * and nothing that a garbage collector would have to walk through. When it is full, the row of the
 * oldest task makes room.
 */
export class TaskTable {
  readonly #maxRows: number;
  readonly #columns = new Map<TaskColumn, Float64Array>();
  #statuses = new Uint8Array(0);
  #places = new Uint32Array(0);
  readonly #knownPlaces: Place[] = [];
  readonly #placeOf = new Map<string, number>();
  readonly #reasons = new Map<number, string>();
  /** The rows of running tasks. */
  readonly #running = new Map<number, number>();
  #added = 0;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
    this.#grow(Math.min(16, maxRows));
  }

  /** How many tasks it knows. */
  get size(): number {
    return Math.min(this.#added, this.#maxRows);
  }

  started(task: TaskStart): void {
    const row = this.#added++ % this.#maxRows;
    if (row >= this.#statuses.length)
      this.#grow(Math.min(2 * this.#statuses.length, this.#maxRows));
    if (this.#added > this.#maxRows) this.#clear(row);
    this.#set('taskId', row, task.taskId);
    this.#set('partition', row, task.partition);
    this.#set('attempt', row, task.attempt);
    this.#set('slot', row, task.slot);
    this.#set('startTime', row, task.time);
    this.#places[row] = this.#placeNumber(task);
    this.#statuses[row] = 0;
    this.#running.set(task.taskId, row);
  }

  ended(task: TaskEnd): void {
    const row = this.#running.get(task.taskId);
    if (row === undefined) return;
    this.#running.delete(task.taskId);
    this.#statuses[row] = taskStatuses.indexOf(task.outcome);
    this.#set('durationMs', row, task.durationMs);
    // It may have begun before it was known to.
    this.#set('startTime', row, task.time - task.durationMs);
    if (task.reason !== undefined) this.#reasons.set(row, task.reason);
    if (task.metrics === undefined) return;
    for (const name of metricNames) this.#set(name, row, metricOf(task.metrics, name));
  }

  status(row: number): TaskStatus {
    return taskStatuses[this.#statuses[row] as number] as TaskStatus;
  }

  /** @param now up to when tasks that run have run */
  row(row: number, now: number): TaskRow {
    const { executorId, host } = this.#knownPlaces[this.#places[row] as number] as Place;
    return {
      taskId: this.value('taskId', row),
      partition: this.value('partition', row),
      attempt: this.value('attempt', row),
      slot: this.value('slot', row),
      executorId,
      host,
      status: this.status(row),
      startTime: this.value('startTime', row),
      durationMs: this.durationMs(row, now),
      reason: this.#reasons.get(row),
    };
  }

  durationMs(row: number, now: number): number {
    return this.#statuses[row] === 0
      ? Math.max(0, now - this.value('startTime', row))
      : this.value('durationMs', row);
  }

  value(column: TaskColumn, row: number): number {
    return (this.#columns.get(column) as Float64Array)[row] as number;
  }

  /** The rows, optionally of one status only, in the order in which the tasks began. */
  rows(status?: TaskStatus): number[] {
    const rows: number[] = [];
    const first = this.#added > this.#maxRows ? this.#added % this.#maxRows : 0;
    for (let i = 0; i < this.size; i++) {
      const row = (first + i) % this.#maxRows;
      if (status === undefined || this.status(row) === status) rows.push(row);
    }
    return rows;
  }

  #set(column: TaskColumn, row: number, value: number): void {
    (this.#columns.get(column) as Float64Array)[row] = value;
  }

  /** Of the task that had the row before. */
  #clear(row: number): void {
    this.#running.delete(this.value('taskId', row));
    this.#reasons.delete(row);
    this.#set('durationMs', row, 0);
    for (const name of metricNames) this.#set(name, row, 0);
  }

  #placeNumber({ executorId, host }: Place): number {
    let number = this.#placeOf.get(executorId);
    if (number === undefined) {
      number = this.#knownPlaces.push({ executorId, host }) - 1;
      this.#placeOf.set(executorId, number);
    }
    return number;
  }

  #grow(rows: number): void {
    for (const name of [...numbers, ...metricNames]) {
      const grown = new Float64Array(rows);
      grown.set(this.#columns.get(name) ?? []);
      this.#columns.set(name, grown);
    }
    const statuses = new Uint8Array(rows);
    statuses.set(this.#statuses);
    this.#statuses = statuses;
    const places = new Uint32Array(rows);
    places.set(this.#places);
    this.#places = places;
  }
}
