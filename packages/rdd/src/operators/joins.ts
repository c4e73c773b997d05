import { type BroadcastJoinNode, createNode, type JoinNode } from '@firesteel/plan';
import { type Partitioning, type PartitioningOptions, partitionerSpec } from '../partitioner.js';
import type { RDD } from '../rdd.js';
import { cogroupNode, joinNode, semiJoinNode } from '../shuffle-operators.js';
import type { AnyMethod } from './any-method.js';
import { PairAggregations } from './pair-aggregations.js';
import { RDDBase } from './rdd-base.js';

/** The value type of an RDD of pairs. */
export type PairValue<R> = R extends RDD<readonly [unknown, infer V]> ? V : never;

/** The groups of a cogroup: for each RDD the array of its values. */
export type CogroupValues<R extends readonly RDD<readonly [unknown, unknown]>[]> = {
  -readonly [I in keyof R]: PairValue<R[I]>[];
};

/** Transformations that bring several RDDs together by key. */
export abstract class Joins<T> extends PairAggregations<T> {
  /**
   * `[key, [[values], [values of the first other], …]]` for each key of any of the RDDs. Values
   * that do not fit into memory are read from disk as in `groupByKey`. An RDD that is partitioned
   * like the result already is not shuffled.
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
    return this.#cogroup(args, this.cogroup);
  }

  /** The same as `cogroup`. */
  groupWith<K, V, R extends readonly RDD<readonly [K, unknown]>[]>(
    this: RDD<readonly [K, V]>,
    ...others: R
  ): RDD<[K, [V[], ...CogroupValues<R>]]>;
  groupWith<K, V, R extends readonly RDD<readonly [K, unknown]>[]>(
    this: RDD<readonly [K, V]>,
    ...args: [...others: R, partitioning: Partitioning<NoInfer<K>>]
  ): RDD<[K, [V[], ...CogroupValues<R>]]>;
  groupWith(...args: unknown[]): RDD<never> {
    return this.#cogroup(args, this.groupWith);
  }

  #cogroup(args: readonly unknown[], method: AnyMethod): RDD<never> {
    const callSite = this.context.callSite(method);
    const last = args.at(-1);
    const isPartitioning =
      typeof last === 'number' ||
      (typeof last === 'object' && last !== null && !(last instanceof RDDBase));
    const others = isPartitioning ? args.slice(0, -1) : args;
    const spec = partitionerSpec(isPartitioning ? (last as Partitioning) : undefined, method.name);
    const nodes = others.map((other) => this.context.nodeOf(other, method.name));
    return this.derive(cogroupNode([this.node, ...nodes], callSite, spec));
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

  /**
   * `join` with a small RDD, without moving the rows of this one: the other is collected in a job
   * before, kept, and sent once to each executor, so it must fit into the memory of each. Keeps
   * order, partitions and partitioner of this RDD.
   *
   * @example
   * visits.broadcastJoin(countries) // [countryId, [visit, country]]
   */
  broadcastJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    small: RDD<readonly [K, W]>,
  ): RDD<[K, [V, W]]> {
    return this.#broadcastJoin('inner', small, this.broadcastJoin);
  }

  /** Like `broadcastJoin`, and `[value, undefined]` for keys that the small RDD does not have. */
  broadcastLeftOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    small: RDD<readonly [K, W]>,
  ): RDD<[K, [V, W | undefined]]> {
    return this.#broadcastJoin('leftOuter', small, this.broadcastLeftOuterJoin);
  }

  #broadcastJoin<U>(
    join: BroadcastJoinNode['join'],
    small: RDD<unknown>,
    method: AnyMethod,
  ): RDD<U> {
    const callSite = this.context.callSite(method);
    const parents = [this.node, this.context.nodeOf(small, method.name)];
    return this.derive(createNode({ kind: 'broadcastJoin', parents, callSite, join }));
  }

  /**
   * The pairs whose key the other RDD does not have, duplicates included. Of the other RDD only
   * the distinct keys of a partition are in memory; the pairs of this one stream past them.
   *
   * @param partitioning number of partitions or partitioner; by default the partitioner of this
   *   RDD, else hashing into as many partitions as it has
   */
  subtractByKey<K, V>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, unknown]>,
    partitioning?: Partitioning<NoInfer<K>>,
  ): RDD<[K, V]> {
    const callSite = this.context.callSite(this.subtractByKey);
    const right = this.context.nodeOf(other, 'subtractByKey');
    const spec = partitionerSpec(partitioning, 'subtractByKey');
    // Only the keys travel.
    const keys = createNode({ kind: 'mapValues', parents: [right], callSite, fn: toNull });
    return this.derive(semiJoinNode(this.node, keys, callSite, spec, 'unmatched'));
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
    return this.derive(joinNode(this.node, right, callSite, spec, kind));
  }
}

const toNull = (): null => null;
