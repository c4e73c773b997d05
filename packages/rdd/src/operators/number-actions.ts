import { act, addUp } from '../actions.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import type { RDD } from '../rdd.js';
import { PairActions } from './pair-actions.js';

/** Actions on RDDs of numbers. */
export abstract class NumberActions<T> extends PairActions<T> {
  /**
   * The sum of all rows, 0 for none.
   *
   * @throws FiresteelError NOT_A_NUMBER when a row is no number (by rejection)
   */
  sum(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return act(this.action(this.sum, options), (runJob) => addUp(runJob, 'sum'));
  }
}
