/** How many executors an application wants, and where. */
export interface ExecutorTarget {
  /** Executors in all, those that run already among them. */
  readonly total: number;
  /**
   * Hosts that hold what waiting tasks read, each with the number of those tasks: an executor there
   * is worth more than one elsewhere. Empty without any preference.
   */
  readonly hostWeights: ReadonlyMap<string, number>;
}

/** A backend whose executors come and go while it runs. */
export interface ExecutorAllocation {
  /** Replaces the target before. More executors come when there is room; none is ended. */
  requestTotalExecutors(target: ExecutorTarget): void;
  /**
   * Ends executors that are not needed any more, without counting that as a failure. One that has
   * tasks is left alone. Executors are replaced only while fewer than the total are left.
   * @returns the ids of those that it ended
   */
  killExecutors(executorIds: readonly string[]): readonly string[];
}

/** A backend whose executors can leave without losing what they have. */
export interface ExecutorDecommission {
  /**
   * Ends an executor without losing what it has: it finishes its tasks, hands over its map outputs
   * and cached blocks to others, and ends. What no other executor can take is computed again when
   * it is needed. Resolves when it is gone, also for one that is unknown.
   */
  decommissionExecutor(executorId: string): Promise<void>;
}
