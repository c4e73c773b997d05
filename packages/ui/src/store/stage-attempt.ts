import type {
  NamedAccumulator,
  StageCompleted,
  StageSubmitted,
  TaskEnd,
  TaskStart,
} from '@firesteel/scheduler';
import type { JobRecord } from './job-record.js';
import { MetricTotals } from './task-metrics.js';
import { TaskDistribution } from './task-summary.js';
import { TaskTable } from './task-table.js';

/** What is known about one attempt to run a stage. */
export class StageAttempt {
  readonly submitted: StageSubmitted;
  /** The jobs that have asked for it, as far as they are remembered. */
  readonly jobs: readonly JobRecord[];
  /** Of the tasks that succeeded. */
  readonly totals = new MetricTotals();
  completed: StageCompleted | undefined;
  active = 0;
  succeeded = 0;
  failed = 0;
  killed = 0;
  readonly #accumulators = new Map<number, NamedAccumulator>();
  #tasks: TaskTable | undefined;
  #distribution: TaskDistribution | undefined;
  /** How many tasks had succeeded when the distribution was made. */
  #distributedTasks = 0;

  constructor(submitted: StageSubmitted, jobs: readonly JobRecord[], maxTasks: number) {
    this.submitted = submitted;
    this.jobs = jobs;
    this.#tasks = new TaskTable(maxTasks);
  }

  /** Undefined when they were forgotten. */
  get tasks(): TaskTable | undefined {
    return this.#tasks;
  }

  /** What tasks have added up, or what the accumulators were when the stage ended. */
  get accumulators(): Iterable<NamedAccumulator> {
    return this.#accumulators.values();
  }

  get distribution(): TaskDistribution {
    if (
      this.#tasks !== undefined &&
      (this.#distribution === undefined || this.#distributedTasks !== this.succeeded)
    ) {
      this.#distribution = TaskDistribution.of(this.#tasks);
      this.#distributedTasks = this.succeeded;
    }
    return this.#distribution as TaskDistribution;
  }

  /** Returns by how much it grew. */
  taskStarted(task: TaskStart): number {
    this.active++;
    for (const job of this.jobs) job.active++;
    if (this.#tasks === undefined) return 0;
    const before = this.#tasks.size;
    this.#tasks.started(task);
    return this.#tasks.size - before;
  }

  taskEnded(task: TaskEnd): void {
    const count =
      task.outcome === 'success' ? 'succeeded' : task.outcome === 'killed' ? 'killed' : 'failed';
    this.active--;
    this[count]++;
    for (const job of this.jobs) {
      job.active--;
      job[count]++;
    }
    if (task.metrics !== undefined) this.totals.add(task.metrics);
    this.#tasks?.ended(task);
  }

  end(completed: StageCompleted): void {
    this.completed = completed;
    for (const accumulator of completed.accumulators)
      this.#accumulators.set(accumulator.id, accumulator);
  }

  /** Keeps how tasks differed, but not each of them; returns how many are forgotten. */
  forgetTasks(): number {
    const forgotten = this.#tasks?.size ?? 0;
    if (this.#tasks !== undefined) this.#distribution = this.distribution.condensed();
    this.#tasks = undefined;
    return forgotten;
  }
}
