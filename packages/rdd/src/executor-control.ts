import { ContextBase } from './context-base.js';

/** The members of a context that decide about its executors. */
export abstract class ExecutorControl extends ContextBase {
  /**
   * Ends an executor process without losing what it has: it gets no more tasks, finishes those that
   * it runs, hands over its map outputs and the cached partitions that all of its threads can read
   * to other executors, and exits. What nobody can take is computed again when it is needed. The
   * cluster starts another executor in its place while it wants as many as before.
   *
   * @param executorId as in the events `executorAdded` and `taskStart`; no effect if it is unknown,
   * or on a local master
   * @returns a promise that is fulfilled when the executor is gone, at the latest after
   * `executor.decommission.forceKillTimeout`
   * @example
   * await sc.decommissionExecutor('3');
   */
  async decommissionExecutor(executorId: string): Promise<void> {
    this.assertRunning('decommissionExecutor');
    await this.engine.decommissionExecutor(executorId);
  }
}
