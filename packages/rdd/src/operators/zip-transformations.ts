import { invalidArgument, optionsOf } from '@firesteel/common';
import { createNode } from '@firesteel/plan';
import { checkFunction } from '../arguments.js';
import { partitionsOptionKinds } from '../map-partitions-node.js';
import type { RDD } from '../rdd.js';
import { RDDBarrier } from '../rdd-barrier.js';
import type { AnyMethod } from './any-method.js';
import { type PartitionResult, PartitionTransformations } from './partition-transformations.js';

/** The rows of one partition of each of several RDDs. */
export type PartitionRows<R extends readonly RDD<unknown>[]> = {
  -readonly [I in keyof R]: R[I] extends RDD<infer T> ? Iterable<T> : never;
};

/** Transformations that put the rows of several RDDs side by side, whatever they hold. */
export abstract class ZipTransformations<T> extends PartitionTransformations<T> {
  /**
   * `[row, other row]` for the rows at the same place: both RDDs must have the same number of
   * partitions, and the same number of rows in each, as when one was made of the other by `map`.
   * Rows stream; a chunk of each side is in memory.
   *
   * @throws FiresteelError in the actions on it: INVALID_ARGUMENT if the numbers of partitions
   *   differ, ZIP_LENGTHS_DIFFER if two partitions have different lengths
   */
  zip<U>(other: RDD<U>): RDD<[T, U]> {
    return this.#paired('zip', other, this.zip);
  }

  /**
   * Calls `fn` once for each partition number with the rows of this RDD and those of the others,
   * and flattens what it returns: any iterable, async iterable, or promise of one. All RDDs must
   * have the same number of partitions; how many rows each has is free.
   *
   * @param options `preservesPartitioning`: promise that the keys of this RDD stay as they are
   * @throws FiresteelError INVALID_ARGUMENT in the actions on it, if the numbers of partitions differ
   * @example
   * prices.zipPartitions([rates, names], function* (prices, rates, names) {
   *   const [rate] = rates;
   *   for (const price of prices) yield price * rate;
   * })
   */
  zipPartitions<const R extends readonly RDD<unknown>[], U>(
    others: R,
    fn: (...rows: [Iterable<T>, ...PartitionRows<R>]) => PartitionResult<U>,
    options: { readonly preservesPartitioning?: boolean } = {},
  ): RDD<U> {
    const callSite = this.context.callSite(this.zipPartitions);
    if (!Array.isArray(others))
      throw invalidArgument('The others of zipPartitions', 'an array of RDDs', others);
    checkFunction(fn, 'The function of zipPartitions');
    const { preservesPartitioning = false } = optionsOf(
      options,
      partitionsOptionKinds,
      'zipPartitions',
    );
    const nodes = others.map((other) => this.context.nodeOf(other, 'zipPartitions'));
    const parents = [this.node, ...nodes];
    return this.derive(
      createNode({ kind: 'zipPartitions', parents, callSite, fn, preservesPartitioning }),
    );
  }

  /**
   * `[row, other row]` for each row of this RDD and each of the other, in that order: partition
   * i * n + j pairs partition i of this RDD with partition j of the n of the other. The other side
   * is kept while it is small and computed again for each row of this side when it is not, so
   * `cache` it if it is dear.
   */
  cartesian<U>(other: RDD<U>): RDD<[T, U]> {
    return this.#paired('cartesian', other, this.cartesian);
  }

  /**
   * `[row, id]` with ids that are unique but have gaps: row i of partition k of n gets k + i * n.
   * Unlike `zipWithIndex` it needs no job to count rows.
   */
  zipWithUniqueId(): RDD<[T, number]> {
    return this.plain('zipWithUniqueId', this.zipWithUniqueId);
  }

  /**
   * Marks the next operator as a barrier: all tasks of its stage start together or not at all, can
   * wait for one another (`BarrierTaskContext`), and all run again when one fails. For programs
   * whose parts talk to each other, such as distributed training.
   *
   * Jobs on the result fail with BARRIER_SLOTS when there are fewer slots than partitions, and
   * with BARRIER_UNSUPPORTED when only some partitions are asked for (`take`, `first`,
   * `toLocalIterator`), or when the stage has a second barrier or an operator that changes the
   * number of partitions, such as `union` or `coalesce`.
   *
   * @example
   * parts.barrier().mapPartitions(async (rows) => {
   *   const context = BarrierTaskContext.get();
   *   const sums = await context.allGather(String([...rows].length));
   *   return [[context.partitionId, sums]];
   * })
   */
  barrier(): RDDBarrier<T> {
    return new RDDBarrier<T>(this.context, this.node, (node) => this.derive(node));
  }

  #paired<U>(kind: 'zip' | 'cartesian', other: RDD<U>, method: AnyMethod): RDD<[T, U]> {
    const callSite = this.context.callSite(method);
    const parents = [this.node, this.context.nodeOf(other, method.name)];
    return this.derive(createNode({ kind, parents, callSite }));
  }
}
