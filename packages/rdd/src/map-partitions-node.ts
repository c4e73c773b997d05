import { optionsOf } from '@firesteel/common';
import { type AnyFunction, createNode, type PlanNode } from '@firesteel/plan';
import { checkFunction } from './arguments.js';
import type { FiresteelContext } from './context.js';
import type { AnyMethod } from './operators/any-method.js';

export const partitionsOptionKinds = { preservesPartitioning: 'boolean' } as const;

/** How a function is called on partitions. */
export interface MapPartitionsCall {
  /** Whether it takes the number of the partition before the rows. */
  readonly withIndex: boolean;
  readonly options: { readonly preservesPartitioning?: boolean };
  /** Whether all of its tasks run at the same time. */
  readonly isBarrier?: true;
}

/** `fn` once for each partition, as `method` was given it. */
export function mapPartitionsNode(
  context: FiresteelContext,
  parent: PlanNode,
  fn: AnyFunction,
  { options, ...call }: MapPartitionsCall,
  method: AnyMethod,
): PlanNode {
  const callSite = context.callSite(method);
  checkFunction(fn, `The function of ${method.name}`);
  const { preservesPartitioning = false } = optionsOf(options, partitionsOptionKinds, method.name);
  return createNode({
    kind: 'mapPartitions',
    parents: [parent],
    callSite,
    fn,
    preservesPartitioning,
    ...call,
  });
}
