import type { TaskDescription, TaskGate, TaskOutcome } from '@firesteel/plan';

export interface GatedTasksOptions {
  readonly gate: TaskGate;
  readonly kill: (taskIds: readonly number[]) => void;
  /** Reports a task that has not begun as killed. */
  readonly reportKilled: (taskId: number) => void;
}

interface HeldTask {
  readonly slot: number;
  readonly begin: () => void;
}

/** Holds each task until both the driver has sent it and the gate has permitted it. */
export class GatedTasks {
  readonly #options: GatedTasksOptions;
  /** Sent, and not permitted yet. */
  readonly #held = new Map<number, HeldTask>();
  /** Permitted, and not sent yet. */
  readonly #permitted = new Set<number>();
  /** With their slots. */
  readonly #begun = new Map<number, number>();
  /** Given up between the two. */
  readonly #killed = new Set<number>();

  constructor(options: GatedTasksOptions) {
    this.#options = options;
  }

  /** The driver has sent tasks. */
  hold(
    slot: number,
    tasks: readonly TaskDescription[],
    begin: (tasks: readonly TaskDescription[]) => void,
  ): void {
    for (const task of tasks) {
      const { taskId } = task;
      const held = { slot, begin: () => begin([task]) };
      if (this.#killed.delete(taskId)) this.#options.reportKilled(taskId);
      else if (this.#permitted.delete(taskId)) this.#begin(taskId, held);
      else this.#held.set(taskId, held);
    }
  }

  permit(taskId: number): void {
    const held = this.#held.get(taskId);
    if (this.#killed.delete(taskId)) this.#options.gate.ended(taskId, 'killed');
    else if (held === undefined) this.#permitted.add(taskId);
    else {
      this.#held.delete(taskId);
      this.#begin(taskId, held);
    }
  }

  /** For the driver and the gate alike. */
  kill(taskIds: readonly number[]): void {
    const { gate, reportKilled, kill } = this.#options;
    const begun: number[] = [];
    for (const taskId of taskIds) {
      if (this.#held.delete(taskId)) {
        this.#killed.add(taskId);
        reportKilled(taskId);
      } else if (this.#permitted.delete(taskId)) {
        this.#killed.add(taskId);
        gate.ended(taskId, 'killed');
      } else if (this.#begun.has(taskId)) begun.push(taskId);
    }
    if (begun.length > 0) kill(begun);
  }

  /** A task that had begun is over. */
  ended(taskId: number, outcome: TaskOutcome['kind']): void {
    if (this.#begun.delete(taskId)) this.#options.gate.ended(taskId, outcome);
  }

  /** The slot is gone with its tasks; the driver knows what it has sent there. */
  slotLost(slot: number): void {
    for (const [taskId, begunIn] of this.#begun)
      if (begunIn === slot) this.ended(taskId, 'exception');
    for (const [taskId, held] of this.#held) {
      if (held.slot !== slot) continue;
      this.#held.delete(taskId);
      this.#killed.add(taskId);
    }
  }

  #begin(taskId: number, { slot, begin }: HeldTask): void {
    this.#begun.set(taskId, slot);
    begin();
  }
}
