import { type MetricName, metricNames } from './task-metrics.js';
import type { TaskTable } from './task-table.js';

/** From 0 to 1 in steps of 5 %: what is kept of a stage whose tasks are forgotten. */
const KEPT_STEPS = 20;

/** How the tasks of a stage attempt that succeeded differ from one another. */
export interface TaskSummary {
  readonly numTasks: number;
  /** The values at the quantiles asked for. */
  readonly durationMs: readonly number[];
  readonly metrics: Readonly<Partial<Record<MetricName, readonly number[]>>>;
  readonly skew: Skew | undefined;
}

/** One task took much longer than most. */
export interface Skew {
  readonly taskId: number;
  readonly partition: number;
  readonly durationMs: number;
  readonly medianMs: number;
  /** Rows that the task has read, of sources and shuffles, and the median of all tasks. */
  readonly rows: number;
  readonly medianRows: number;
}

/** A task that takes this many times the median is worth a note, */
const SKEW_RATIO = 3;
/** if it is no matter of milliseconds. */
const SKEW_MIN_MS = 100;

type Sorted = ReadonlyMap<'durationMs' | MetricName, Float64Array>;

/** Sorted columns of the tasks that succeeded, or as many points of them as are kept. */
export class TaskDistribution {
  readonly #numTasks: number;
  readonly #sorted: Sorted;
  readonly #skew: Skew | undefined;

  private constructor(numTasks: number, sorted: Sorted, skew: Skew | undefined) {
    this.#numTasks = numTasks;
    this.#sorted = sorted;
    this.#skew = skew;
  }

  static of(tasks: TaskTable): TaskDistribution {
    const rows = tasks.rows('success');
    const sorted = new Map<'durationMs' | MetricName, Float64Array>();
    for (const name of ['durationMs', ...metricNames] as const)
      sorted.set(name, Float64Array.from(rows, (row) => tasks.value(name, row)).sort());
    return new TaskDistribution(rows.length, sorted, findSkew(tasks, rows, sorted));
  }

  /** The same in a few hundred bytes. */
  condensed(): TaskDistribution {
    const points = Array.from({ length: KEPT_STEPS + 1 }, (_, i) => i / KEPT_STEPS);
    const sorted = new Map(
      [...this.#sorted].map(([name, values]) => [
        name,
        Float64Array.from(points, (point) => quantile(values, point)),
      ]),
    );
    return new TaskDistribution(this.#numTasks, sorted, this.#skew);
  }

  /** @param quantiles numbers from 0 to 1 */
  summary(quantiles: readonly number[]): TaskSummary {
    const at = (name: 'durationMs' | MetricName) => {
      const values = this.#sorted.get(name) ?? new Float64Array(0);
      return quantiles.map((q) => quantile(values, q));
    };
    const metrics: Partial<Record<MetricName, readonly number[]>> = {};
    // What no task has done is no news.
    for (const name of metricNames)
      if ((this.#sorted.get(name)?.at(-1) ?? 0) > 0) metrics[name] = at(name);
    return {
      numTasks: this.#numTasks,
      durationMs: at('durationMs'),
      metrics,
      skew: this.#skew,
    };
  }
}

/** The value of rank `q`, interpolated between its neighbours. */
function quantile(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return 0;
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

function findSkew(tasks: TaskTable, rows: readonly number[], sorted: Sorted): Skew | undefined {
  const medianMs = quantile(sorted.get('durationMs') as Float64Array, 0.5);
  let slowest = -1;
  let durationMs = 0;
  for (const row of rows) {
    const duration = tasks.value('durationMs', row);
    if (duration > durationMs) [slowest, durationMs] = [row, duration];
  }
  if (rows.length < 2 || durationMs < SKEW_MIN_MS || durationMs < SKEW_RATIO * medianMs)
    return undefined;
  const rowsOf = (row: number) =>
    tasks.value('rowsRead', row) + tasks.value('shuffleRowsRead', row);
  return {
    taskId: tasks.value('taskId', slowest),
    partition: tasks.value('partition', slowest),
    durationMs,
    medianMs,
    rows: rowsOf(slowest),
    medianRows: quantile(Float64Array.from(rows, rowsOf).sort(), 0.5),
  };
}
