import type { PlanNode } from '@firesteel/plan';

/** What an engine may keep outside of a node under the ids of the node. */
export interface NodeState {
  /** Absent where another node lives on under the id. */
  readonly nodeId?: number;
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
      this.registry.register(next, stateOf(next), next);
      open.push(...next.parents);
    }
  }

  /**
   * From now on the end of `standIn` is the end of what is kept under the id of `node`, and only
   * the shuffles end with the node itself. The stand-in must have the same id, and live as long as
   * the node.
   */
  handOver(node: PlanNode, standIn: PlanNode): void {
    this.watched.add(node);
    this.registry.unregister(node);
    this.registry.register(node, { shuffleIds: shuffleIdsOf(node) }, node);
    this.watch(standIn);
  }
}

function stateOf(node: PlanNode): NodeState {
  return { nodeId: node.id, shuffleIds: shuffleIdsOf(node) };
}

/** The shuffles that are made for a node. */
export function shuffleIdsOf(node: PlanNode): readonly number[] {
  if (node.kind === 'shuffle') return [node.id];
  return 'shuffleIds' in node ? node.shuffleIds : [];
}
