import {
  type Aggregator,
  type AnyFunction,
  type CallSite,
  createNode,
  type JoinNode,
  nextNodeId,
  type PartitionerSpec,
  type PlanNode,
  type SemiJoinNode,
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
  const partitioner: PartitionerSpec = {
    kind: 'range',
    ascending,
    ...(numPartitions !== undefined && { numPartitions }),
    ...(compare && { compare }),
  };
  return partitionedSortNode(parent, callSite, partitioner, order);
}

/** Pairs in the partition of their key, sorted in each. */
export function partitionedSortNode(
  parent: PlanNode,
  callSite: CallSite,
  partitioner: PartitionerSpec,
  { ascending, compare }: Pick<KeyOrder, 'ascending' | 'compare'>,
): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite,
    keyed: 'pair',
    partitioner,
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

/** The pairs of `left` whose key is, or is not, a key of `right`. */
export function semiJoinNode(
  left: PlanNode,
  right: PlanNode,
  callSite: CallSite,
  partitioner: PartitionerSpec,
  keeps: SemiJoinNode['keeps'],
): PlanNode {
  return createNode({
    kind: 'semiJoin',
    parents: [left, right],
    callSite,
    keeps,
    partitioner,
    shuffleIds: Object.freeze([nextNodeId(), nextNodeId()]),
  });
}

/** The rows that both have, once each. */
export function intersectionNode(
  left: PlanNode,
  right: PlanNode,
  callSite: CallSite,
  partitioner: PartitionerSpec,
): PlanNode {
  const lefts = combineNode(keyedRows(left, callSite), callSite, partitioner, {
    kind: 'reduce',
    merge: firstOf,
  });
  const rights = keyedRows(right, callSite);
  const common = semiJoinNode(lefts, rights, callSite, partitioner, 'matched');
  return createNode({ kind: 'keys', parents: [common], callSite });
}

/** The rows that only `left` has. */
export function subtractNode(
  left: PlanNode,
  right: PlanNode,
  callSite: CallSite,
  partitioner: PartitionerSpec,
): PlanNode {
  const [lefts, rights] = [keyedRows(left, callSite), keyedRows(right, callSite)];
  const rest = semiJoinNode(lefts, rights, callSite, partitioner, 'unmatched');
  return createNode({ kind: 'keys', parents: [rest], callSite });
}

/** Pairs whose keys are the rows. */
function keyedRows(parent: PlanNode, callSite: CallSite): PlanNode {
  return createNode({ kind: 'map', parents: [parent], callSite, fn: asKey });
}

/** A row as a key, with a number that counts it. */
export const asKey = (row: unknown): [unknown, number] => [row, 1];
const firstOf = (first: unknown): unknown => first;

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
