import { invalidArgument, optionsOf } from '@firesteel/common';
import { createNode, type PartitionerSpec } from '@firesteel/plan';
import { checkOptionalFunction } from '../arguments.js';
import { isInRange } from '../key-range.js';
import { keyOrder, type SortOptions, sortOptionKinds } from '../order.js';
import { HashPartitioner, type Partitioner, specOf } from '../partitioner.js';
import type { RDD } from '../rdd.js';
import { partitionedSortNode, partitionNode, sortNode } from '../shuffle-operators.js';
import { SetTransformations } from './set-transformations.js';

/** Transformations of RDDs of `[key, value]` rows that combine nothing. */
export abstract class PairTransformations<T> extends SetTransformations<T> {
  /** The keys, duplicates included. */
  keys<K>(this: RDD<readonly [K, unknown]>): RDD<K> {
    return this.plain('keys', this.keys);
  }

  /** The values. */
  values<V>(this: RDD<readonly [unknown, V]>): RDD<V> {
    return this.plain('values', this.values);
  }

  /** `[key, fn(value)]`. Keeps the partitioner, unlike `map`. */
  mapValues<K, V, W>(this: RDD<readonly [K, V]>, fn: (value: V) => W): RDD<[K, W]> {
    return this.rowFunction('mapValues', fn, this.mapValues);
  }

  /** `[key, element]` for each element of the iterable `fn(value)`. Keeps the partitioner. */
  flatMapValues<K, V, W>(this: RDD<readonly [K, V]>, fn: (value: V) => Iterable<W>): RDD<[K, W]> {
    return this.rowFunction('flatMapValues', fn, this.flatMapValues);
  }

  /**
   * Moves each pair to the partition of its key. Does nothing if the RDD is partitioned so already.
   *
   * @param partitioner a partitioner, or a number of partitions for a hash partitioner
   */
  partitionBy<K, V>(
    this: RDD<readonly [K, V]>,
    partitioner: Partitioner<NoInfer<K>> | number,
  ): RDD<[K, V]>;
  partitionBy(partitioner: Partitioner | number, ...further: unknown[]): RDD<never> {
    const callSite = this.context.callSite(this.partitionBy);
    // As in Spark's Python, where it says which partition the rows of a key go to.
    if (typeof further[0] === 'function')
      throw invalidArgument(
        'The partitioner of partitionBy',
        'an object { numPartitions, getPartition } instead of a number and a function',
        partitioner,
      );
    const spec = givenPartitioner(partitioner, 'partitionBy');
    return this.derive(partitionNode(this.node, callSite, spec));
  }

  /**
   * Moves each pair to the partition of its key and sorts each partition by key; equal keys keep
   * their order. Cheaper than `partitionBy` and a sort of each partition, as the sort is part of
   * the shuffle. An RDD that is partitioned so already is sorted where it is.
   *
   * @param partitioner a partitioner, or a number of partitions for a hash partitioner
   * @param options the order of keys; the canonical one, ascending, by default
   * @example
   * // the events of each user in order: keys are [user, time], partitioned by user only
   * events.repartitionAndSortWithinPartitions({
   *   numPartitions: 8,
   *   getPartition: ([user]) => user % 8,
   * })
   */
  repartitionAndSortWithinPartitions<K, V>(
    this: RDD<readonly [K, V]>,
    partitioner: Partitioner<NoInfer<K>> | number,
    options: Omit<SortOptions<NoInfer<K>>, 'numPartitions'> = {},
  ): RDD<[K, V]> {
    const method = 'repartitionAndSortWithinPartitions';
    const callSite = this.context.callSite(this.repartitionAndSortWithinPartitions);
    const spec = givenPartitioner(partitioner, method);
    const order = keyOrder(optionsOf(options, withinPartitions, method), method);
    return this.derive(partitionedSortNode(this.node, callSite, spec, order));
  }

  /**
   * The pairs whose key lies from `lower` to `upper`, both included. After `sortByKey` in the same
   * order, only the partitions that may hold such keys are read; the others become empty.
   *
   * @param options `compare`: the order of keys, the canonical one by default; to skip partitions
   *   it must be the function that `sortByKey` was given
   */
  filterByRange<K, V>(
    this: RDD<readonly [K, V]>,
    lower: NoInfer<K>,
    upper: NoInfer<K>,
    options: Pick<SortOptions<NoInfer<K>>, 'compare'> = {},
  ): RDD<[K, V]> {
    const callSite = this.context.callSite(this.filterByRange);
    const { compare } = optionsOf(options, { compare: 'comparator' }, 'filterByRange');
    checkOptionalFunction(compare, 'compare of filterByRange');
    return this.derive(
      createNode({
        kind: 'filterByRange',
        parents: [this.node],
        callSite,
        lower,
        upper,
        fn: isInRange(lower, upper, compare),
        ...(compare && { compare }),
      }),
    );
  }

  /** Sorts pairs by key; see `sortBy`. */
  sortByKey<K, V>(
    this: RDD<readonly [K, V]>,
    options?: number | SortOptions<NoInfer<K>>,
  ): RDD<[K, V]> {
    const callSite = this.context.callSite(this.sortByKey);
    return this.derive(sortNode(this.node, callSite, keyOrder(options, 'sortByKey')));
  }
}

const { numPartitions: _, ...withinPartitions } = sortOptionKinds;

/** The plan's form of a partitioner, or of a number of partitions. */
function givenPartitioner<K>(
  partitioner: Partitioner<K> | number,
  method: string,
): PartitionerSpec {
  if (typeof partitioner === 'number') return specOf(new HashPartitioner(partitioner), method);
  if (typeof partitioner !== 'object' || partitioner === null)
    throw invalidArgument(
      `The partitioner of ${method}`,
      'a partitioner or a number of partitions',
      partitioner,
    );
  return specOf(partitioner, method);
}
