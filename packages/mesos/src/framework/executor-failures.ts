import { FiresteelError } from '@firesteel/common';
import { AgentExclusion, type AgentExclusionOptions } from './agent-exclusion.js';

export interface FailedExecutor {
  readonly executorId: string;
  readonly agentId: string;
  /** Whether it had come to work before: had a task. */
  readonly hasWorked: boolean;
  /** What has ended it, and where. */
  readonly reason: string;
}

/** So many executors may fail one after the other without one that came to work in between. */
const maxFailuresInARow = 8;

/**
 * Counts executors that fail: by agent, which gets no more of them for a time, and those in a row
 * that never came to work, until trying again makes no sense.
 */
export class ExecutorFailures {
  readonly #exclusion: AgentExclusion;
  readonly #program: string;
  #inARow = 0;
  #last: string | undefined;

  /** @param program what executors run, and what that takes */
  constructor(exclusion: AgentExclusionOptions, program: string) {
    this.#program = program;
    this.#exclusion = new AgentExclusion(exclusion);
  }

  get excludedUntilMs(): ReadonlyMap<string, number> {
    return this.#exclusion.excludedUntilMs;
  }

  add({ executorId, agentId, hasWorked, reason }: FailedExecutor): void {
    this.#exclusion.failed(agentId);
    if (hasWorked) return;
    this.#inARow++;
    this.#last = `executor ${executorId} has ended before it came to work, because ${reason}`;
  }

  /** An executor came to work. */
  reset(): void {
    this.#inARow = 0;
    this.#last = undefined;
  }

  /** What happened to the last of those that failed in a row; undefined without any. */
  get last(): string | undefined {
    return this.#last;
  }

  get areTooMany(): boolean {
    return this.#inARow >= maxFailuresInARow;
  }

  /** That no more executors are started. */
  get error(): FiresteelError {
    return new FiresteelError(
      'EXECUTOR_LOST',
      `No executor came to work: ${this.#inARow} in a row have failed; ${this.#last}. No more are started. Executors run ${this.#program}. What they printed is in stderr in their sandboxes.`,
      { data: { failures: this.#inARow } },
    );
  }
}
