import type { PlanNode } from '@firesteel/plan';

const names = new WeakMap<PlanNode, string>();

/** The name that `setName` gave to the RDD of a node. */
export function nameOfNode(node: PlanNode): string | undefined {
  return names.get(node);
}

export function setNameOfNode(node: PlanNode, name: string): void {
  names.set(node, name);
}
