/**
 * A place of the user's own for rows, written by `saveTo`. The object and its functions travel to
 * the executors like every function of a job; `begin`, `commit` and `abort` run on the driver.
 *
 * What an attempt writes must not be visible before `commit`, which is called once, with what
 * exactly one attempt of every partition said at its end. A partition may be attempted several
 * times, also at the same time, and attempts whose message never gets to `commit` do not count.
 */
export interface RowSink<in T, M = void> {
  /** On the driver before anything runs. */
  begin?(): void | Promise<void>;
  /** On an executor: opens one attempt (0, 1, …) to write a partition. */
  open(partition: number, attempt: number): PartitionWriter<T, M> | Promise<PartitionWriter<T, M>>;
  /** On the driver when all partitions are written: publishes them; messages in their order. */
  commit?(messages: readonly M[]): void | Promise<void>;
  /**
   * On the driver when the job has failed or was cancelled, or `commit` threw. The job rejects with
   * the error given here; what `abort` throws itself becomes its property `suppressed`.
   */
  abort?(error: unknown): void | Promise<void>;
}

/** One attempt to write a partition, on an executor. */
export interface PartitionWriter<in T, out M = void> {
  /** Writes some rows, in order. The next ones are computed when the promise is fulfilled. */
  write(rows: readonly T[]): void | Promise<void>;
  /** All rows were written. Gives what `commit` of the sink has to know; plain data. */
  finish(): M | Promise<M>;
  /** The attempt has failed or was killed. What this throws does not hide why. */
  abort?(): void | Promise<void>;
}
