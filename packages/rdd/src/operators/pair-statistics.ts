import { compareKeys } from '@firesteel/codec';
import { optionsOf } from '@firesteel/common';
import { createNode } from '@firesteel/plan';
import { estimateDistinct, type Sketch } from '@firesteel/statistics';
import { checkInteger } from '../arguments.js';
import { sketching } from '../distinct-estimates.js';
import { checkOrder, type OrderOptions, orderOptionKinds } from '../order.js';
import { type Partitioning, partitionerSpec, partitioningOptionKinds } from '../partitioner.js';
import { checkPercentages, rankOf } from '../percentiles.js';
import type { RDD } from '../rdd.js';
import { combineNode } from '../shuffle-operators.js';
import { Sampling } from './sampling.js';

type Order<V> = OrderOptions<V, never>;

const orderAndPartitioning = { ...orderOptionKinds, ...partitioningOptionKinds };

/** Transformations that say something about the values of each key. */
export abstract class PairStatistics<T> extends Sampling<T> {
  /**
   * `[key, values]` with the `limit` largest values of each key, largest first; of those that
   * compare equal the first ones. No more than `limit` values of a key are kept or sent.
   *
   * @param options `by` and `compare` as in `top`, and the `partitioning` of `reduceByKey`
   * @throws FiresteelError INVALID_ARGUMENT for a limit below 1
   * @example
   * scores.topByKey(3, { by: (score) => score.points })
   */
  topByKey<K, V, S = V>(
    this: RDD<readonly [K, V]>,
    limit: number,
    options: OrderOptions<V, S> & Exclude<Partitioning<NoInfer<K>>, number> = {},
  ): RDD<[K, V[]]> {
    const callSite = this.context.callSite(this.topByKey);
    checkInteger(limit, 'limit of topByKey', 1);
    const { by, compare, ...partitioning } = optionsOf(options, orderAndPartitioning, 'topByKey');
    checkOrder({ by, compare }, 'topByKey');
    const spec = partitionerSpec(partitioning, 'topByKey');
    const { create, mergeValue, mergeCombiners } = keepingLargest(limit, {
      by,
      compare,
    } as Order<V>);
    return this.derive(
      combineNode(this.node, callSite, spec, {
        kind: 'combine',
        create,
        mergeValue,
        mergeCombiners,
      }),
    );
  }

  /**
   * `[key, values]` with the values of each key at some percentages of its sorted values, by
   * nearest rank. All values of a key are in memory at once.
   *
   * @param percentages from 0 to 100
   * @param options `by` and `compare` as in `top`, and the `partitioning` of `reduceByKey`
   * @throws FiresteelError INVALID_ARGUMENT for other percentages
   * @example
   * latencies.percentilesByKey([50, 99])
   */
  percentilesByKey<K, V, S = V>(
    this: RDD<readonly [K, V]>,
    percentages: readonly number[],
    options: OrderOptions<V, S> & Exclude<Partitioning<NoInfer<K>>, number> = {},
  ): RDD<[K, V[]]> {
    const callSite = this.context.callSite(this.percentilesByKey);
    checkPercentages(percentages, 'percentilesByKey');
    const { by, compare, ...partitioning } = optionsOf(
      options,
      orderAndPartitioning,
      'percentilesByKey',
    );
    checkOrder({ by, compare }, 'percentilesByKey');
    const spec = partitionerSpec(partitioning, 'percentilesByKey');
    const groups = combineNode(this.node, callSite, spec, { kind: 'group' });
    const fn = atRanks([...percentages], { by, compare } as Order<V>);
    return this.derive(createNode({ kind: 'mapValues', parents: [groups], callSite, fn }));
  }

  /**
   * `[key, number]` with about how many distinct values each key has; see `countApproxDistinct`.
   * Each key takes a sketch of 512 bytes at the default precision.
   *
   * @param relativeSD the relative standard deviation of the result, from 0.00026 to below 1
   * @param partitioning as in `reduceByKey`
   */
  countApproxDistinctByKey<K>(
    this: RDD<readonly [K, unknown]>,
    relativeSD = 0.05,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, number]> {
    const callSite = this.context.callSite(this.countApproxDistinctByKey);
    const { zero, add, merge } = sketching(relativeSD, 'countApproxDistinctByKey');
    const spec = partitionerSpec(partitioning, 'countApproxDistinctByKey');
    const sketches = combineNode(this.node, callSite, spec, {
      kind: 'aggregate',
      zero,
      zeroIsFactory: true,
      mergeValue: add,
      mergeCombiners: merge,
    });
    return this.derive(
      createNode({ kind: 'mapValues', parents: [sketches], callSite, fn: estimated }),
    );
  }
}

const estimated = (sketch: Sketch): number => estimateDistinct(sketch);

/** Lists of the largest values, in order, of which equal ones keep theirs. */
function keepingLargest<V>(limit: number, { by, compare }: Order<V>) {
  const inOrder = (compare ?? compareKeys) as (a: unknown, b: unknown) => number;
  const keyOf = (value: V): unknown => (by === undefined ? value : by(value));
  const add = (values: V[], value: V): V[] => {
    const key = keyOf(value);
    let at = values.length;
    while (at > 0 && inOrder(keyOf(values[at - 1] as V), key) < 0) at -= 1;
    if (at === limit) return values;
    values.splice(at, 0, value);
    if (values.length > limit) values.length = limit;
    return values;
  };
  return {
    create: (value: V): V[] => [value],
    mergeValue: add,
    mergeCombiners: (a: V[], b: V[]): V[] => b.reduce(add, a),
  };
}

function atRanks<V>(percentages: readonly number[], { by, compare }: Order<V>) {
  const inOrder = (compare ?? compareKeys) as (a: unknown, b: unknown) => number;
  return (values: readonly V[]): V[] => {
    const keyed = values.map((value) => ({ key: by === undefined ? value : by(value), value }));
    keyed.sort((a, b) => inOrder(a.key, b.key));
    return percentages.map((p) => (keyed[rankOf(p, keyed.length)] as { value: V }).value);
  };
}
