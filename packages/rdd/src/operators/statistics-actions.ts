import { estimateDistinct, mergeSketches, type Sketch } from '@firesteel/statistics';
import { act } from '../actions.js';
import { sketching } from '../distinct-estimates.js';
import type { ActionOptions, JobPromise } from '../job-promise.js';
import { checkOrder, type OrderOptions, orderOptionKinds } from '../order.js';
import { checkPercentages, percentileRows } from '../percentiles.js';
import { SampleActions } from './sample-actions.js';

/** Actions that describe rows of any type. */
export abstract class StatisticsActions<T> extends SampleActions<T> {
  /**
   * The rows at some percentages of the sorted rows, by nearest rank: at 50 % the median, the
   * first row that half of all do not exceed. Sorts the whole RDD.
   *
   * @param percentages from 0 to 100
   * @throws FiresteelError EMPTY_COLLECTION when there are no rows, INVALID_ARGUMENT for other
   *   percentages (both by rejection)
   * @example
   * const [median, p99] = await latencies.percentiles([50, 99]);
   */
  percentiles<K = T>(
    percentages: readonly number[],
    options: OrderOptions<T, K> & ActionOptions = {},
  ): JobPromise<T[]> {
    const target = this.action(this.percentiles, options, orderOptionKinds);
    return act(target, async (runJob) => {
      checkPercentages(percentages, 'percentiles');
      checkOrder(options, 'percentiles');
      return percentileRows(target, runJob, percentages, options);
    });
  }

  /**
   * About how many distinct rows there are, by a HyperLogLog sketch of 64-bit hashes: it takes
   * `(1.054 / relativeSD)²` bytes a partition, rounded up to a power of 2, however many rows.
   *
   * @param relativeSD the relative standard deviation of the result, from 0.00026 to below 1
   * @throws FiresteelError UNSUPPORTED_KEY for rows that cannot be keys (by rejection)
   */
  countApproxDistinct(relativeSD = 0.05, options: ActionOptions = {}): JobPromise<number> {
    return act(this.action(this.countApproxDistinct, options), async (runJob) => {
      const { zero, add } = sketching(relativeSD, 'countApproxDistinct');
      const sketches = (await runJob({
        kind: 'aggregate',
        zero,
        zeroIsFactory: true,
        seqOp: add,
      })) as Sketch[];
      return estimateDistinct(sketches.reduce((a, b) => mergeSketches(a, b), zero()));
    });
  }
}
