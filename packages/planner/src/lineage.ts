import { FiresteelError } from '@firesteel/common';
import {
  type CogroupNode,
  describeCallSite,
  type NodeKind,
  type PlanNode,
  type SemiJoinNode,
} from '@firesteel/plan';
import { exchangePartitioner } from './default-partitioner.js';
import { type Determinism, determinismOf } from './determinism.js';
import {
  type ExchangePartitioner,
  type KnownPartitioner,
  samePartitioner,
} from './known-partitioner.js';
import type { PlanningContext } from './planning-context.js';

/** What planning knows of the RDD of a node. */
export interface NodeFacts {
  readonly numPartitions: number;
  readonly partitioner: KnownPartitioner | undefined;
  /** For shuffles and cogroups: where rows go, and for each parent whether its rows must move. */
  readonly exchange?: {
    readonly partitioner: ExchangePartitioner;
    readonly moves: readonly boolean[];
  };
  /** For unions: partition i is partition i of every parent. */
  readonly isZipped?: boolean;
}

/** Rows of `parent` that move to other partitions. */
export interface ShuffleDependency {
  readonly shuffleId: number;
  readonly node: PlanNode;
  readonly parent: PlanNode;
}

/** The parents of a node by the way in which its partitions depend on theirs. */
export interface Dependencies {
  readonly narrow: readonly PlanNode[];
  readonly shuffles: readonly ShuffleDependency[];
  /** Collected before the job, and sent to all executors. */
  readonly collected?: readonly PlanNode[];
}

/** The member of the union of nodes that has kind `K`. */
export type NodeOfKind<K extends NodeKind, N extends PlanNode = PlanNode> = N extends PlanNode
  ? K extends N['kind']
    ? N
    : never
  : never;

type FactsVisitor<N> = (node: N, parents: readonly NodeFacts[], ctx: PlanningContext) => NodeFacts;

const unknownPartitioner: FactsVisitor<PlanNode> = (_node, [parent]) => ({
  numPartitions: parent?.numPartitions ?? 0,
  partitioner: undefined,
});

const keepsPartitioner: FactsVisitor<PlanNode> = (_node, [parent]) => ({
  numPartitions: parent?.numPartitions ?? 0,
  partitioner: parent?.partitioner,
});

/** Partition i goes with partition i of every parent, so all must have as many. */
function pairedPartitions(node: PlanNode, parents: readonly NodeFacts[]): number {
  const counts = parents.map((parent) => parent.numPartitions);
  const [first = 0] = counts;
  if (counts.some((count) => count !== first))
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      `${describeCallSite(node.callSite)} needs RDDs with the same number of partitions, but they have ${counts.join(', ')}. Use repartition or coalesce, or join by a key.`,
      { data: { numPartitions: counts } },
    );
  return first;
}

const leaf = (numPartitions: number): NodeFacts => ({ numPartitions, partitioner: undefined });

const factsVisitors: { readonly [K in NodeKind]: FactsVisitor<NodeOfKind<K>> } = {
  parallelize: (node, _parents, ctx) => leaf(node.numSlices ?? ctx.defaultParallelism),
  range: (node, _parents, ctx) => leaf(node.numSlices ?? ctx.defaultParallelism),
  empty: () => leaf(0),
  files: (node, _parents, ctx) => leaf(ctx.fileSplits(node).length),
  checkpoint: ({ splits, partitioner }) => ({
    numPartitions: splits.length,
    partitioner: partitioner && { ...partitioner, numPartitions: splits.length },
  }),
  localCheckpoint: ({ numPartitions, partitioner }) => ({
    numPartitions,
    partitioner: partitioner && { ...partitioner, numPartitions },
  }),
  map: unknownPartitioner,
  flatMap: unknownPartitioner,
  filter: keepsPartitioner,
  filterMap: unknownPartitioner,
  keyBy: unknownPartitioner,
  mapValues: keepsPartitioner,
  flatMapValues: keepsPartitioner,
  keys: unknownPartitioner,
  values: unknownPartitioner,
  glom: unknownPartitioner,
  zipWithIndex: unknownPartitioner,
  zipWithUniqueId: unknownPartitioner,
  chunk: unknownPartitioner,
  sliding: unknownPartitioner,
  pipe: unknownPartitioner,
  broadcastJoin: keepsPartitioner,
  filterByRange: keepsPartitioner,
  mapAsync: unknownPartitioner,
  mapPartitions: (node, parents, ctx) =>
    (node.preservesPartitioning ? keepsPartitioner : unknownPartitioner)(node, parents, ctx),
  sample: keepsPartitioner,
  sampleByKey: keepsPartitioner,
  aggregatePartitions: unknownPartitioner,
  join: keepsPartitioner,
  zip: (node, parents) => leaf(pairedPartitions(node, parents)),
  zipPartitions: (node, parents) => ({
    numPartitions: pairedPartitions(node, parents),
    partitioner: node.preservesPartitioning ? parents[0]?.partitioner : undefined,
  }),
  cartesian: (_node, parents) =>
    leaf(parents.reduce((product, parent) => product * parent.numPartitions, 1)),
  union: (_node, parents) => {
    const inputs = parents.filter((parent) => parent.numPartitions > 0);
    const partitioner = inputs[0]?.partitioner;
    if (
      partitioner !== undefined &&
      inputs.every((p) => samePartitioner(p.partitioner, partitioner))
    )
      return { numPartitions: partitioner.numPartitions, partitioner, isZipped: true };
    return leaf(inputs.reduce((sum, parent) => sum + parent.numPartitions, 0));
  },
  coalesce: (node, [parent]) => leaf(Math.min(node.numPartitions, parent?.numPartitions ?? 0)),
  shuffle: (node, parents, ctx) => {
    const partitioner = exchangePartitioner(node, parents, ctx);
    const { numPartitions } = partitioner;
    const [parent] = parents;
    if (node.keyed === 'row') {
      // Equal rows have equal keys, so any partitioner by key has brought them together.
      const stays =
        node.aggregator !== undefined &&
        parent?.partitioner !== undefined &&
        parent.numPartitions === numPartitions;
      return {
        numPartitions,
        partitioner: stays ? parent.partitioner : undefined,
        exchange: { partitioner, moves: [!stays] },
      };
    }
    const stays = samePartitioner(parent?.partitioner, partitioner);
    return {
      numPartitions,
      partitioner: partitioner.kind === 'roundRobin' ? undefined : partitioner,
      exchange: { partitioner, moves: [!stays] },
    };
  },
  cogroup: broughtTogether,
  semiJoin: broughtTogether,
};

/** The rows of several parents go to the partition of their key. */
function broughtTogether(
  node: CogroupNode | SemiJoinNode,
  parents: readonly NodeFacts[],
  ctx: PlanningContext,
): NodeFacts {
  const partitioner = exchangePartitioner(node, parents, ctx);
  return {
    numPartitions: partitioner.numPartitions,
    partitioner: partitioner.kind === 'roundRobin' ? undefined : partitioner,
    exchange: {
      partitioner,
      moves: parents.map((parent) => !samePartitioner(parent.partitioner, partitioner)),
    },
  };
}

/**
 * Facts about the nodes of a lineage, each found once. Nothing here recurses: iterative programs
 * make lineages of many thousand nodes.
 */
export class Lineage {
  readonly #ctx: PlanningContext;
  readonly #facts = new Map<PlanNode, NodeFacts>();
  readonly #determinism = new Map<PlanNode, Determinism>();

  constructor(ctx: PlanningContext) {
    this.#ctx = ctx;
  }

  factsOf(node: PlanNode): NodeFacts {
    const known = this.#facts.get(node);
    if (known !== undefined) return known;
    const open = [node];
    for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
      const missing = next.parents.filter((parent) => !this.#facts.has(parent));
      if (missing.length > 0) {
        for (const parent of missing) open.push(parent);
        continue;
      }
      open.pop();
      if (this.#facts.has(next)) continue;
      const visit = factsVisitors[next.kind] as FactsVisitor<PlanNode>;
      const parents = next.parents.map((parent) => this.#facts.get(parent) as NodeFacts);
      this.#facts.set(next, visit(next, parents, this.#ctx));
      // What was collected is sent to all executors, and not computed again.
      const again = next.kind === 'broadcastJoin' ? next.parents.slice(0, 1) : next.parents;
      const levels = again.map((parent) => this.#determinism.get(parent) as Determinism);
      this.#determinism.set(next, determinismOf(next, levels));
    }
    return this.#facts.get(node) as NodeFacts;
  }

  /** What the partitions of a node give when they are computed again. */
  determinismOf(node: PlanNode): Determinism {
    this.factsOf(node);
    return this.#determinism.get(node) as Determinism;
  }

  dependenciesOf(node: PlanNode): Dependencies {
    if (node.kind === 'union') {
      const narrow = node.parents.filter((parent) => this.factsOf(parent).numPartitions > 0);
      return { narrow, shuffles: [] };
    }
    if (node.kind === 'broadcastJoin')
      return { narrow: node.parents.slice(0, 1), shuffles: [], collected: node.parents.slice(1) };
    const { exchange } = this.factsOf(node);
    if (exchange === undefined) return { narrow: node.parents, shuffles: [] };
    const shuffles: ShuffleDependency[] = [];
    for (const [i, parent] of node.parents.entries()) {
      if (exchange.moves[i] !== true) continue;
      const shuffleId = 'shuffleIds' in node ? (node.shuffleIds[i] as number) : node.id;
      shuffles.push({ shuffleId, node, parent });
    }
    return { narrow: node.parents.filter((_, i) => exchange.moves[i] === false), shuffles };
  }

  /** Whether the node adds nothing to its only parent: `partitionBy` as it is partitioned already. */
  isIdentity(node: PlanNode): boolean {
    return (
      node.kind === 'shuffle' &&
      node.aggregator === undefined &&
      node.order === undefined &&
      this.factsOf(node).exchange?.moves[0] === false
    );
  }

  /**
   * All nodes that a job on `node` may compute, parents first: what stands behind a complete
   * shuffle, or was collected, is left out.
   */
  neededNodes(node: PlanNode): PlanNode[] {
    const needed: PlanNode[] = [];
    const state = new Map<PlanNode, 'open' | 'done'>();
    const open = [node];
    for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
      if (state.has(next)) {
        open.pop();
        if (state.get(next) === 'done') continue;
        state.set(next, 'done');
        needed.push(next);
        continue;
      }
      state.set(next, 'open');
      const { narrow, shuffles, collected = [] } = this.dependenciesOf(next);
      const parents = [...narrow];
      if (this.#ctx.sideRows(next.id) === undefined) parents.push(...collected);
      for (const { shuffleId, parent } of shuffles)
        if (!this.#ctx.isShuffleComplete(shuffleId)) parents.push(parent);
      for (let i = parents.length - 1; i >= 0; i--) {
        const parent = parents[i] as PlanNode;
        if (!state.has(parent)) open.push(parent);
      }
    }
    return needed;
  }
}

/** The number of partitions of a node. */
export function partitionCount(node: PlanNode, ctx: PlanningContext): number {
  return new Lineage(ctx).factsOf(node).numPartitions;
}

/** How the keys of a node are spread over its partitions, if that is known. */
export function partitionerOf(node: PlanNode, ctx: PlanningContext): KnownPartitioner | undefined {
  return new Lineage(ctx).factsOf(node).partitioner;
}
