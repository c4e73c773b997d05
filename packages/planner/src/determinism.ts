import type { NodeKind, PlanNode } from '@firesteel/plan';
import type { Dependencies, NodeOfKind } from './lineage.js';

/**
 * What a partition gives when it is computed again, because some of it was lost: the same rows in
 * the same order, the same rows in another order, or other rows. Functions of the user are taken to
 * give the same for the same rows, in any order, as in Spark.
 */
export type Determinism = 'determinate' | 'unordered' | 'indeterminate';

/** What an operator makes of the determinism of its input. */
type Effect = (input: Determinism) => Determinism;

const keeps: Effect = (input) => input;

/** Its rows depend on the places of others. */
const needsOrder: Effect = (input) => (input === 'determinate' ? input : 'indeterminate');

/** Rows come in the order of tables, which depends on when memory is used up. */
const losesOrder: Effect = (input) => (input === 'indeterminate' ? input : 'unordered');

const always =
  (determinism: Determinism): Effect =>
  () =>
    determinism;

const effects: {
  readonly [K in NodeKind]: Effect | ((input: Determinism, node: NodeOfKind<K>) => Determinism);
} = {
  parallelize: always('determinate'),
  range: always('determinate'),
  empty: always('determinate'),
  files: always('determinate'),
  checkpoint: always('determinate'),
  localCheckpoint: always('determinate'),
  map: keeps,
  flatMap: keeps,
  filter: keeps,
  filterMap: keeps,
  keyBy: keeps,
  mapValues: keeps,
  flatMapValues: keeps,
  keys: keeps,
  values: keeps,
  mapAsync: keeps,
  mapPartitions: keeps,
  zipPartitions: keeps,
  pipe: keeps,
  aggregatePartitions: keeps,
  filterByRange: keeps,
  broadcastJoin: keeps,
  join: keeps,
  union: keeps,
  coalesce: keeps,
  cartesian: keeps,
  glom: needsOrder,
  chunk: needsOrder,
  sliding: needsOrder,
  zip: needsOrder,
  zipWithIndex: needsOrder,
  zipWithUniqueId: needsOrder,
  sample: needsOrder,
  sampleByKey: needsOrder,
  cogroup: losesOrder,
  semiJoin: losesOrder,
  shuffle: (input, { partitioner, aggregator, order }) => {
    if (partitioner.kind === 'roundRobin') return needsOrder(input);
    // Readers take map outputs in the order of the map partitions, and sort them stably.
    if (aggregator === undefined) return input;
    if (order === undefined || input === 'indeterminate') return losesOrder(input);
    return 'determinate';
  },
};

/** What a node gives, from what its parents give that are computed with it. */
export function determinismOf(node: PlanNode, parents: readonly Determinism[]): Determinism {
  const effect = effects[node.kind] as (input: Determinism, node: PlanNode) => Determinism;
  return effect(worst(parents), node);
}

/**
 * Whether the outputs of a map stage must all be made again when some of them are lost, because
 * those that are left would not fit with new ones.
 */
export function isIndeterminateOutput(
  { node }: Pick<Dependencies['shuffles'][number], 'node'>,
  parent: Determinism,
): boolean {
  return node.kind === 'shuffle'
    ? determinismOf(node, [parent]) === 'indeterminate'
    : parent === 'indeterminate';
}

function worst(levels: readonly Determinism[]): Determinism {
  if (levels.includes('indeterminate')) return 'indeterminate';
  return levels.includes('unordered') ? 'unordered' : 'determinate';
}
