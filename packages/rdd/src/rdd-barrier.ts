import type { PlanNode } from '@firesteel/plan';
import type { FiresteelContext } from './context.js';
import { mapPartitionsNode } from './map-partitions-node.js';
import type { PartitionResult } from './operators/partition-transformations.js';
import type { RDD } from './rdd.js';

/**
 * What `rdd.barrier()` gives: a choice of operators whose tasks all run at the same time. Their
 * functions find the other tasks by `BarrierTaskContext.get()`.
 */
export class RDDBarrier<out T> {
  readonly #context: FiresteelContext;
  readonly #node: PlanNode;
  readonly #derive: <U>(node: PlanNode) => RDD<U>;

  /** Barriers are made by `RDD.barrier`. */
  constructor(context: FiresteelContext, node: PlanNode, derive: <U>(node: PlanNode) => RDD<U>) {
    this.#context = context;
    this.#node = node;
    this.#derive = derive;
  }

  /** As `RDD.mapPartitions`, in a barrier stage. */
  mapPartitions<U>(
    fn: (rows: Iterable<T>) => PartitionResult<U>,
    options: { readonly preservesPartitioning?: boolean } = {},
  ): RDD<U> {
    const call = { withIndex: false, options, isBarrier: true } as const;
    return this.#derive(mapPartitionsNode(this.#context, this.#node, fn, call, this.mapPartitions));
  }

  /** As `RDD.mapPartitionsWithIndex`, in a barrier stage. */
  mapPartitionsWithIndex<U>(
    fn: (partition: number, rows: Iterable<T>) => PartitionResult<U>,
    options: { readonly preservesPartitioning?: boolean } = {},
  ): RDD<U> {
    const call = { withIndex: true, options, isBarrier: true } as const;
    return this.#derive(
      mapPartitionsNode(this.#context, this.#node, fn, call, this.mapPartitionsWithIndex),
    );
  }
}
