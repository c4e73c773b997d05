/** When executors and hosts get no more tasks after failures; Spark's keys `excludeOnFailure.*`. */
export interface ExclusionOptions {
  /** So many failed attempts of a task on an executor, or a host, keep it from being tried there. */
  readonly maxTaskAttemptsPerExecutor: number;
  readonly maxTaskAttemptsPerHost: number;
  /** So many failed tasks, or excluded executors, keep the stage away. */
  readonly stageMaxFailedTasksPerExecutor: number;
  readonly stageMaxFailedExecutorsPerHost: number;
  /** The same for all stages, counted over stages that succeeded, for `timeoutMs`. */
  readonly applicationMaxFailedTasksPerExecutor: number;
  readonly applicationMaxFailedExecutorsPerHost: number;
  readonly timeoutMs: number;
  /** Whether excluded executors are ended, so that others can take their place. */
  readonly killExcludedExecutors: boolean;
  /** Whether an executor that does not deliver map outputs is excluded at once. */
  readonly excludeOnFetchFailure: boolean;
}

/** Where a task ran or may run. */
export interface Place {
  readonly executorId: string;
  readonly host: string;
}

/** The failures of a task set by place, and what follows for the places of its tasks. */
export class TaskSetExclusion {
  readonly #options: ExclusionOptions;
  /** By executor, then by partition: failed attempts. */
  readonly #failures = new Map<string, { host: string; partitions: Map<number, number> }>();
  readonly #executors = new Set<string>();
  readonly #hosts = new Set<string>();
  /** Of the last failure of each partition, for the error if it can run nowhere. */
  readonly #reasons = new Map<number, string>();

  constructor(options: ExclusionOptions) {
    this.#options = options;
  }

  /** Whether every task may run everywhere. */
  get isEmpty(): boolean {
    return this.#failures.size === 0;
  }

  note(partition: number, { executorId, host }: Place, reason: string): void {
    let failed = this.#failures.get(executorId);
    if (failed === undefined) {
      failed = { host, partitions: new Map() };
      this.#failures.set(executorId, failed);
    }
    failed.partitions.set(partition, (failed.partitions.get(partition) ?? 0) + 1);
    this.#reasons.set(partition, reason);
    const { stageMaxFailedTasksPerExecutor, stageMaxFailedExecutorsPerHost } = this.#options;
    if (failed.partitions.size < stageMaxFailedTasksPerExecutor) return;
    this.#executors.add(executorId);
    const onHost = [...this.#executors].filter((id) => this.#failures.get(id)?.host === host);
    if (onHost.length >= stageMaxFailedExecutorsPerHost) this.#hosts.add(host);
  }

  /** Whether no task of the set may run there. */
  excludes({ executorId, host }: Place): boolean {
    return this.#executors.has(executorId) || this.#hosts.has(host);
  }

  /** Whether the task has failed somewhere, so that it may not run everywhere. */
  isRestricted(partition: number): boolean {
    return this.#reasons.has(partition);
  }

  /** Whether the task may not run there, though others of the set may. */
  excludesTask(partition: number, { executorId, host }: Place): boolean {
    const { maxTaskAttemptsPerExecutor, maxTaskAttemptsPerHost } = this.#options;
    const here = this.#failures.get(executorId)?.partitions.get(partition) ?? 0;
    if (here >= maxTaskAttemptsPerExecutor) return true;
    let onHost = 0;
    for (const failed of this.#failures.values())
      if (failed.host === host) onHost += failed.partitions.get(partition) ?? 0;
    return onHost >= maxTaskAttemptsPerHost;
  }

  reasonOf(partition: number): string | undefined {
    return this.#reasons.get(partition);
  }

  /** How many different tasks have failed on each executor. */
  *failedTasks(): Generator<Place & { readonly tasks: number }> {
    for (const [executorId, { host, partitions }] of this.#failures)
      yield { executorId, host, tasks: partitions.size };
  }
}

/** Told when the application excludes an executor or a host, or takes it back. */
export interface ExclusionListener {
  executorExcluded(executorId: string, reason: string): void;
  executorUnexcluded(executorId: string): void;
  nodeExcluded(host: string, reason: string): void;
  nodeUnexcluded(host: string): void;
}

/** The executors and hosts that no stage uses for a time. */
export class ApplicationExclusion {
  readonly #options: ExclusionOptions;
  readonly #listener: ExclusionListener;
  /** By executor: when tasks failed there, in stages that succeeded in the end. */
  readonly #failures = new Map<string, { host: string; times: number[] }>();
  /** Until when. */
  readonly #executors = new Map<string, { host: string; until: number }>();
  readonly #hosts = new Map<string, number>();

  constructor(options: ExclusionOptions, listener: ExclusionListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get isEmpty(): boolean {
    return this.#executors.size === 0 && this.#hosts.size === 0;
  }

  excludes({ executorId, host }: Place): boolean {
    return this.#executors.has(executorId) || this.#hosts.has(host);
  }

  /** The stage has succeeded: what failed in it was the fault of the places, not of the tasks. */
  addFailures(set: TaskSetExclusion, now: number): void {
    const { timeoutMs, applicationMaxFailedTasksPerExecutor: limit } = this.#options;
    for (const { executorId, host, tasks } of set.failedTasks()) {
      const { times } = this.#failures.get(executorId) ?? { times: [] };
      const recent = times.filter((time) => now - time < timeoutMs);
      for (let i = 0; i < tasks; i++) recent.push(now);
      this.#failures.set(executorId, { host, times: recent });
      if (recent.length < limit) continue;
      this.exclude({ executorId, host }, now, `${recent.length} tasks have failed there`);
    }
  }

  exclude({ executorId, host }: Place, now: number, reason: string): void {
    const until = now + this.#options.timeoutMs;
    const isNew = !this.#executors.has(executorId);
    this.#executors.set(executorId, { host, until });
    this.#failures.delete(executorId);
    if (!isNew) return;
    this.#listener.executorExcluded(executorId, reason);
    const onHost = [...this.#executors.values()].filter((excluded) => excluded.host === host);
    if (onHost.length < this.#options.applicationMaxFailedExecutorsPerHost) return;
    if (!this.#hosts.has(host))
      this.#listener.nodeExcluded(host, `${onHost.length} executors there are excluded`);
    this.#hosts.set(host, until);
  }

  /** Takes back what has been excluded for long enough. */
  expire(now: number): void {
    for (const [executorId, { until }] of this.#executors)
      if (until <= now) {
        this.#executors.delete(executorId);
        this.#listener.executorUnexcluded(executorId);
      }
    for (const [host, until] of this.#hosts)
      if (until <= now) {
        this.#hosts.delete(host);
        this.#listener.nodeUnexcluded(host);
      }
  }

  /** When `expire` has something to do next; infinite for never. */
  get nextExpiry(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { until } of this.#executors.values()) next = Math.min(next, until);
    for (const until of this.#hosts.values()) next = Math.min(next, until);
    return next;
  }
}
