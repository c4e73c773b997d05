import { createNode, type PlanNode } from '@firesteel/plan';
import { checkFunction } from './arguments.js';
import type { FiresteelContext } from './context.js';
import type { AnyMethod } from './operators/any-method.js';
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
    return this.#mapPartitions(fn, false, options, this.mapPartitions);
  }

  /** As `RDD.mapPartitionsWithIndex`, in a barrier stage. */
  mapPartitionsWithIndex<U>(
    fn: (partition: number, rows: Iterable<T>) => PartitionResult<U>,
    options: { readonly preservesPartitioning?: boolean } = {},
  ): RDD<U> {
    return this.#mapPartitions(fn, true, options, this.mapPartitionsWithIndex);
  }

  #mapPartitions<U>(
    fn: (...args: never[]) => unknown,
    withIndex: boolean,
    { preservesPartitioning = false }: { readonly preservesPartitioning?: boolean },
    method: AnyMethod,
  ): RDD<U> {
    const callSite = this.#context.callSite(method);
    checkFunction(fn, `The function of ${method.name}`);
    return this.#derive(
      createNode({
        kind: 'mapPartitions',
        parents: [this.#node],
        callSite,
        fn,
        withIndex,
        preservesPartitioning,
        isBarrier: true,
      }),
    );
  }
}
