import type { CogroupNode, SemiJoinNode, ShuffleNode } from '@firesteel/plan';
import type { ExchangePartitioner, KnownPartitioner } from './known-partitioner.js';
import type { NodeFacts } from './lineage.js';
import type { PlanningContext } from './planning-context.js';

type DefaultsContext = Pick<PlanningContext, 'defaultParallelism' | 'defaultParallelismSet'>;

/**
 * Spark's defaultPartitioner: the largest partitioner among the inputs, if it is less than an
 * order of magnitude smaller than the largest input or not smaller than the default; else hashing
 * into `default.parallelism`, or without that setting into as many as the largest input has.
 */
function defaultPartitioner(inputs: readonly NodeFacts[], ctx: DefaultsContext): KnownPartitioner {
  let largest = 0;
  let candidate: KnownPartitioner | undefined;
  for (const { numPartitions, partitioner } of inputs) {
    largest = Math.max(largest, numPartitions);
    if (partitioner !== undefined && partitioner.numPartitions > (candidate?.numPartitions ?? 0))
      candidate = partitioner;
  }
  const size = ctx.defaultParallelismSet ? ctx.defaultParallelism : largest;
  if (candidate !== undefined) {
    const isNear = Math.log10(largest) - Math.log10(candidate.numPartitions) < 1;
    if (isNear || size <= candidate.numPartitions) return candidate;
  }
  return { kind: 'hash', numPartitions: size };
}

/** The partitioner of a shuffle, cogroup or semi join with everything filled in that its inputs decide. */
export function exchangePartitioner(
  node: ShuffleNode | CogroupNode | SemiJoinNode,
  inputs: readonly NodeFacts[],
  ctx: DefaultsContext,
): ExchangePartitioner {
  const spec = node.partitioner;
  const inputSize = inputs[0]?.numPartitions ?? 0;
  switch (spec.kind) {
    case 'hash':
      if (spec.numPartitions !== undefined)
        return { kind: 'hash', numPartitions: spec.numPartitions };
      // Rows that are their own key stay as many partitions as they were.
      if (node.kind === 'shuffle' && node.keyed === 'row')
        return { kind: 'hash', numPartitions: inputSize };
      // What is left of the rows stays where, or spread as, they were.
      if (node.kind === 'semiJoin' && node.keeps === 'unmatched')
        return inputs[0]?.partitioner ?? { kind: 'hash', numPartitions: inputSize };
      return defaultPartitioner(inputs, ctx);
    case 'range':
      return {
        kind: 'range',
        numPartitions: spec.numPartitions ?? inputSize,
        ascending: spec.ascending,
        ...(spec.compare && { compare: spec.compare }),
        shuffleId: node.id,
      };
    case 'custom':
    case 'roundRobin':
      return spec;
  }
}
