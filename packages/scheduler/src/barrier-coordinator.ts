import type { BackendEvent, SchedulerBackend } from '@firesteel/plan';
import { barrierBroken } from './task-errors.js';
import type { TaskAttempt, TaskSet } from './task-set.js';

type BarrierSync = Extract<BackendEvent, { kind: 'barrierSync' }>;

/** The calls of one attempt of a barrier stage. */
interface Round {
  readonly stageAttempt: number;
  /** Tasks that wait, with what they have sent. */
  readonly waiting: Map<TaskAttempt, BarrierSync>;
  /** A task that has ended: it will never make the call that others wait for. */
  ended: TaskAttempt | undefined;
}

/** Lets the tasks of a barrier stage go on when all of them have made the same call. */
export class BarrierCoordinator {
  readonly #backend: SchedulerBackend;
  readonly #onBroken: (set: TaskSet, error: unknown) => void;
  readonly #rounds = new WeakMap<TaskSet, Round>();

  constructor(backend: SchedulerBackend, onBroken: (set: TaskSet, error: unknown) => void) {
    this.#backend = backend;
    this.#onBroken = onBroken;
  }

  sync(task: TaskAttempt, request: BarrierSync): void {
    const round = this.#roundOf(task);
    if (round === undefined) return;
    const [other] = round.waiting.values();
    if (other !== undefined && other.operation !== request.operation) {
      const detail = `one task called ${other.operation}() where another called ${request.operation}()`;
      this.#onBroken(task.set, barrierBroken(task, detail));
      return;
    }
    round.waiting.set(task, request);
    if (round.ended !== undefined) this.#fail(round.ended, request);
    else if (round.waiting.size === task.set.stage.plan.numPartitions)
      this.#release(task.set, round);
  }

  taskSucceeded(task: TaskAttempt): void {
    const round = this.#roundOf(task);
    if (round === undefined) return;
    round.ended = task;
    const [waits] = round.waiting.values();
    if (waits !== undefined) this.#fail(task, waits);
  }

  #release(set: TaskSet, round: Round): void {
    const calls = [...round.waiting].sort(([a], [b]) => a.partition - b.partition);
    round.waiting.clear();
    try {
      this.#backend.releaseBarrier(
        calls.map(([task]) => task.taskId),
        calls.map(([, { message }]) => message),
      );
    } catch (error) {
      // All messages together are more than the backend can send.
      this.#onBroken(set, error);
    }
  }

  #fail(ended: TaskAttempt, { operation }: BarrierSync): void {
    const detail = `it ended while other tasks wait in ${operation}()`;
    this.#onBroken(ended.set, barrierBroken(ended, detail));
  }

  /** Undefined for a task of an earlier attempt of its stage. */
  #roundOf({ set, stageAttempt }: TaskAttempt): Round | undefined {
    if (stageAttempt !== set.stage.attempt) return undefined;
    let round = this.#rounds.get(set);
    if (round?.stageAttempt !== stageAttempt) {
      round = { stageAttempt, waiting: new Map(), ended: undefined };
      this.#rounds.set(set, round);
    }
    return round;
  }
}
