import { invalidArgument, optionsOf } from '@firesteel/common';
import type { Aggregator } from '@firesteel/plan';
import { checkSyncFunction } from '../arguments.js';
import {
  type Partitioning,
  type PartitioningOptions,
  partitionerSpec,
  partitioningOptionKinds,
} from '../partitioner.js';
import type { RDD } from '../rdd.js';
import { combineNode } from '../shuffle-operators.js';
import { type Zero, zeroSpec } from '../zero.js';
import type { AnyMethod } from './any-method.js';
import { PairTransformations } from './pair-transformations.js';
import type { KeyOf, ValueOf } from './pair-types.js';

/** The three functions of `combineByKey`. */
export interface Combiner<V, C> {
  /** Makes the combined value of a key from its first value. */
  create(value: V): C;
  /** Adds a further value. May change and return `combined`. */
  mergeValue(combined: C, value: V): C;
  /** Joins what two map tasks have combined. May change and return `a`. */
  mergeCombiners(a: C, b: C): C;
}

/** Transformations that combine the values of each key. */
export abstract class PairAggregations<T> extends PairTransformations<T> {
  /**
   * One pair for each key, its values merged by `fn`, in map tasks first and then across them.
   * `fn` must be associative and commutative; a key with one value passes without a call.
   *
   * @param partitioning number of partitions or partitioner of the result. By default the largest
   *   partitioner of the inputs if it is large enough, else hashing into `default.parallelism`
   *   partitions, or without that setting into as many as the largest input has
   * @example
   * words.map((w): [string, number] => [w, 1]).reduceByKey((a, b) => a + b)
   */
  reduceByKey(
    this: RDD<readonly [unknown, unknown]>,
    fn: (a: ValueOf<T>, b: ValueOf<T>) => ValueOf<T>,
    partitioning?: Partitioning<KeyOf<T>>,
  ): RDD<[KeyOf<T>, ValueOf<T>]> {
    checkSyncFunction(fn, 'The function of reduceByKey');
    return this.#combine({ kind: 'reduce', merge: fn }, this.reduceByKey, partitioning);
  }

  /**
   * `[key, [values]]` for each key, values in the order of map partitions. Nothing is combined
   * before the shuffle: to add or count values, `reduceByKey` or `aggregateByKey` do with much less.
   * The values of a key that do not fit into memory are an array that reads them from disk, which
   * cannot be changed, nor read when the task is over.
   *
   * @param partitioning as in `reduceByKey`
   */
  groupByKey<K, V>(
    this: RDD<readonly [K, V]>,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, V[]]> {
    return this.#combine({ kind: 'group' }, this.groupByKey, partitioning);
  }

  /**
   * The values of each key combined into a value of another type: what `reduceByKey` and the
   * others are made of.
   *
   * @param options as `partitioning` in `reduceByKey`, and `mapSideCombine` (true by default):
   *   whether map tasks combine before the shuffle
   * @example
   * scores.combineByKey({
   *   create: (score) => ({ sum: score, n: 1 }),
   *   mergeValue: (c, score) => ({ sum: c.sum + score, n: c.n + 1 }),
   *   mergeCombiners: (a, b) => ({ sum: a.sum + b.sum, n: a.n + b.n }),
   * })
   */
  combineByKey<K, V, C>(
    this: RDD<readonly [K, V]>,
    combiner: Combiner<V, C>,
    options?: number | (PartitioningOptions<NoInfer<K>> & { readonly mapSideCombine?: boolean }),
  ): RDD<[K, C]> {
    if (typeof combiner !== 'object' || combiner === null)
      throw invalidArgument(
        'The argument of combineByKey',
        'an object of create, mergeValue and mergeCombiners',
        combiner,
      );
    const { create, mergeValue, mergeCombiners } = combiner;
    for (const [name, fn] of Object.entries({ create, mergeValue, mergeCombiners }))
      checkSyncFunction(fn, `${name} of combineByKey`);
    const kinds = { ...partitioningOptionKinds, mapSideCombine: 'boolean' } as const;
    const given = optionsOf(options, kinds, 'combineByKey', 'numPartitions');
    const { mapSideCombine, ...partitioning } = given;
    return this.#combine(
      { kind: 'combine', create, mergeValue, mergeCombiners },
      this.combineByKey,
      partitioning,
      mapSideCombine,
    );
  }

  /**
   * The values of each key folded into a value of another type.
   *
   * @param zero where each key starts, once in every map task that has it, so it must be neutral;
   *   a value to be cloned, or a function that makes one
   * @param seqOp adds a value; may change and return its first argument
   * @param combOp joins what two map tasks have folded; may change and return its first argument
   * @param partitioning as in `reduceByKey`
   * @example
   * visits.aggregateByKey(() => 0, (seconds, visit) => seconds + visit.seconds, (a, b) => a + b)
   */
  aggregateByKey<K, V, U>(
    this: RDD<readonly [K, V]>,
    zero: Zero<U>,
    seqOp: (accumulator: U, value: V) => U,
    combOp: (a: U, b: U) => U,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, U]> {
    checkSyncFunction(seqOp, 'seqOp of aggregateByKey');
    checkSyncFunction(combOp, 'combOp of aggregateByKey');
    return this.#combine(
      {
        kind: 'aggregate',
        ...zeroSpec(zero, 'aggregateByKey'),
        mergeValue: seqOp,
        mergeCombiners: combOp,
      },
      this.aggregateByKey,
      partitioning,
    );
  }

  /** `aggregateByKey` with one function for both, and the type of the values. */
  foldByKey(
    this: RDD<readonly [unknown, unknown]>,
    zero: Zero<ValueOf<T>>,
    fn: (a: ValueOf<T>, b: ValueOf<T>) => ValueOf<T>,
    partitioning?: Partitioning<KeyOf<T>>,
  ): RDD<[KeyOf<T>, ValueOf<T>]> {
    checkSyncFunction(fn, 'The function of foldByKey');
    return this.#combine(
      { kind: 'aggregate', ...zeroSpec(zero, 'foldByKey'), mergeValue: fn, mergeCombiners: fn },
      this.foldByKey,
      partitioning,
    );
  }

  #combine<U>(
    aggregator: Aggregator,
    method: AnyMethod,
    partitioning: number | PartitioningOptions<never> | undefined,
    mapSideCombine?: boolean,
  ): RDD<U> {
    const callSite = this.context.callSite(method);
    const spec = partitionerSpec(partitioning, method.name);
    return this.derive(combineNode(this.node, callSite, spec, aggregator, mapSideCombine));
  }
}
