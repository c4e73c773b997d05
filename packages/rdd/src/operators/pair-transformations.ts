import { invalidArgument } from '@firesteel/common';
import { keyOrder, type SortOptions } from '../order.js';
import { HashPartitioner, type Partitioner, specOf } from '../partitioner.js';
import type { RDD } from '../rdd.js';
import { partitionNode, sortNode } from '../shuffle-operators.js';
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
  ): RDD<[K, V]> {
    const callSite = this.context.callSite(this.partitionBy);
    const isSize = typeof partitioner === 'number';
    if (!isSize && (typeof partitioner !== 'object' || partitioner === null))
      throw invalidArgument(
        'The argument of partitionBy',
        'a partitioner or a number',
        partitioner,
      );
    const spec = specOf(isSize ? new HashPartitioner(partitioner) : partitioner, 'partitionBy');
    return this.derive(partitionNode(this.node, callSite, spec));
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
