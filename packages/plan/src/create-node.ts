import type { CheckpointNode, LocalCheckpointNode, PlanNode } from './node.js';

let lastId = -1;

/** The next id of the counter that nodes and the shuffles of a cogroup share. */
export function nextNodeId(): number {
  lastId += 1;
  return lastId;
}

type WithoutId<N> = N extends PlanNode ? Omit<N, 'id'> : never;

/**
 * A frozen node with the next id. Its parents, like all of its fields, never change: a lineage
 * may be shared by any number of RDDs and jobs.
 */
export function createNode(fields: WithoutId<PlanNode>): PlanNode {
  Object.freeze(fields.parents);
  return Object.freeze({ ...fields, id: nextNodeId() });
}

type Unplaced<N> = N extends PlanNode ? Omit<N, 'id' | 'parents' | 'callSite'> : never;

/** What stands for a node once its rows are kept elsewhere: without parents, under the same id. */
export function createStandIn(
  { id, callSite }: PlanNode,
  fields: Unplaced<CheckpointNode | LocalCheckpointNode>,
): PlanNode {
  return Object.freeze({ ...fields, id, parents: Object.freeze([]), callSite });
}
