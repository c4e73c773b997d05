import { type AnyFunction, createNode } from '@firesteel/plan';
import { checkFunction, checkInteger } from '../arguments.js';
import type { RDD } from '../rdd.js';
import { repartitionNode } from '../shuffle-operators.js';
import type { AnyMethod } from './any-method.js';
import { RowTransformations } from './row-transformations.js';

/** What a function on whole partitions may return: the rows that it makes. */
export type PartitionResult<U> =
  | Iterable<U>
  | AsyncIterable<U>
  | Promise<Iterable<U> | AsyncIterable<U>>;

/** Transformations that see partitions, or change how many there are. */
export abstract class PartitionTransformations<T> extends RowTransformations<T> {
  /**
   * Calls `fn` once for each partition, also for empty ones, with its rows, and flattens what it
   * returns: any iterable, async iterable, or promise of one. Rows come while they are read, so a
   * partition need not fit into memory.
   *
   * @param options `preservesPartitioning`: promise that keys stay as they are, so that the result
   *   counts as partitioned like this RDD
   * @example
   * rows.mapPartitions(async function* (rows) {
   *   const client = await connect();
   *   for (const row of rows) yield client.look(row);
   * })
   */
  mapPartitions<U>(
    fn: (rows: Iterable<T>) => PartitionResult<U>,
    options: { readonly preservesPartitioning?: boolean } = {},
  ): RDD<U> {
    return this.#mapPartitions(fn, false, options, this.mapPartitions);
  }

  /** `mapPartitions` with the number of the partition before the rows. */
  mapPartitionsWithIndex<U>(
    fn: (partition: number, rows: Iterable<T>) => PartitionResult<U>,
    options: { readonly preservesPartitioning?: boolean } = {},
  ): RDD<U> {
    return this.#mapPartitions(fn, true, options, this.mapPartitionsWithIndex);
  }

  /** Each partition as one array, which is in memory as a whole. */
  glom(): RDD<T[]> {
    return this.plain('glom', this.glom);
  }

  /**
   * Arrays of `size` rows each, cut within each partition: the last one of a partition is shorter.
   * For work that is cheaper in batches, such as requests; only one array is in memory.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a size below 1
   */
  chunk(size: number): RDD<T[]> {
    const callSite = this.context.callSite(this.chunk);
    checkInteger(size, 'size of chunk', 1);
    return this.derive(createNode({ kind: 'chunk', parents: [this.node], callSite, size }));
  }

  /**
   * `[row, index]` with the position of the row in the whole RDD, from 0. When there are several
   * partitions, the first job that needs it counts the rows of all but the last in a job before.
   */
  zipWithIndex(): RDD<[T, number]> {
    return this.plain('zipWithIndex', this.zipWithIndex);
  }

  /**
   * Less partitions, each a run of neighbouring ones, without moving rows between executors more
   * than needed. Never gives more partitions than there are, except by `shuffle: true`, which is
   * `repartition`.
   *
   * @throws FiresteelError INVALID_ARGUMENT for less than one partition
   */
  coalesce(numPartitions: number, options: { readonly shuffle?: boolean } = {}): RDD<T> {
    const callSite = this.context.callSite(this.coalesce);
    checkInteger(numPartitions, 'numPartitions of coalesce', 1);
    if (options.shuffle === true)
      return this.derive(repartitionNode(this.node, callSite, numPartitions));
    return this.derive(
      createNode({ kind: 'coalesce', parents: [this.node], callSite, numPartitions }),
    );
  }

  /**
   * More or less partitions of about equal size, by a shuffle that deals rows out in turn.
   *
   * @throws FiresteelError INVALID_ARGUMENT for less than one partition
   */
  repartition(numPartitions: number): RDD<T> {
    const callSite = this.context.callSite(this.repartition);
    checkInteger(numPartitions, 'numPartitions of repartition', 1);
    return this.derive(repartitionNode(this.node, callSite, numPartitions));
  }

  #mapPartitions<U>(
    fn: AnyFunction,
    withIndex: boolean,
    { preservesPartitioning = false }: { readonly preservesPartitioning?: boolean },
    method: AnyMethod,
  ): RDD<U> {
    const callSite = this.context.callSite(method);
    checkFunction(fn, `The function of ${method.name}`);
    return this.derive(
      createNode({
        kind: 'mapPartitions',
        parents: [this.node],
        callSite,
        fn,
        withIndex,
        preservesPartitioning,
      }),
    );
  }
}
