import type { ParentShuffle, PlanNode } from '@firesteel/plan';
import type { Lineage, ShuffleDependency } from './lineage.js';
import type { PlanningContext } from './planning-context.js';

/**
 * How many cached nodes may stand behind one another in a stage. Blocks behind a cached one are
 * read only if it is lost, and a program nests with each of them, which cloning it cannot bear
 * thousands of times. Farther ones are computed through.
 */
const maxNestedCaches = 16;

/** The part of a lineage that one stage computes. */
export interface Stage {
  /** The node whose rows the stage ends with. */
  readonly head: PlanNode;
  /** All nodes computed, the head first, each before its parents. */
  readonly nodes: readonly PlanNode[];
  /** Nodes whose rows are looked up in the cache, or stored there. */
  readonly cached: ReadonlySet<PlanNode>;
  readonly reads: readonly {
    readonly dependency: ShuffleDependency;
    readonly parent: ParentShuffle;
  }[];
}

/**
 * The nearest cached nodes on all paths from the sink: chains that share their ends, so that the
 * caches common to two paths are where their chains meet.
 */
interface CacheChain {
  readonly node: PlanNode;
  readonly numPartitions: number;
  readonly depth: number;
  readonly next: CacheChain | undefined;
}

/** Follows narrow dependencies from `head` and finds what the stage reads. */
export function stageOf(head: PlanNode, lineage: Lineage, ctx: PlanningContext): Stage {
  const nodes = consumersFirst(head, lineage);
  const cached = new Set<PlanNode>();
  const chains = new Map<PlanNode, CacheChain | undefined>([[head, undefined]]);
  const shuffles = new Map<
    number,
    { dependency: ShuffleDependency; chain: CacheChain | undefined }
  >();
  for (const node of nodes) {
    let chain = chains.get(node);
    // What only the cache holds is looked up there however deep it is.
    const isNear = (chain?.depth ?? 0) < maxNestedCaches || node.kind === 'localCheckpoint';
    if (ctx.storageLevel(node.id) !== undefined && isNear) {
      cached.add(node);
      const { numPartitions } = lineage.factsOf(node);
      chain = { node, numPartitions, depth: (chain?.depth ?? 0) + 1, next: chain };
    }
    const { narrow, shuffles: dependencies } = lineage.dependenciesOf(node);
    for (const parent of narrow)
      chains.set(parent, chains.has(parent) ? meet(chains.get(parent), chain) : chain);
    for (const dependency of dependencies) {
      const known = shuffles.get(dependency.shuffleId);
      shuffles.set(dependency.shuffleId, {
        dependency,
        chain: known === undefined ? chain : meet(known.chain, chain),
      });
    }
  }
  const reads = [...shuffles.values()].map(({ dependency, chain }) => ({
    dependency,
    parent: { shuffleId: dependency.shuffleId, unlessCached: cachesOf(chain) },
  }));
  return { head, nodes, cached, reads };
}

function meet(a: CacheChain | undefined, b: CacheChain | undefined): CacheChain | undefined {
  let [x, y] = [a, b];
  while (x !== y) {
    if ((x?.depth ?? 0) >= (y?.depth ?? 0)) x = x?.next;
    else y = y?.next;
  }
  return x;
}

function cachesOf(chain: CacheChain | undefined): ParentShuffle['unlessCached'] {
  const caches: { rddId: number; numPartitions: number }[] = [];
  for (let link = chain; link !== undefined; link = link.next)
    caches.push({ rddId: link.node.id, numPartitions: link.numPartitions });
  return caches;
}

/** The nodes of a stage in topological order from the head. */
function consumersFirst(head: PlanNode, lineage: Lineage): PlanNode[] {
  const finished: PlanNode[] = [];
  const state = new Map<PlanNode, 'open' | 'done'>();
  const open = [head];
  for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
    const seen = state.get(node);
    if (seen === undefined) {
      state.set(node, 'open');
      for (const parent of lineage.dependenciesOf(node).narrow)
        if (!state.has(parent)) open.push(parent);
      continue;
    }
    open.pop();
    if (seen === 'done') continue;
    state.set(node, 'done');
    finished.push(node);
  }
  return finished.reverse();
}
