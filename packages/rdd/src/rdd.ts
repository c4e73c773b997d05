import { resolve } from 'node:path';
import type { KeyedMap } from '@firesteel/codec';
import { invalidArgument } from '@firesteel/common';
import {
  type Aggregator,
  type AnyFunction,
  type CallSite,
  createNode,
  describeNode,
  type JoinNode,
  type PlanNode,
  type RowFunctionNode,
} from '@firesteel/plan';
import {
  type ActionTarget,
  act,
  addUp,
  aggregateRows,
  collectRows,
  countKeys,
  countRows,
  emptyCollection,
  extremeRow,
  lookupValues,
  pairsAsMap,
  reduceRows,
  takeRows,
  topRows,
} from './actions.js';
import { checkFunction, checkInteger, checkSyncFunction } from './arguments.js';
import { type ClosureRefusal, closureTag } from './closure-tag.js';
import type { FiresteelContext } from './context.js';
import type { ActionOptions, JobPromise } from './job-promise.js';
import { iteratePartitions } from './local-iterator.js';
import { nameOfNode, setNameOfNode } from './names.js';
import { checkOrder, keyOrder, type OrderOptions, type SortOptions } from './order.js';
import {
  HashPartitioner,
  type Partitioner,
  type Partitioning,
  type PartitioningOptions,
  partitionerSpec,
  specOf,
} from './partitioner.js';
import {
  cogroupNode,
  combineNode,
  distinctNode,
  joinNode,
  partitionNode,
  repartitionNode,
  sortNode,
} from './shuffle-operators.js';
import { type Zero, zeroSpec } from './zero.js';

/** The three functions of `combineByKey`. */
export interface Combiner<V, C> {
  /** Makes the combined value of a key from its first value. */
  create(value: V): C;
  /** Adds a further value. May change and return `combined`. */
  mergeValue(combined: C, value: V): C;
  /** Joins what two map tasks have combined. May change and return `a`. */
  mergeCombiners(a: C, b: C): C;
}

/** The value type of an RDD of pairs. */
export type PairValue<R> = R extends RDD<readonly [unknown, infer V]> ? V : never;

/** The groups of a cogroup: for each RDD the array of its values. */
export type CogroupValues<R extends readonly RDD<readonly [unknown, unknown]>[]> = {
  -readonly [I in keyof R]: PairValue<R[I]>[];
};

type AnyMethod = (...args: never[]) => unknown;

/**
 * A resilient distributed dataset: rows in partitions, described by how to compute them.
 *
 * Transformations return a new RDD at once and compute nothing. Actions return a `JobPromise`,
 * which rejects with CONTEXT_STOPPED after `stop`, JOB_CANCELLED when cancelled, and with the
 * user's own error when a function throws. An RDD that several actions use is computed for each
 * of them, unless it is cached; shuffles are reused.
 *
 * Functions given to an RDD run on executors. They may use the variables, imports, helpers and
 * classes around them; variables are captured as they are when the action is called, and changes
 * made to them on executors do not come back.
 *
 * Order: partitions are numbered, rows have a position in their partition, and `collect`, `take`
 * and files follow both. Operations that shuffle give rows an order that is the same in every run.
 *
 * Keys are compared by value: numbers, strings, bigints, booleans, null, undefined, dates, arrays,
 * plain objects and byte arrays; NaN equals NaN and 0 equals -0. Functions, symbols, promises and
 * instances of classes without `hashCode` and `equals` fail with UNSUPPORTED_KEY.
 *
 * The methods for pairs, such as `reduceByKey`, exist on RDDs of `[key, value]` rows only, and
 * `sum` on RDDs of numbers.
 */
export class RDD<out T> {
  readonly context: FiresteelContext;
  /** The step of the plan that this RDD is a handle on. */
  readonly node: PlanNode;

  /** RDDs are made by a context and by transformations. */
  constructor(context: FiresteelContext, node: PlanNode) {
    this.context = context;
    this.node = node;
  }

  // ----- about the RDD itself

  /** Unique in the process, and larger than those of the RDDs that this one is made of. */
  get id(): number {
    return this.node.id;
  }

  /** What `setName` set, or the path of a text file. */
  get name(): string | undefined {
    return nameOfNode(this.node) ?? (this.node.kind === 'textFile' ? this.node.path : undefined);
  }

  /** Names the RDD in `toString`, `toDebugString` and events. Returns this RDD. */
  setName(name: string): this {
    setNameOfNode(this.node, name);
    return this;
  }

  /**
   * Keeps the rows of each partition in the memory of the executor that computes it first, and
   * reads them there from then on. Nothing is computed now, and what does not fit into memory or
   * is lost is computed again. Returns this RDD.
   */
  cache(): this {
    this.context.assertRunning('cache');
    this.context.engine.setCached(this.node, true);
    return this;
  }

  /** Ends what `cache` began, and frees the memory. Returns this RDD. */
  unpersist(): this {
    this.context.assertRunning('unpersist');
    this.context.engine.setCached(this.node, false);
    return this;
  }

  /** The number of partitions. For text files it lists the input, which may fail as jobs do. */
  async getNumPartitions(): Promise<number> {
    this.context.assertRunning('getNumPartitions');
    return this.context.engine.partitionCount(this.node);
  }

  /** The lineage as an indented text: a line for each RDD, a `+-` where rows are shuffled. */
  async toDebugString(): Promise<string> {
    this.context.assertRunning('toDebugString');
    return this.context.engine.debugString(this.node);
  }

  /** Such as `MapPartitionsRDD[3] at map at job.ts:12`, with the name in front if there is one. */
  toString(): string {
    return describeNode(this.node, this.name);
  }

  get [Symbol.toStringTag](): string {
    return 'RDD';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  get [closureTag](): ClosureRefusal {
    return {
      kind: 'refuse',
      what: 'an RDD',
      advice:
        'RDDs exist on the driver only. Use join or cogroup to bring two RDDs together, or collect the smaller one first and use the array.',
    };
  }

  // ----- transformations, row by row

  /** `fn(row)` for each row. */
  map<U>(fn: (row: T) => U): RDD<U> {
    return this.#rowFunction('map', fn, this.map);
  }

  /**
   * All elements of the iterables (arrays, generators, strings, …) that `fn` returns, in order.
   *
   * @example
   * lines.flatMap((line) => line.split(' '))
   */
  flatMap<U>(fn: (row: T) => Iterable<U>): RDD<U> {
    return this.#rowFunction('flatMap', fn, this.flatMap);
  }

  /** The rows for which `fn` gives a truthy value. Partitions stay, even when they become empty. */
  filter<U extends T>(fn: (row: T) => row is U): RDD<U>;
  filter(fn: (row: T) => unknown): RDD<T>;
  filter(fn: (row: T) => unknown): RDD<T> {
    return this.#rowFunction('filter', fn, this.filter);
  }

  /**
   * The results of `fn` that are not undefined: filter and map in one.
   *
   * @example
   * lines.filterMap((line) => (line.startsWith('E') ? parse(line) : undefined))
   */
  filterMap<U>(fn: (row: T) => U | undefined): RDD<U> {
    return this.#rowFunction('filterMap', fn, this.filterMap);
  }

  /**
   * The awaited results of `fn`, in the order of the rows, with at most `concurrency` calls under
   * way in a partition (16 by default).
   *
   * @example
   * urls.mapAsync(async (url) => (await fetch(url)).status, { concurrency: 8 })
   */
  mapAsync<U>(
    fn: (row: T) => Promise<U> | U,
    { concurrency = 16 }: { readonly concurrency?: number } = {},
  ): RDD<U> {
    const callSite = this.context.callSite(this.mapAsync);
    checkFunction(fn, 'The function of mapAsync');
    checkInteger(concurrency, 'concurrency of mapAsync', 1);
    return this.#derive(
      createNode({ kind: 'mapAsync', parents: [this.node], callSite, fn, concurrency }),
    );
  }

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
    fn: (
      rows: Iterable<T>,
    ) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>,
    options: { readonly preservesPartitioning?: boolean } = {},
  ): RDD<U> {
    return this.#mapPartitions(fn, false, options, this.mapPartitions);
  }

  /** `mapPartitions` with the number of the partition before the rows. */
  mapPartitionsWithIndex<U>(
    fn: (
      partition: number,
      rows: Iterable<T>,
    ) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>,
    options: { readonly preservesPartitioning?: boolean } = {},
  ): RDD<U> {
    return this.#mapPartitions(fn, true, options, this.mapPartitionsWithIndex);
  }

  /** Each partition as one array, which is in memory as a whole. */
  glom(): RDD<T[]> {
    return this.#plain('glom', this.glom);
  }

  /**
   * `[row, index]` with the position of the row in the whole RDD, from 0. When there are several
   * partitions, the first job that needs it counts the rows of all but the last in a job before.
   */
  zipWithIndex(): RDD<[T, number]> {
    return this.#plain('zipWithIndex', this.zipWithIndex);
  }

  /** `[fn(row), row]`: makes pairs. */
  keyBy<K>(fn: (row: T) => K): RDD<[K, T]> {
    return this.#rowFunction('keyBy', fn, this.keyBy);
  }

  // ----- transformations of sets and partitions

  /**
   * The rows of this RDD and then of the others, duplicates included; see `FiresteelContext.union`.
   */
  union<U = T>(...others: RDD<U>[]): RDD<T | U> {
    const callSite = this.context.callSite(this.union);
    const parents = [this.node, ...others.map((other) => this.context.nodeOf(other, 'union'))];
    return this.#derive(createNode({ kind: 'union', parents, callSite }));
  }

  /**
   * One of each group of equal rows, by shuffling; see the class about equality. An RDD that is
   * partitioned by key already is not shuffled, unless another number of partitions is asked for.
   */
  distinct(options?: number | { readonly numPartitions?: number }): RDD<T> {
    const callSite = this.context.callSite(this.distinct);
    return this.#derive(distinctNode(this.node, callSite, partitionerSpec(options, 'distinct')));
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
      return this.#derive(repartitionNode(this.node, callSite, numPartitions));
    return this.#derive(
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
    return this.#derive(repartitionNode(this.node, callSite, numPartitions));
  }

  /**
   * All rows in the order of `fn(row)`, over all partitions; rows with equal keys keep their
   * order. The first job that needs it samples the keys in a job before, to cut them into
   * partitions of about equal size; a few of them may stay empty when there are few keys.
   *
   * @example
   * people.sortBy((p) => [p.country, p.age], { ascending: false })
   */
  sortBy<K>(fn: (row: T) => K, options?: number | SortOptions<K>): RDD<T> {
    const callSite = this.context.callSite(this.sortBy);
    checkSyncFunction(fn, 'The function of sortBy');
    const order = keyOrder(options, 'sortBy');
    const keyed = createNode({ kind: 'keyBy', parents: [this.node], callSite, fn });
    const sorted = sortNode(keyed, callSite, order);
    return this.#derive(createNode({ kind: 'values', parents: [sorted], callSite }));
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
    return this.#derive(combineNode(keyed, callSite, spec, { kind: 'group' }));
  }

  // ----- transformations of pairs

  /** The keys, duplicates included. */
  keys<K>(this: RDD<readonly [K, unknown]>): RDD<K> {
    return this.#plain('keys', this.keys);
  }

  /** The values. */
  values<V>(this: RDD<readonly [unknown, V]>): RDD<V> {
    return this.#plain('values', this.values);
  }

  /** `[key, fn(value)]`. Keeps the partitioner, unlike `map`. */
  mapValues<K, V, W>(this: RDD<readonly [K, V]>, fn: (value: V) => W): RDD<[K, W]> {
    return this.#rowFunction('mapValues', fn, this.mapValues);
  }

  /** `[key, element]` for each element of the iterable `fn(value)`. Keeps the partitioner. */
  flatMapValues<K, V, W>(this: RDD<readonly [K, V]>, fn: (value: V) => Iterable<W>): RDD<[K, W]> {
    return this.#rowFunction('flatMapValues', fn, this.flatMapValues);
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
    return this.#derive(partitionNode(this.node, callSite, spec));
  }

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
  reduceByKey<K, V>(
    this: RDD<readonly [K, V]>,
    fn: (a: V, b: V) => V,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, V]> {
    checkSyncFunction(fn, 'The function of reduceByKey');
    return this.#combine({ kind: 'reduce', merge: fn }, this.reduceByKey, partitioning);
  }

  /**
   * `[key, [values]]` for each key, values in the order of map partitions. Nothing is combined
   * before the shuffle and all values of a key are in memory at once: to add or count them,
   * `reduceByKey` or `aggregateByKey` do with much less.
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
    const mapSideCombine = typeof options === 'object' ? options.mapSideCombine : undefined;
    return this.#combine(
      { kind: 'combine', create, mergeValue, mergeCombiners },
      this.combineByKey,
      options,
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
  foldByKey<K, V>(
    this: RDD<readonly [K, V]>,
    zero: Zero<V>,
    fn: (a: V, b: V) => V,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, V]> {
    checkSyncFunction(fn, 'The function of foldByKey');
    return this.#combine(
      { kind: 'aggregate', ...zeroSpec(zero, 'foldByKey'), mergeValue: fn, mergeCombiners: fn },
      this.foldByKey,
      partitioning,
    );
  }

  /** Sorts pairs by key; see `sortBy`. */
  sortByKey<K, V>(
    this: RDD<readonly [K, V]>,
    options?: number | SortOptions<NoInfer<K>>,
  ): RDD<[K, V]> {
    const callSite = this.context.callSite(this.sortByKey);
    return this.#derive(sortNode(this.node, callSite, keyOrder(options, 'sortByKey')));
  }

  /**
   * `[key, [[values], [values of the first other], …]]` for each key of any of the RDDs. All
   * values of a key are in memory at once. An RDD that is partitioned like the result already is
   * not shuffled.
   *
   * @param args one or more RDDs of pairs; last, if wanted, the `partitioning` of `reduceByKey`
   * @example
   * users.cogroup(orders, visits, { numPartitions: 8 })
   */
  cogroup<K, V, R extends readonly RDD<readonly [K, unknown]>[]>(
    this: RDD<readonly [K, V]>,
    ...others: R
  ): RDD<[K, [V[], ...CogroupValues<R>]]>;
  cogroup<K, V, R extends readonly RDD<readonly [K, unknown]>[]>(
    this: RDD<readonly [K, V]>,
    ...args: [...others: R, partitioning: Partitioning<NoInfer<K>>]
  ): RDD<[K, [V[], ...CogroupValues<R>]]>;
  cogroup(...args: unknown[]): RDD<never> {
    const callSite = this.context.callSite(this.cogroup);
    const last = args.at(-1);
    const isPartitioning =
      typeof last === 'number' ||
      (typeof last === 'object' && last !== null && !(last instanceof RDD));
    const others = isPartitioning ? args.slice(0, -1) : args;
    const spec = partitionerSpec(isPartitioning ? (last as Partitioning) : undefined, 'cogroup');
    const nodes = others.map((other) => this.context.nodeOf(other, 'cogroup'));
    return this.#derive(cogroupNode([this.node, ...nodes], callSite, spec));
  }

  /**
   * `[key, [value, other value]]` for each pair of values with equal keys, null keys included.
   *
   * @param partitioning as in `reduceByKey`
   */
  join<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, [V, W]]> {
    return this.#join('inner', other, partitioning, this.join);
  }

  /** Like `join`, and `[value, undefined]` for keys that the other RDD does not have. */
  leftOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, [V, W | undefined]]> {
    return this.#join('leftOuter', other, partitioning, this.leftOuterJoin);
  }

  /** Like `join`, and `[undefined, other value]` for keys that this RDD does not have. */
  rightOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, [V | undefined, W]]> {
    return this.#join('rightOuter', other, partitioning, this.rightOuterJoin);
  }

  /** Like `join`, with undefined for the side that does not have the key. */
  fullOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, [V | undefined, W | undefined]]> {
    return this.#join('fullOuter', other, partitioning, this.fullOuterJoin);
  }

  // ----- actions

  /** All rows, in order, in one array on the driver. */
  collect(options: ActionOptions = {}): JobPromise<T[]> {
    return act(this.#action(this.collect, options), (runJob) => collectRows<T>(runJob));
  }

  /** The number of rows. */
  count(options: ActionOptions = {}): JobPromise<number> {
    return act(this.#action(this.count, options), (runJob) => addUp(runJob, 'count'));
  }

  /**
   * The first `limit` rows, or all if there are less. Looks into one partition first and into more
   * and more as long as rows are missing, one job after the other; 0 or less runs none.
   */
  take(limit: number, options: ActionOptions = {}): JobPromise<T[]> {
    const target = this.#action(this.take, options);
    return act(target, async (runJob) => {
      checkInteger(limit, 'limit of take', Number.MIN_SAFE_INTEGER);
      return takeRows<T>(target, runJob, limit);
    });
  }

  /**
   * The first row.
   *
   * @throws FiresteelError EMPTY_COLLECTION when there is none (by rejection)
   */
  first(options: ActionOptions = {}): JobPromise<T> {
    const target = this.#action(this.first, options);
    return act(target, async (runJob) => {
      const rows = await takeRows<T>(target, runJob, 1);
      if (rows.length === 0) throw emptyCollection(target.callSite);
      return rows[0] as T;
    });
  }

  /** Whether there is no row; looks for one like `take(1)`. */
  isEmpty(options: ActionOptions = {}): JobPromise<boolean> {
    const target = this.#action(this.isEmpty, options);
    return act(target, async (runJob) => (await takeRows<T>(target, runJob, 1)).length === 0);
  }

  /**
   * All rows merged by `fn`, which must be associative: in each partition first, then the results
   * in the order of partitions on the driver.
   *
   * @throws FiresteelError EMPTY_COLLECTION when there are no rows (by rejection); `fold` has a
   *   value for that
   */
  reduce(fn: (a: T, b: T) => T, options: ActionOptions = {}): JobPromise<T> {
    const target = this.#action(this.reduce, options);
    return act(target, async (runJob) => {
      checkSyncFunction(fn, 'The function of reduce');
      return reduceRows(target, runJob, fn);
    });
  }

  /**
   * All rows merged by `fn`, starting from `zero` in each partition and once more on the driver:
   * unless `zero` is neutral the result depends on the number of partitions. Gives the zero when
   * there are no rows.
   *
   * @param zero a value to be cloned for each use, or a function that makes one
   */
  fold(zero: Zero<T>, fn: (a: T, b: T) => T, options: ActionOptions = {}): JobPromise<T> {
    return act(this.#action(this.fold, options), async (runJob) => {
      checkSyncFunction(fn, 'The function of fold');
      return aggregateRows(runJob, zeroSpec(zero, 'fold'), fn, fn);
    });
  }

  /**
   * `fold` into a value of another type.
   *
   * @param zero a value to be cloned for each use, or a function that makes one
   * @param seqOp adds a row, on executors; may change and return its first argument
   * @param combOp joins the results of partitions in their order, on the driver; may change and
   *   return its first argument
   * @example
   * const [sum, n] = await numbers.aggregate(
   *   () => [0, 0],
   *   ([sum, n], x) => [sum + x, n + 1],
   *   (a, b) => [a[0] + b[0], a[1] + b[1]],
   * );
   */
  aggregate<U>(
    zero: Zero<U>,
    seqOp: (accumulator: U, row: T) => U,
    combOp: (a: U, b: U) => U,
    options: ActionOptions = {},
  ): JobPromise<U> {
    return act(this.#action(this.aggregate, options), async (runJob) => {
      checkSyncFunction(seqOp, 'seqOp of aggregate');
      checkSyncFunction(combOp, 'combOp of aggregate');
      return aggregateRows(runJob, zeroSpec(zero, 'aggregate'), seqOp, combOp);
    });
  }

  /**
   * The `limit` largest rows, largest first. Rows that compare equal come in the order of the RDD.
   * Memory and traffic grow with `limit`, not with the number of rows.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a negative limit (by rejection)
   * @example
   * counts.top(10, { by: ([, n]) => n })
   */
  top<K = T>(limit: number, options: OrderOptions<T, K> & ActionOptions = {}): JobPromise<T[]> {
    return this.#ordered(limit, true, options, this.top);
  }

  /** The `limit` smallest rows, smallest first; see `top`. */
  takeOrdered<K = T>(
    limit: number,
    options: OrderOptions<T, K> & ActionOptions = {},
  ): JobPromise<T[]> {
    return this.#ordered(limit, false, options, this.takeOrdered);
  }

  /**
   * The largest row, the first of them if several are.
   *
   * @throws FiresteelError EMPTY_COLLECTION when there are no rows (by rejection)
   */
  max<K = T>(options: OrderOptions<T, K> & ActionOptions = {}): JobPromise<T> {
    return this.#extreme(true, options, this.max);
  }

  /**
   * The smallest row, the first of them if several are.
   *
   * @throws FiresteelError EMPTY_COLLECTION when there are no rows (by rejection)
   */
  min<K = T>(options: OrderOptions<T, K> & ActionOptions = {}): JobPromise<T> {
    return this.#extreme(false, options, this.min);
  }

  /**
   * The sum of all rows, 0 for none.
   *
   * @throws FiresteelError NOT_A_NUMBER when a row is no number (by rejection)
   */
  sum(this: RDD<number>, options: ActionOptions = {}): JobPromise<number> {
    return act(this.#action(this.sum, options), (runJob) => addUp(runJob, 'sum'));
  }

  /** How often each row occurs, on the driver. */
  countByValue(options: ActionOptions = {}): JobPromise<KeyedMap<T, number>> {
    const target = this.#action(this.countByValue, options);
    return act(target, (runJob) => countRows<T>(target, runJob));
  }

  /** How many pairs each key has, on the driver. */
  countByKey<K>(
    this: RDD<readonly [K, unknown]>,
    options: ActionOptions = {},
  ): JobPromise<KeyedMap<K, number>> {
    const target = this.#action(this.countByKey, options);
    return act(target, (runJob) => countKeys<K>(target, runJob));
  }

  /** All pairs in a map on the driver; of pairs with equal keys the last one wins. */
  collectAsMap<K, V>(
    this: RDD<readonly [K, V]>,
    options: ActionOptions = {},
  ): JobPromise<KeyedMap<K, V>> {
    const target = this.#action(this.collectAsMap, options);
    return act(target, (runJob) => pairsAsMap<K, V>(target, runJob));
  }

  /**
   * The values of a key, in order, none for a key that is not there. Of an RDD that is partitioned
   * by key in a known way only the partition of the key is computed.
   */
  lookup<K, V>(
    this: RDD<readonly [K, V]>,
    key: NoInfer<K>,
    options: ActionOptions = {},
  ): JobPromise<V[]> {
    const target = this.#action(this.lookup, options);
    return act(target, (runJob) => lookupValues<K, V>(target, runJob, key));
  }

  /** Calls `fn` with each row, on the executors. */
  forEach(fn: (row: T) => void, options: ActionOptions = {}): JobPromise<void> {
    return act(this.#action(this.forEach, options), async (runJob) => {
      checkSyncFunction(fn, 'The function of forEach', 'Use forEachPartition, which awaits.');
      await runJob({ kind: 'forEach', fn });
    });
  }

  /**
   * Calls `fn` once for each partition, also for empty ones, with its rows, on the executors, and
   * awaits it if it is async.
   */
  forEachPartition(
    fn: (rows: Iterable<T>) => void | Promise<void>,
    options: ActionOptions = {},
  ): JobPromise<void> {
    return act(this.#action(this.forEachPartition, options), async (runJob) => {
      checkFunction(fn, 'The function of forEachPartition');
      await runJob({ kind: 'forEachPartition', fn });
    });
  }

  /**
   * Writes the rows as lines, `String(row)` and LF in UTF-8, to files `part-00000`, `part-00001`,
   * … in a new directory, one for each partition; `_SUCCESS` comes last, when all are complete.
   *
   * @param path of the directory; relative to the driver's working directory
   * @param options `compression`: `gzip` compresses each file and appends `.gz` to its name
   * @throws FiresteelError OUTPUT_EXISTS if the directory exists, OUTPUT_FAILED if a file cannot
   *   be written (both by rejection); no partial output stays behind
   */
  saveAsTextFile(
    path: string,
    options: ActionOptions & { readonly compression?: 'none' | 'gzip' } = {},
  ): JobPromise<void> {
    return act(this.#action(this.saveAsTextFile, options), async (runJob) => {
      const { compression = 'none' } = options;
      if (typeof path !== 'string' || path.trim() === '')
        throw invalidArgument('The path of saveAsTextFile', 'a non-empty string', path);
      if (compression !== 'none' && compression !== 'gzip')
        throw invalidArgument('compression of saveAsTextFile', '"none" or "gzip"', compression);
      await runJob({ kind: 'saveAsText', path: resolve(path), compression });
    });
  }

  /**
   * The rows in order, of which the driver holds one partition at a time: a job computes it when
   * its first row is asked for.
   *
   * @example
   * for await (const row of rdd.toLocalIterator()) console.log(row);
   */
  toLocalIterator(options: ActionOptions = {}): AsyncIterableIterator<T> {
    return iteratePartitions<T>(this.#action(this.toLocalIterator, options));
  }

  /** `for await (const row of rdd)`; see `toLocalIterator`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return iteratePartitions<T>(this.#action(this.toLocalIterator, {}));
  }

  // ----- how they are made

  #derive<U>(node: PlanNode): RDD<U> {
    return new RDD<U>(this.context, node);
  }

  #rowFunction<U>(kind: RowFunctionNode['kind'], fn: AnyFunction, method: AnyMethod): RDD<U> {
    const callSite = this.context.callSite(method);
    const advice =
      kind === 'map' ? `Use mapAsync(fn, { concurrency }) instead of ${kind}.` : undefined;
    checkSyncFunction(fn, `The function of ${kind}`, advice);
    return this.#derive(createNode({ kind, parents: [this.node], callSite, fn }));
  }

  #plain<U>(kind: 'keys' | 'values' | 'glom' | 'zipWithIndex', method: AnyMethod): RDD<U> {
    const callSite = this.context.callSite(method);
    return this.#derive(createNode({ kind, parents: [this.node], callSite }));
  }

  #mapPartitions<U>(
    fn: AnyFunction,
    withIndex: boolean,
    { preservesPartitioning = false }: { readonly preservesPartitioning?: boolean },
    method: AnyMethod,
  ): RDD<U> {
    const callSite = this.context.callSite(method);
    checkFunction(fn, `The function of ${method.name}`);
    return this.#derive(
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

  #combine<U>(
    aggregator: Aggregator,
    method: AnyMethod,
    partitioning: number | PartitioningOptions<never> | undefined,
    mapSideCombine?: boolean,
  ): RDD<U> {
    const callSite = this.context.callSite(method);
    const spec = partitionerSpec(partitioning, method.name);
    return this.#derive(combineNode(this.node, callSite, spec, aggregator, mapSideCombine));
  }

  #join<U>(
    kind: JoinNode['join'],
    other: RDD<unknown>,
    partitioning: number | PartitioningOptions<never> | undefined,
    method: AnyMethod,
  ): RDD<U> {
    const callSite = this.context.callSite(method);
    const right = this.context.nodeOf(other, method.name);
    const spec = partitionerSpec(partitioning, method.name);
    return this.#derive(joinNode(this.node, right, callSite, spec, kind));
  }

  #action(method: AnyMethod, options: ActionOptions): ActionTarget {
    const { context, node } = this;
    const callSite: CallSite = context.callSite(method);
    return { context, node, callSite, options };
  }

  #ordered<K>(
    limit: number,
    largest: boolean,
    options: OrderOptions<T, K> & ActionOptions,
    method: AnyMethod,
  ): JobPromise<T[]> {
    return act(this.#action(method, options), async (runJob) => {
      checkInteger(limit, `limit of ${method.name}`, 0);
      checkOrder(options, method.name);
      return limit === 0 ? [] : topRows(runJob, limit, largest, options);
    });
  }

  #extreme<K>(
    largest: boolean,
    options: OrderOptions<T, K> & ActionOptions,
    method: AnyMethod,
  ): JobPromise<T> {
    const target = this.#action(method, options);
    return act(target, async (runJob) => {
      checkOrder(options, method.name);
      return extremeRow(target, runJob, largest, options);
    });
  }
}
