import { invalidArgument } from '@firesteel/common';
import { createNode } from '@firesteel/plan';
import { checkSyncFunction } from '../arguments.js';
import { keyOrder, type SortOptions } from '../order.js';
import { numPartitionsOf, type Partitioning, partitionerSpec } from '../partitioner.js';
import type { RDD } from '../rdd.js';
import {
  combineNode,
  distinctNode,
  intersectionNode,
  sortNode,
  subtractNode,
} from '../shuffle-operators.js';
import { ZipTransformations } from './zip-transformations.js';

/** Transformations that bring rows of the whole RDD together. */
export abstract class SetTransformations<T> extends ZipTransformations<T> {
  /**
   * The rows of this RDD and then of the others, duplicates included; see `FiresteelContext.union`.
   */
  union<U = T>(...others: RDD<U>[]): RDD<T | U> {
    const callSite = this.context.callSite(this.union);
    const parents = [this.node, ...others.map((other) => this.context.nodeOf(other, 'union'))];
    return this.derive(createNode({ kind: 'union', parents, callSite }));
  }

  /**
   * One of each group of equal rows, by shuffling; see the class about equality. An RDD that is
   * partitioned by key already is not shuffled, unless another number of partitions is asked for.
   */
  distinct(options?: number | { readonly numPartitions?: number }): RDD<T> {
    const callSite = this.context.callSite(this.distinct);
    const numPartitions = numPartitionsOf(options, 'distinct');
    const spec = partitionerSpec(numPartitions, 'distinct');
    return this.derive(distinctNode(this.node, callSite, spec));
  }

  /**
   * The rows that this RDD has and the other has too, each once however often it occurs; null and
   * undefined are rows like any other. Both are shuffled; only distinct rows are in memory.
   *
   * @param partitioning as in `reduceByKey`
   */
  intersection(other: RDD<T>, partitioning?: Partitioning<T>): RDD<T> {
    const callSite = this.context.callSite(this.intersection);
    const right = this.context.nodeOf(other, 'intersection');
    const spec = partitionerSpec(partitioning, 'intersection');
    return this.derive(intersectionNode(this.node, right, callSite, spec));
  }

  /**
   * The rows of this RDD that the other does not have, duplicates included. Both are shuffled;
   * of the other the distinct rows of a partition are in memory.
   *
   * @param partitioning number of partitions, by default as many as this RDD has, or partitioner
   */
  subtract(other: RDD<T>, partitioning?: Partitioning<T>): RDD<T> {
    const callSite = this.context.callSite(this.subtract);
    const right = this.context.nodeOf(other, 'subtract');
    const spec = partitionerSpec(partitioning, 'subtract');
    return this.derive(subtractNode(this.node, right, callSite, spec));
  }

  /**
   * All rows in the order of `fn(row)`, over all partitions; rows with equal keys keep their
   * order. The first job that needs it samples the keys in a job before, to cut them into
   * partitions of about equal size; a few of them may stay empty when there are few keys.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a function of two rows, as arrays are sorted by: the
   *   order of keys is the option `compare`
   * @example
   * people.sortBy((p) => [p.country, p.age], { ascending: false })
   */
  sortBy<K>(fn: (row: T) => K, options?: number | SortOptions<K>): RDD<T> {
    const callSite = this.context.callSite(this.sortBy);
    checkSyncFunction(fn, 'The function of sortBy');
    // The second row of a comparator would be undefined, and nothing would be sorted.
    if (fn.length > 1)
      throw invalidArgument(
        'The function of sortBy',
        'a function that gives the key of one row (a comparator of keys is the option compare)',
        fn,
      );
    const order = keyOrder(options, 'sortBy');
    const keyed = createNode({ kind: 'keyBy', parents: [this.node], callSite, fn });
    const sorted = sortNode(keyed, callSite, order);
    return this.derive(createNode({ kind: 'values', parents: [sorted], callSite }));
  }

  /**
   * `[fn(row), [rows]]` for each distinct key. All rows of a key are in memory at once: to add or
   * count them, `keyBy` and `reduceByKey` or `aggregateByKey` do with much less.
   */
  groupBy<K>(fn: (row: T) => K, partitioning?: Partitioning<NoInfer<K>>): RDD<[K, T[]]> {
    const callSite = this.context.callSite(this.groupBy);
    checkSyncFunction(fn, 'The function of groupBy');
    const keyed = createNode({ kind: 'keyBy', parents: [this.node], callSite, fn });
    const spec = partitionerSpec(partitioning, 'groupBy');
    return this.derive(combineNode(keyed, callSite, spec, { kind: 'group' }));
  }
}
