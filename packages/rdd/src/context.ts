import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { FiresteelError, invalidArgument } from '@firesteel/common';
import { createNode, type PlanNode } from '@firesteel/plan';
import { ArrowInputs } from './arrow-inputs.js';
import { numPartitionsOf } from './partitioner.js';
import { RDD } from './rdd.js';

/** The size of a new RDD: a bare number means `{ numPartitions }`. */
export type SourceOptions = number | { readonly numPartitions?: number };

/**
 * The entry to Firesteel: makes RDDs and owns the engine that runs their jobs. Programs get one
 * from `FiresteelContext.create` of the `firesteel` package.
 */
export class FiresteelContext extends ArrowInputs {
  #checkpointDirectory: string | undefined;

  /**
   * Rows of a local collection, cut by position into partitions whose sizes differ by one at most.
   * An array is read when a job runs, so changes made before are seen; any other iterable is read
   * now. Each job sends the rows to the executors.
   *
   * @throws FiresteelError INVALID_ARGUMENT for no iterable, or less than one partition
   * @example
   * sc.parallelize([1, 2, 3, 4], 2)
   */
  parallelize<T>(rows: Iterable<T>, options?: SourceOptions): RDD<T> {
    const callSite = this.creation(this.parallelize);
    if (typeof rows !== 'object' || rows === null || !(Symbol.iterator in rows))
      throw invalidArgument('The rows of parallelize', 'an array or another iterable', rows);
    const numSlices = numPartitionsOf(options, 'parallelize');
    const data = Array.isArray(rows) ? rows : Array.from(rows);
    return this.newRdd({
      kind: 'parallelize',
      parents: [],
      callSite,
      data,
      ...(numSlices !== undefined && { numSlices }),
    });
  }

  /**
   * The integers from `start` (0 if left out) up to, but not including, `end`. Nothing is stored:
   * executors count. With bigint arguments the rows are bigint.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a step of 0 or numbers that are no safe integers
   * @example
   * sc.range(1_000_000)
   * sc.range(10, 0, -2) // 10, 8, 6, 4, 2
   */
  range(end: number): RDD<number>;
  range(start: number, end: number, step?: number, options?: SourceOptions): RDD<number>;
  range(start: bigint, end: bigint, step?: bigint, options?: SourceOptions): RDD<bigint>;
  range(
    first: number | bigint,
    second?: number | bigint,
    third?: number | bigint,
    options?: SourceOptions,
  ): RDD<number | bigint> {
    const callSite = this.creation(this.range);
    const [start, end] = second === undefined ? [0, first] : [first, second];
    const step = third ?? (typeof start === 'bigint' ? 1n : 1);
    for (const [what, value] of Object.entries({ start, end, step }))
      checkRangeValue(`${what} of range`, value, typeof start === 'bigint');
    if (step === 0 || step === 0n) throw invalidArgument('step of range', 'other than 0', step);
    const numSlices = numPartitionsOf(options, 'range');
    return this.newRdd({
      kind: 'range',
      parents: [],
      callSite,
      start,
      end,
      step,
      ...(numSlices !== undefined && { numSlices }),
    });
  }

  /** An RDD without partitions. */
  emptyRDD<T = never>(): RDD<T> {
    return this.newRdd({ kind: 'empty', parents: [], callSite: this.creation(this.emptyRDD) });
  }

  /**
   * All rows of several RDDs, duplicates included: the partitions of the first, then those of the
   * second, and so on. RDDs that are all partitioned alike keep their partitioner: then partition
   * i holds partition i of each.
   */
  union<T>(rdds: readonly RDD<T>[]): RDD<T>;
  union<T>(...rdds: RDD<T>[]): RDD<T>;
  union<T>(...args: RDD<T>[] | [readonly RDD<T>[]]): RDD<T> {
    const callSite = this.creation(this.union);
    const isList = args.length === 1 && Array.isArray(args[0]);
    const rdds = (isList ? args[0] : args) as readonly RDD<T>[];
    return this.newRdd({
      kind: 'union',
      parents: rdds.map((rdd) => this.nodeOf(rdd, 'union')),
      callSite,
    });
  }

  /**
   * Where `checkpoint` writes: to a directory of this application below `directory`, which all
   * executors must be able to reach. Relative to the driver's working directory.
   *
   * @throws FiresteelError INVALID_ARGUMENT for an empty path
   */
  setCheckpointDir(directory: string): void {
    this.assertRunning('setCheckpointDir');
    if (typeof directory !== 'string' || directory.trim() === '')
      throw invalidArgument('The directory of setCheckpointDir', 'a non-empty string', directory);
    this.#checkpointDirectory = join(resolve(directory), randomUUID());
  }

  /** The directory of this application that `setCheckpointDir` chose, if it was called. */
  getCheckpointDir(): string | undefined {
    return this.#checkpointDirectory;
  }

  /**
   * The plan of an RDD that is going to be an input of `method`.
   *
   * @throws FiresteelError INVALID_ARGUMENT for anything but an RDD of this context
   */
  nodeOf(rdd: unknown, method: string): PlanNode {
    if (!(rdd instanceof RDD)) throw invalidArgument(`An input of ${method}`, 'an RDD', rdd);
    if (rdd.context !== this)
      throw new FiresteelError(
        'INVALID_ARGUMENT',
        `${method} was given ${rdd} of another context. Make all inputs with one context.`,
        { data: { method } },
      );
    return rdd.node;
  }

  protected override rddOf(node: PlanNode): RDD<unknown> {
    return new RDD(this, node);
  }

  protected newRdd<T>(fields: Parameters<typeof createNode>[0]): RDD<T> {
    return new RDD<T>(this, createNode(fields));
  }
}

function checkRangeValue(what: string, value: unknown, isBigint: boolean): void {
  if (isBigint ? typeof value !== 'bigint' : !Number.isSafeInteger(value))
    throw invalidArgument(what, isBigint ? 'a bigint, as start is' : 'a safe integer', value);
}
