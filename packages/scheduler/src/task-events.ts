import type { TaskOutcome } from '@firesteel/plan';
import type { Clock } from './clock.js';
import type { NamedAccumulator, TaskEnd } from './events.js';
import type { ListenerBus } from './listener-bus.js';
import type { TaskAttempt } from './task-set.js';

/** Tells listeners about tasks. A task that never started on its slot makes no events. */
export class TaskEvents {
  readonly #bus: ListenerBus;
  readonly #clock: Clock;
  readonly #decodeError: (encoded: Uint8Array) => Error;

  constructor(options: {
    readonly bus: ListenerBus;
    readonly clock: Clock;
    readonly decodeError: (encoded: Uint8Array) => Error;
  }) {
    this.#bus = options.bus;
    this.#clock = options.clock;
    this.#decodeError = options.decodeError;
  }

  started(task: TaskAttempt): void {
    this.#bus.post({
      kind: 'taskStart',
      taskId: task.taskId,
      stageId: task.set.stage.id,
      stageAttempt: task.stageAttempt,
      partition: task.partition,
      attempt: task.attempt,
      slot: task.slot,
      executorId: task.executorId,
      host: task.host,
      time: task.startedAt ?? this.#clock.now(),
    });
  }

  ended(
    task: TaskAttempt,
    outcome: TaskOutcome,
    accumulators: readonly NamedAccumulator[] = [],
  ): void {
    switch (outcome.kind) {
      case 'success':
        this.#post(task, 'success', undefined, outcome.metrics, accumulators);
        break;
      case 'exception':
        this.#post(task, 'exception', this.describe(outcome.error));
        break;
      case 'fetchFailed':
        this.#post(
          task,
          'fetchFailed',
          `map output ${outcome.mapPartition} of shuffle ${outcome.shuffleId}: ${outcome.reason}`,
        );
        break;
      case 'killed':
        this.#post(task, 'killed', undefined);
        break;
      case 'lost':
        this.lost(task, outcome.reason);
        break;
    }
  }

  lost(task: TaskAttempt, reason: string): void {
    this.#post(task, 'lost', reason);
  }

  #post(
    task: TaskAttempt,
    outcome: TaskEnd['outcome'],
    reason: string | undefined,
    metrics?: TaskEnd['metrics'],
    accumulators: readonly NamedAccumulator[] = [],
  ): void {
    if (task.startedAt === undefined) return;
    const time = this.#clock.now();
    this.#bus.post({
      kind: 'taskEnd',
      taskId: task.taskId,
      stageId: task.set.stage.id,
      stageAttempt: task.stageAttempt,
      partition: task.partition,
      attempt: task.attempt,
      slot: task.slot,
      executorId: task.executorId,
      host: task.host,
      time,
      // Threads report the start of a task late, when they are busy; what it ran, it ran.
      durationMs: Math.max(time - task.startedAt, metrics?.runTimeMs ?? 0),
      outcome,
      reason,
      metrics,
      accumulators,
    });
  }

  /** The words for an error of a task. */
  describe(encoded: Uint8Array): string {
    try {
      return String(this.#decodeError(encoded));
    } catch {
      return 'an error that could not be read';
    }
  }
}
