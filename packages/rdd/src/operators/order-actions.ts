import { act, extremeRow, topRows } from '../actions.js';
import { checkInteger } from '../arguments.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import { checkOrder, type OrderOptions, orderOptionKinds } from '../order.js';
import type { AnyMethod } from './any-method.js';
import { RowActions } from './row-actions.js';

/** Actions that look for the first rows in an order. */
export abstract class OrderActions<T> extends RowActions<T> {
  /**
   * The `limit` largest rows, largest first. Rows that compare equal come in the order of the RDD.
   * Memory and traffic grow with `limit`, not with the number of rows.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a negative limit (by rejection)
   * @example
   * counts.top(10, { by: ([, n]) => n })
   */
  top<K = T>(limit: number, options: OrderOptions<T, K> & ActionOptions = {}): JobPromise<T[]> {
    return this.#ordered(limit, true, options, this.top);
  }

  /** The `limit` smallest rows, smallest first; see `top`. */
  takeOrdered<K = T>(
    limit: number,
    options: OrderOptions<T, K> & ActionOptions = {},
  ): JobPromise<T[]> {
    return this.#ordered(limit, false, options, this.takeOrdered);
  }

  /**
   * The largest row, the first of them if several are.
   *
   * @throws FiresteelError EMPTY_COLLECTION when there are no rows (by rejection)
   */
  max<K = T>(options: OrderOptions<T, K> & ActionOptions = {}): JobPromise<T> {
    return this.#extreme(true, options, this.max);
  }

  /**
   * The smallest row, the first of them if several are.
   *
   * @throws FiresteelError EMPTY_COLLECTION when there are no rows (by rejection)
   */
  min<K = T>(options: OrderOptions<T, K> & ActionOptions = {}): JobPromise<T> {
    return this.#extreme(false, options, this.min);
  }

  #ordered<K>(
    limit: number,
    largest: boolean,
    options: OrderOptions<T, K> & ActionOptions,
    method: AnyMethod,
  ): JobPromise<T[]> {
    return act(this.action(method, options, orderOptionKinds), async (runJob) => {
      checkInteger(limit, `limit of ${method.name}`, 0);
      checkOrder(options, method.name);
      return limit === 0 ? [] : topRows(runJob, limit, largest, options);
    });
  }

  #extreme<K>(
    largest: boolean,
    options: OrderOptions<T, K> & ActionOptions,
    method: AnyMethod,
  ): JobPromise<T> {
    const target = this.action(method, options, orderOptionKinds);
    return act(target, async (runJob) => {
      checkOrder(options, method.name);
      return extremeRow(target, runJob, largest, options);
    });
  }
}
