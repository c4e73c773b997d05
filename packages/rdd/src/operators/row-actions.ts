import type { KeyedMap } from '@firesteel/codec';
import {
  act,
  addUp,
  aggregateRows,
  collectRows,
  countRows,
  emptyCollection,
  reduceRows,
  takeRows,
} from '../actions.js';
import { checkFunction, checkInteger, checkSyncFunction } from '../arguments.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import { type Zero, zeroSpec } from '../zero.js';
import type { AnyMethod } from './any-method.js';
import { PairStatistics } from './pair-statistics.js';

/** Actions on rows of any type. */
export abstract class RowActions<T> extends PairStatistics<T> {
  /** All rows, in order, in one array on the driver. */
  collect(options: ActionOptions = {}): JobPromise<T[]> {
    return act(this.action(this.collect, options), (runJob) => collectRows<T>(runJob));
  }

  /** The number of rows. */
  count(options: ActionOptions = {}): JobPromise<number> {
    return act(this.action(this.count, options), (runJob) => addUp(runJob, 'count'));
  }

  /**
   * The first `limit` rows, or all if there are less. Looks into one partition first and into more
   * and more as long as rows are missing, one job after the other; 0 or less runs none.
   */
  take(limit: number, options: ActionOptions = {}): JobPromise<T[]> {
    const target = this.action(this.take, options);
    return act(target, async (runJob) => {
      checkInteger(limit, 'limit of take', Number.MIN_SAFE_INTEGER);
      return takeRows<T>(target, runJob, limit);
    });
  }

  /**
   * The first row.
   *
   * @throws FiresteelError EMPTY_COLLECTION when there is none (by rejection)
   */
  first(options: ActionOptions = {}): JobPromise<T> {
    const target = this.action(this.first, options);
    return act(target, async (runJob) => {
      const rows = await takeRows<T>(target, runJob, 1);
      if (rows.length === 0) throw emptyCollection(target.callSite);
      return rows[0] as T;
    });
  }

  /** Whether there is no row; looks for one like `take(1)`. */
  isEmpty(options: ActionOptions = {}): JobPromise<boolean> {
    const target = this.action(this.isEmpty, options);
    return act(target, async (runJob) => (await takeRows<T>(target, runJob, 1)).length === 0);
  }

  /**
   * All rows merged by `fn`, which must be associative: in each partition first, then the results
   * in the order of partitions on the driver.
   *
   * @throws FiresteelError EMPTY_COLLECTION when there are no rows (by rejection); `fold` has a
   *   value for that
   */
  reduce(fn: (a: T, b: T) => T, options: ActionOptions = {}): JobPromise<T> {
    const target = this.action(this.reduce, options);
    return act(target, async (runJob) => {
      checkSyncFunction(fn, 'The function of reduce');
      return reduceRows(target, runJob, fn);
    });
  }

  /**
   * All rows merged by `fn`, starting from `zero` in each partition and once more on the driver:
   * unless `zero` is neutral the result depends on the number of partitions. Gives the zero when
   * there are no rows.
   *
   * @param zero a value to be cloned for each use, or a function that makes one
   */
  fold(zero: Zero<T>, fn: (a: T, b: T) => T, options: ActionOptions = {}): JobPromise<T> {
    return act(this.action(this.fold, options), async (runJob) => {
      checkSyncFunction(fn, 'The function of fold');
      return aggregateRows(runJob, zeroSpec(zero, 'fold'), fn, fn);
    });
  }

  /**
   * `fold` into a value of another type.
   *
   * @param zero a value to be cloned for each use, or a function that makes one
   * @param seqOp adds a row, on executors; may change and return its first argument
   * @param combOp joins the results of partitions in their order, on the driver; may change and
   *   return its first argument
   * @example
   * const [sum, n] = await numbers.aggregate(
   *   () => [0, 0],
   *   ([sum, n], x) => [sum + x, n + 1],
   *   (a, b) => [a[0] + b[0], a[1] + b[1]],
   * );
   */
  aggregate<U>(
    zero: Zero<U>,
    seqOp: (accumulator: U, row: T) => U,
    combOp: (a: U, b: U) => U,
    options: ActionOptions = {},
  ): JobPromise<U> {
    return act(this.action(this.aggregate, options), async (runJob) => {
      checkSyncFunction(seqOp, 'seqOp of aggregate');
      checkSyncFunction(combOp, 'combOp of aggregate');
      return aggregateRows(runJob, zeroSpec(zero, 'aggregate'), seqOp, combOp);
    });
  }

  /** How often each row occurs, on the driver. */
  countByValue(options: ActionOptions = {}): JobPromise<KeyedMap<T, number>> {
    const target = this.action(this.countByValue, options);
    return act(target, (runJob) => countRows<T>(target, runJob));
  }

  /** Calls `fn` with each row, on the executors. */
  forEach(fn: (row: T) => void, options: ActionOptions = {}): JobPromise<void> {
    return this.#forEach(fn, options, this.forEach);
  }

  /** @deprecated Spark's spelling of `forEach`. */
  foreach(fn: (row: T) => void, options: ActionOptions = {}): JobPromise<void> {
    return this.#forEach(fn, options, this.foreach);
  }

  /**
   * Calls `fn` once for each partition, also for empty ones, with its rows, on the executors, and
   * awaits it if it is async.
   */
  forEachPartition(
    fn: (rows: Iterable<T>) => void | Promise<void>,
    options: ActionOptions = {},
  ): JobPromise<void> {
    return this.#forEachPartition(fn, options, this.forEachPartition);
  }

  /** @deprecated Spark's spelling of `forEachPartition`. */
  foreachPartition(
    fn: (rows: Iterable<T>) => void | Promise<void>,
    options: ActionOptions = {},
  ): JobPromise<void> {
    return this.#forEachPartition(fn, options, this.foreachPartition);
  }

  #forEach(fn: (row: T) => void, options: ActionOptions, method: AnyMethod): JobPromise<void> {
    return act(this.action(method, options), async (runJob) => {
      const advice = 'Use forEachPartition, which awaits.';
      checkSyncFunction(fn, `The function of ${method.name}`, advice);
      await runJob({ kind: 'forEach', fn });
    });
  }

  #forEachPartition(
    fn: (rows: Iterable<T>) => void | Promise<void>,
    options: ActionOptions,
    method: AnyMethod,
  ): JobPromise<void> {
    return act(this.action(method, options), async (runJob) => {
      checkFunction(fn, `The function of ${method.name}`);
      await runJob({ kind: 'forEachPartition', fn });
    });
  }
}
