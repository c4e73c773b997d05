import type { StatCounter } from '@firesteel/statistics';
import { act, addUp } from '../actions.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import type { RDD } from '../rdd.js';
import { type Histogram, histogramOf, statistics } from '../statistics.js';
import { PairActions } from './pair-actions.js';

/** Actions on RDDs of numbers. All reject with NOT_A_NUMBER when they meet another row. */
export abstract class NumberActions<T> extends PairActions<T> {
  /**
   * The sum of all rows, 0 for none.
   *
   * @throws FiresteelError NOT_A_NUMBER when a row is no number (by rejection)
   */
  sum(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return act(this.action(this.sum, options), (runJob) => addUp(runJob, 'sum'));
  }

  /** Count, sum, mean, variance, smallest and largest in one pass; see `StatCounter`. */
  stats(this: RDD<number>, options: ActionOptions = {}): JobPromise<StatCounter> {
    return act(this.action(this.stats, options), (runJob) => statistics(runJob, 'stats'));
  }

  /** The mean of all rows, 0 for none. */
  mean(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    const target = this.action(this.mean, options);
    return act(target, async (runJob) => (await statistics(runJob, 'mean')).mean);
  }

  /** The mean squared deviation from the mean, NaN for no rows. */
  variance(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    const target = this.action(this.variance, options);
    return act(target, async (runJob) => (await statistics(runJob, 'variance')).variance);
  }

  /** The same as `variance`. */
  popVariance(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return this.variance(options);
  }

  /** The unbiased estimate of the variance behind a sample, NaN for less than two rows. */
  sampleVariance(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    const target = this.action(this.sampleVariance, options);
    return act(
      target,
      async (runJob) => (await statistics(runJob, 'sampleVariance')).sampleVariance,
    );
  }

  /** The square root of `variance`. */
  stdev(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    const target = this.action(this.stdev, options);
    return act(target, async (runJob) => (await statistics(runJob, 'stdev')).stdev);
  }

  /** The same as `stdev`. */
  popStdev(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return this.stdev(options);
  }

  /** The square root of `sampleVariance`. */
  sampleStdev(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    const target = this.action(this.sampleStdev, options);
    return act(target, async (runJob) => (await statistics(runJob, 'sampleStdev')).sampleStdev);
  }

  /**
   * How many rows fall into each of some buckets. A number of buckets cuts the range from the
   * smallest to the largest row evenly, which a job before finds; one bucket where all are equal.
   *
   * @param buckets how many, or their edges, rising: rows outside of them, and NaN, do not count
   * @throws FiresteelError EMPTY_COLLECTION for a number of buckets and no rows, NOT_A_NUMBER if
   *   then a row is not finite, INVALID_ARGUMENT for edges that do not rise (all by rejection)
   * @example
   * await ages.histogram([0, 18, 65, Infinity]) // { buckets: [0, 18, 65, Infinity], counts: [ … ] }
   */
  histogram(
    this: RDD<number>,
    buckets: number | readonly number[],
    options: ActionOptions = {},
  ): JobPromise<Histogram> {
    const target = this.action(this.histogram, options);
    return act(target, (runJob) => histogramOf(target, runJob, buckets));
  }
}
