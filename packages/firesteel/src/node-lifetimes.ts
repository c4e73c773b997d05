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
    this.registry.register(node, { shuffleIds: stateOf(node).shuffleIds }, node);
    this.watch(standIn);
  }
}

function stateOf(node: PlanNode): NodeState {
  const nodeId = node.id;
  if (node.kind === 'shuffle') return { nodeId, shuffleIds: [nodeId] };
  return { nodeId, shuffleIds: 'shuffleIds' in node ? node.shuffleIds : [] };
}

/**
 * The shuffles in the lineage of a node, up to nodes that are kept elsewhere: what is lost of those
 * is made again from the shuffles behind them.
 */
export function shufflesBehind(node: PlanNode, isKept: (node: PlanNode) => boolean): Set<number> {
  const shuffleIds = new Set<number>();
  const seen = new Set<PlanNode>();
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next) || (next !== node && isKept(next))) continue;
    seen.add(next);
    for (const id of stateOf(next).shuffleIds) shuffleIds.add(id);
    open.push(...next.parents);
  }
  return shuffleIds;
}
