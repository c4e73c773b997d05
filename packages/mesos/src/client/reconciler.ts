import type { SchedulerCallReconcileTask, TaskStatus } from '@firesteel/mesos-protocol';
import type { Clock } from '../clock.js';
import { Backoff } from './backoff.js';

export interface ReconcilerOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** The tasks that the framework takes to be alive; asked anew for each request. */
  readonly tasks: () => readonly SchedulerCallReconcileTask[];
  /** Sends RECONCILE; without tasks the master answers for all that it knows. */
  readonly reconcile: (tasks: readonly SchedulerCallReconcileTask[]) => void;
  readonly implicitIntervalMs: number;
}

const firstPauseMs = 10_000;
const maxPauseMs = 120_000;

/**
 * Finds out what became of tasks while nobody listened. Right after a subscription it asks for each
 * live task, then again for those without an answer: a new master is silent about the tasks of
 * agents that are not back, for minutes. From time to time it asks for everything, to find tasks
 * that the framework does not know.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #backoff: Backoff;
  readonly #unanswered = new Set<string>();
  #cancelExplicit = (): void => {};
  #cancelImplicit = (): void => {};

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    // Pauses of half the limit at least: an answer needs some time.
    const random = (): number => 0.5 + options.random() / 2;
    this.#backoff = new Backoff(firstPauseMs, maxPauseMs, random);
  }

  /** A subscription has begun. */
  start(): void {
    this.stop();
    this.#backoff.reset();
    const tasks = this.#options.tasks();
    for (const { task_id } of tasks) this.#unanswered.add(task_id.value);
    this.#ask(tasks);
    this.#scheduleImplicit();
  }

  /** Any update says what a task does, whether it answers a request or not. */
  updated({ task_id }: TaskStatus): void {
    this.#unanswered.delete(task_id.value);
  }

  stop(): void {
    this.#cancelExplicit();
    this.#cancelImplicit();
    this.#unanswered.clear();
  }

  #ask(tasks: readonly SchedulerCallReconcileTask[]): void {
    // An empty list would ask for everything.
    if (tasks.length === 0) return;
    this.#options.reconcile(tasks);
    this.#cancelExplicit = this.#options.clock.setTimer(this.#backoff.nextMs(), () => {
      this.#ask(this.#options.tasks().filter(({ task_id }) => this.#unanswered.has(task_id.value)));
    });
  }

  #scheduleImplicit(): void {
    const { clock, reconcile, implicitIntervalMs } = this.#options;
    this.#cancelImplicit = clock.setTimer(implicitIntervalMs, () => {
      this.#scheduleImplicit();
      reconcile([]);
    });
  }
}
