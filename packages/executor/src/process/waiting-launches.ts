import { encodeError } from '@firesteel/closure/executor';
import type { BackendEvent, TaskDescription } from '@firesteel/plan';
import type { FileCache } from './file-cache.js';

export interface WaitingLaunchesOptions {
  readonly files: FileCache;
  readonly launch: (slot: number, tasks: readonly TaskDescription[]) => void;
  readonly report: (event: BackendEvent) => void;
}

/** Holds tasks back until the packages and files that they need are there. */
export class WaitingLaunches {
  readonly #options: WaitingLaunchesOptions;
  readonly #waiting = new Set<number>();

  constructor(options: WaitingLaunchesOptions) {
    this.#options = options;
  }

  launch(slot: number, tasks: readonly TaskDescription[], needs: readonly string[]): void {
    const { files, launch } = this.#options;
    if (files.isReady(needs)) launch(slot, tasks);
    else void this.#launchLater(slot, tasks, needs);
  }

  /** Tasks that wait end as killed; others are not known here. */
  kill(taskIds: readonly number[]): void {
    for (const taskId of taskIds)
      if (this.#waiting.delete(taskId))
        this.#options.report({ kind: 'taskEnded', taskId, outcome: { kind: 'killed' } });
  }

  async #launchLater(
    slot: number,
    tasks: readonly TaskDescription[],
    needs: readonly string[],
  ): Promise<void> {
    const { files, launch, report } = this.#options;
    for (const { taskId } of tasks) this.#waiting.add(taskId);
    let failure: unknown;
    try {
      await files.prepare(needs);
    } catch (error) {
      failure = error;
    }
    const left = tasks.filter(({ taskId }) => this.#waiting.delete(taskId));
    if (left.length === 0) return;
    if (failure === undefined) {
      launch(slot, left);
      return;
    }
    const outcome = { kind: 'exception', error: encodeError(failure), retryable: true } as const;
    for (const { taskId } of left) report({ kind: 'taskEnded', taskId, outcome });
  }
}
