import type { CheckpointNode, PlanNode } from './node.js';

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

/** What stands for a node once its rows are in files. */
export function createCheckpointNode(
  { id, callSite }: PlanNode,
  fields: Pick<CheckpointNode, 'path' | 'splits' | 'partitioner'>,
): CheckpointNode {
  return Object.freeze({ kind: 'checkpoint', id, parents: Object.freeze([]), callSite, ...fields });
}
