import type { StatCounter } from '@firesteel/statistics';
import { type ActionTarget, act, addUp } from '../actions.js';
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
    return statistic('mean', this.action(this.mean, options));
  }

  /** The mean squared deviation from the mean, NaN for no rows. */
  variance(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return statistic('variance', this.action(this.variance, options));
  }

  /** The same as `variance`. */
  popVariance(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return statistic('variance', this.action(this.popVariance, options));
  }

  /** The unbiased estimate of the variance behind a sample, NaN for less than two rows. */
  sampleVariance(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return statistic('sampleVariance', this.action(this.sampleVariance, options));
  }

  /** The square root of `variance`. */
  stdev(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return statistic('stdev', this.action(this.stdev, options));
  }

  /** The same as `stdev`. */
  popStdev(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return statistic('stdev', this.action(this.popStdev, options));
  }

  /** The square root of `sampleVariance`. */
  sampleStdev(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return statistic('sampleStdev', this.action(this.sampleStdev, options));
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

type Statistic = 'mean' | 'variance' | 'sampleVariance' | 'stdev' | 'sampleStdev';

/** An action that gives a single one of the `stats`. */
function statistic(name: Statistic, target: ActionTarget): JobPromise<number> {
  const { method } = target.callSite;
  return act(target, async (runJob) => (await statistics(runJob, method))[name]);
}
