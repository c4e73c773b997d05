import {
  type Aggregator,
  type AnyFunction,
  type CallSite,
  createNode,
  type JoinNode,
  nextNodeId,
  type PartitionerSpec,
  type PlanNode,
} from '@firesteel/plan';

/** Brings the values of each key together by an aggregator. */
export function combineNode(
  parent: PlanNode,
  callSite: CallSite,
  partitioner: PartitionerSpec,
  aggregator: Aggregator,
  mapSideCombine = aggregator.kind !== 'group',
): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite,
    keyed: 'pair',
    partitioner,
    aggregator: Object.freeze(aggregator),
    mapSideCombine,
  });
}

/** Moves pairs to the partition of their key, uncombined. */
export function partitionNode(
  parent: PlanNode,
  callSite: CallSite,
  partitioner: PartitionerSpec,
): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite,
    keyed: 'pair',
    partitioner,
    mapSideCombine: false,
  });
}

/** One row of each group of equal rows. */
export function distinctNode(
  parent: PlanNode,
  callSite: CallSite,
  partitioner: PartitionerSpec,
): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite,
    keyed: 'row',
    partitioner,
    aggregator: { kind: 'distinct' },
    mapSideCombine: true,
  });
}

/** Rows dealt out in turn to `numPartitions` partitions. */
export function repartitionNode(
  parent: PlanNode,
  callSite: CallSite,
  numPartitions: number,
): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite,
    keyed: 'row',
    partitioner: { kind: 'roundRobin', numPartitions },
    mapSideCombine: false,
  });
}

export interface KeyOrder {
  readonly ascending: boolean;
  readonly numPartitions?: number | undefined;
  readonly compare?: AnyFunction | undefined;
}

/** Pairs in ranges of keys, sorted in each. */
export function sortNode(parent: PlanNode, callSite: CallSite, order: KeyOrder): PlanNode {
  const { ascending, numPartitions, compare } = order;
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite,
    keyed: 'pair',
    partitioner: {
      kind: 'range',
      ascending,
      ...(numPartitions !== undefined && { numPartitions }),
      ...(compare && { compare }),
    },
    mapSideCombine: false,
    order: { ascending, ...(compare && { compare }) },
  });
}

/** The values of each key, one array for each parent. */
export function cogroupNode(
  parents: readonly PlanNode[],
  callSite: CallSite,
  partitioner: PartitionerSpec,
): PlanNode {
  return createNode({
    kind: 'cogroup',
    parents,
    callSite,
    partitioner,
    shuffleIds: Object.freeze(parents.map(nextNodeId)),
  });
}

export function joinNode(
  left: PlanNode,
  right: PlanNode,
  callSite: CallSite,
  partitioner: PartitionerSpec,
  join: JoinNode['join'],
): PlanNode {
  const cogroup = cogroupNode([left, right], callSite, partitioner);
  return createNode({ kind: 'join', parents: [cogroup], callSite, join });
}
