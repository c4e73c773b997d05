import type { PlanNode } from '@firesteel/plan';

/**
 * The lineage of `node` with other nodes in the place of some of them. What leads to such a node
 * is made anew under its own id, so that shuffles, cached blocks and bounds that are known by ids
 * stay so; everything else, and all that stands behind a stand-in, is left as it is.
 */
export function replaceNodes(
  node: PlanNode,
  standInOf: (node: PlanNode) => PlanNode | undefined,
): PlanNode {
  const replaced = new Map<PlanNode, PlanNode>();
  const open = [node];
  for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
    const standIn = replaced.has(next) ? undefined : standInOf(next);
    if (standIn !== undefined) replaced.set(next, standIn);
    const missing = replaced.has(next) ? [] : next.parents.filter((p) => !replaced.has(p));
    if (missing.length > 0) {
      for (const parent of missing) open.push(parent);
      continue;
    }
    open.pop();
    if (!replaced.has(next)) replaced.set(next, withParents(next, replaced));
  }
  return replaced.get(node) as PlanNode;
}

function withParents(node: PlanNode, replaced: ReadonlyMap<PlanNode, PlanNode>): PlanNode {
  const parents = node.parents.map((parent) => replaced.get(parent) as PlanNode);
  if (parents.every((parent, i) => parent === node.parents[i])) return node;
  return Object.freeze({ ...node, parents: Object.freeze(parents) });
}
