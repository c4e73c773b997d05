import type { Clock } from '../clock.js';

export interface AgentExclusionOptions {
  readonly clock: Clock;
  /** With so many failures an agent gets no more executors. */
  readonly maxFailures: number;
  /** How long failures count, and how long an agent is left out. */
  readonly timeoutMs: number;
}

/**
 * Which agents get no executors for a time, because those before have failed there. Only failures
 * that may be the agent's fault are to be counted.
 */
export class AgentExclusion {
  readonly #options: AgentExclusionOptions;
  /** Times of failures by agent, the oldest first. */
  readonly #failures = new Map<string, number[]>();
  readonly #excludedUntilMs = new Map<string, number>();

  constructor(options: AgentExclusionOptions) {
    this.#options = options;
  }

  /** Until when, in milliseconds since the Unix epoch; those whose time is over may be in it. */
  get excludedUntilMs(): ReadonlyMap<string, number> {
    return this.#excludedUntilMs;
  }

  /** An executor has failed there. */
  failed(agentId: string): void {
    const { clock, maxFailures, timeoutMs } = this.#options;
    const now = clock.now();
    const recent = (this.#failures.get(agentId) ?? []).filter((time) => time > now - timeoutMs);
    recent.push(now);
    if (recent.length < maxFailures) {
      this.#failures.set(agentId, recent);
      return;
    }
    this.#failures.delete(agentId);
    this.#excludedUntilMs.set(agentId, now + timeoutMs);
  }
}
