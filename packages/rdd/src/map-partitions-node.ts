import { type AnyFunction, createNode, type PlanNode } from '@firesteel/plan';
import { checkFunction } from './arguments.js';
import type { FiresteelContext } from './context.js';
import type { AnyMethod } from './operators/any-method.js';

/** How a function is called on partitions. */
export interface MapPartitionsCall {
  /** Whether it takes the number of the partition before the rows. */
  readonly withIndex: boolean;
  readonly preservesPartitioning: boolean | undefined;
  /** Whether all of its tasks run at the same time. */
  readonly isBarrier?: true;
}

/** `fn` once for each partition, as `method` was given it. */
export function mapPartitionsNode(
  context: FiresteelContext,
  parent: PlanNode,
  fn: AnyFunction,
  { preservesPartitioning = false, ...call }: MapPartitionsCall,
  method: AnyMethod,
): PlanNode {
  const callSite = context.callSite(method);
  checkFunction(fn, `The function of ${method.name}`);
  return createNode({
    kind: 'mapPartitions',
    parents: [parent],
    callSite,
    fn,
    preservesPartitioning,
    ...call,
  });
}
