import { optionsOf } from '@firesteel/common';
import { createNode } from '@firesteel/plan';
import { checkInteger } from '../arguments.js';
import { mapPartitionsNode } from '../map-partitions-node.js';
import { type PipeOptions, pipeNode } from '../pipe.js';
import type { RDD } from '../rdd.js';
import { repartitionNode } from '../shuffle-operators.js';
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
    const call = { withIndex: false, options };
    return this.derive(mapPartitionsNode(this.context, this.node, fn, call, this.mapPartitions));
  }

  /** `mapPartitions` with the number of the partition before the rows. */
  mapPartitionsWithIndex<U>(
    fn: (partition: number, rows: Iterable<T>) => PartitionResult<U>,
    options: { readonly preservesPartitioning?: boolean } = {},
  ): RDD<U> {
    const call = { withIndex: true, options };
    return this.derive(
      mapPartitionsNode(this.context, this.node, fn, call, this.mapPartitionsWithIndex),
    );
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
   * Windows of `size` successive rows of the whole RDD, across the borders of partitions, one
   * beginning at every `step`-th row; what is too short for a window at the end is dropped. A
   * window belongs to the partition of its first row.
   *
   * When there are several partitions, the first job that needs it collects the first `size - 1`
   * rows of each in a job before, and counts rows in another if `step` is not 1.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a size or step below 1
   * @example
   * prices.sliding(3).map((window) => window.reduce((a, b) => a + b) / 3)
   */
  sliding(size: number, step = 1): RDD<T[]> {
    const callSite = this.context.callSite(this.sliding);
    checkInteger(size, 'size of sliding', 1);
    checkInteger(step, 'step of sliding', 1);
    return this.derive(createNode({ kind: 'sliding', parents: [this.node], callSite, size, step }));
  }

  /**
   * The lines that a command prints, which gets the rows of a partition as lines, `String(row)`
   * each. It runs once for each partition, also for empty ones, without a shell; a string is split
   * at white space, so give an array when arguments contain some. Rows are written as fast as the
   * command reads, and lines read as fast as they are used; the command need not read all.
   *
   * What it writes to its standard error goes to that of the executor. It is killed when the task
   * ends first. Jobs fail with PIPE_FAILED, after the usual attempts, if it cannot be started or
   * ends with a status other than 0.
   *
   * @param options see `PipeOptions`
   * @throws FiresteelError INVALID_ARGUMENT for an empty command or wrong options
   * @example
   * words.pipe('sort -u')
   * words.pipe(['grep', '-v', 'two words'], { env: { LC_ALL: 'C' } })
   */
  pipe(command: string | readonly string[], options: PipeOptions<T> = {}): RDD<string> {
    const callSite = this.context.callSite(this.pipe);
    return this.derive(pipeNode(this.node, callSite, command, options));
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
    const { shuffle } = optionsOf(options, { shuffle: 'boolean' }, 'coalesce');
    if (shuffle === true) return this.derive(repartitionNode(this.node, callSite, numPartitions));
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
}
