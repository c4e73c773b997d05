import type { PlanNode } from '@firesteel/plan';

/** What an engine may keep outside of a node under the ids of the node. */
export interface NodeState {
  readonly nodeId: number;
  readonly shuffleIds: readonly number[];
}

/**
 * Tells when a node of a lineage has become garbage, so that its shuffle outputs, cached blocks
 * and sampled bounds can go: in Spark the work of the ContextCleaner.
 */
export class NodeLifetimes {
  private readonly watched = new WeakSet<PlanNode>();
  private readonly registry: FinalizationRegistry<NodeState>;

  constructor(onGarbage: (state: NodeState) => void) {
    this.registry = new FinalizationRegistry(onGarbage);
  }

  /** Watches a node and all it stands on; only new ones cost anything. */
  watch(node: PlanNode): void {
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (this.watched.has(next)) continue;
      this.watched.add(next);
      this.registry.register(next, stateOf(next));
      open.push(...next.parents);
    }
  }
}

function stateOf(node: PlanNode): NodeState {
  const nodeId = node.id;
  if (node.kind === 'shuffle') return { nodeId, shuffleIds: [nodeId] };
  return { nodeId, shuffleIds: 'shuffleIds' in node ? node.shuffleIds : [] };
}
