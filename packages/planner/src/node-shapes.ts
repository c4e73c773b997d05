import { FiresteelError } from '@firesteel/common';
import type {
  CogroupInput,
  CogroupNode,
  FilterByRangeNode,
  NodeKind,
  Pipeline,
  PlanNode,
  SemiJoinNode,
  SourceProgram,
  StepProgram,
} from '@firesteel/plan';
import { aggregateProgram, aggregatorProgram, formatProgram, type SlotLookup } from './closures.js';
import type { Lineage, NodeOfKind } from './lineage.js';
import type { PlanningContext } from './planning-context.js';
import { coalesceGroups } from './slices.js';
import type { Stage } from './stage.js';

/** What a node is within the pipeline of a stage. */
export type Shape =
  /** One more step after its parent. */
  | { readonly form: 'step'; readonly step: StepProgram }
  /** Nothing: the rows of another node. */
  | { readonly form: 'through'; readonly node: PlanNode }
  /** A source, over pipelines that end with other nodes. */
  | {
      readonly form: 'source';
      readonly inputs: readonly PlanNode[];
      /** Steps of the node itself, in order. */
      readonly steps: readonly StepProgram[];
      build(inputs: readonly Pipeline[]): SourceProgram;
    };

export interface ShapeContext {
  readonly stage: Stage;
  readonly lineage: Lineage;
  readonly slots: SlotLookup;
  readonly ctx: PlanningContext;
}

export function shapeOf(node: PlanNode, context: ShapeContext): Shape {
  const shape = shapes[node.kind] as (node: PlanNode, context: ShapeContext) => Shape;
  return shape(node, context);
}

const partitionsOf = (node: PlanNode, { lineage }: ShapeContext): number =>
  lineage.factsOf(node).numPartitions;

const noRows: SourceProgram = { kind: 'union', branches: [], numPartitions: 0 };

const through = (node: PlanNode): Shape => ({ form: 'through', node });

const step = (program: StepProgram): Shape => ({ form: 'step', step: program });

const source = (
  inputs: readonly PlanNode[],
  build: (inputs: readonly Pipeline[]) => SourceProgram,
  steps: readonly StepProgram[] = [],
): Shape => ({ form: 'source', inputs, steps, build });

const parentOf = (node: PlanNode): PlanNode => node.parents[0] as PlanNode;

const leaf =
  (kind: 'rows' | 'range') =>
  (node: PlanNode, context: ShapeContext): Shape =>
    source([], () => ({ kind, sourceId: node.id, numPartitions: partitionsOf(node, context) }));

const rowFunction = (node: NodeOfKind<'map'>, context: ShapeContext): Shape =>
  step({ kind: node.kind, fn: context.slots.of(node.fn) });

const shapes: {
  readonly [K in NodeKind]: (node: NodeOfKind<K>, context: ShapeContext) => Shape;
} = {
  parallelize: leaf('rows'),
  range: leaf('range'),
  files: (node, context) =>
    source([], () => ({
      kind: 'files',
      format: formatProgram(node.format, context.slots),
      sourceId: node.id,
      numPartitions: partitionsOf(node, context),
    })),
  checkpoint: (node) =>
    source([], () => ({
      kind: 'files',
      sourceId: node.id,
      format: { kind: 'objects' },
      numPartitions: node.splits.length,
    })),
  localCheckpoint: ({ id, numPartitions }) =>
    source([], () => ({ kind: 'lost', rddId: id, numPartitions })),
  empty: () => source([], () => noRows),
  map: rowFunction,
  flatMap: rowFunction,
  filter: rowFunction,
  filterMap: rowFunction,
  keyBy: rowFunction,
  mapValues: rowFunction,
  flatMapValues: rowFunction,
  keys: () => step({ kind: 'keys' }),
  values: () => step({ kind: 'values' }),
  glom: () => step({ kind: 'glom' }),
  zipWithIndex: (node, context) => {
    const known = context.ctx.zipOffsets(node.id);
    if (known === undefined && partitionsOf(node, context) > 1)
      throw new FiresteelError('INTERNAL', `The offsets of zipWithIndex ${node.id} are not known.`);
    return step({ kind: 'zipWithIndex', offsets: known ?? [0] });
  },
  zipWithUniqueId: (node, context) =>
    step({ kind: 'zipWithUniqueId', stride: partitionsOf(node, context) }),
  chunk: (node) => step({ kind: 'chunk', size: node.size }),
  sliding: (node, context) => {
    const { ctx } = context;
    const offsets = node.step > 1 ? ctx.zipOffsets(node.id) : undefined;
    const tails = ctx.sideRows(node.id);
    return step({
      kind: 'sliding',
      size: node.size,
      step: node.step,
      ...(offsets && { offsets }),
      ...(tails && { tails }),
    });
  },
  broadcastJoin: (node, context) => {
    const [rows] = context.ctx.sideRows(node.id) ?? [];
    if (rows === undefined)
      throw new FiresteelError('INTERNAL', `The small side of join ${node.id} is not known.`);
    return step({ kind: 'broadcastJoin', join: node.join, rows });
  },
  pipe: (node, context) => {
    const { slots } = context;
    const { command, env, separateWorkingDir, encoding, bufferSize } = node;
    return step({
      kind: 'pipe',
      command,
      env,
      separateWorkingDir,
      encoding,
      bufferSize,
      ...(node.printContext && { printContext: slots.of(node.printContext) }),
      ...(node.printElement && { printElement: slots.of(node.printElement) }),
    });
  },
  filterByRange: (node, context) => {
    const filter: StepProgram = { kind: 'filter', fn: context.slots.of(node.fn) };
    const groups = partitionsInRange(node, context);
    if (groups === undefined) return step(filter);
    return source(
      [parentOf(node)],
      ([input]) => ({
        kind: 'coalesce',
        input: input as Pipeline,
        groups,
        numPartitions: groups.length,
      }),
      [filter],
    );
  },
  mapAsync: (node, context) =>
    step({
      kind: 'mapAsync',
      fn: context.slots.of(node.fn),
      concurrency: node.concurrency,
    }),
  mapPartitions: (node, context) =>
    step({
      kind: 'mapPartitions',
      fn: context.slots.of(node.fn),
      withIndex: node.withIndex,
    }),
  sample: ({ sampler, seed }) => step({ kind: 'sample', sampler, seed }),
  sampleByKey: (node, context) => {
    const { fractions, withReplacement, seed } = node;
    const { slots, ctx } = context;
    const quotas = node.isExact ? ctx.sampleQuotas(node.id) : undefined;
    if (node.isExact && quotas === undefined)
      throw new FiresteelError('INTERNAL', `The pairs of sample ${node.id} were not counted.`);
    return step({
      kind: 'sampleByKey',
      fractions: slots.of(fractions),
      withReplacement,
      ...(quotas && { quotas }),
      seed,
    });
  },
  aggregatePartitions: (node, context) =>
    step({
      kind: 'aggregatePartitions',
      aggregate: aggregateProgram(node.aggregate, context.slots),
    }),
  join: (node) => step({ kind: 'join', join: node.join }),
  zip: (node, context) => source(node.parents, paired('zip', node, context)),
  cartesian: (node, context) => source(node.parents, paired('cartesian', node, context)),
  zipPartitions: (node, context) => {
    const fn = context.slots.of(node.fn);
    const numPartitions = partitionsOf(node, context);
    return source(node.parents, (branches) => ({
      kind: 'zipPartitions',
      branches: [...branches],
      fn,
      numPartitions,
    }));
  },
  union: (node, context) => {
    const branches = branchesOf(node, context);
    if (branches.length === 1) return through(branches[0] as PlanNode);
    const isZipped = context.lineage.factsOf(node).isZipped === true;
    const numPartitions = partitionsOf(node, context);
    return source(branches, (inputs) => ({
      kind: isZipped ? 'zippedUnion' : 'union',
      branches: [...inputs],
      numPartitions,
    }));
  },
  coalesce: (node, context) => {
    const parent = parentOf(node);
    const numInputs = partitionsOf(parent, context);
    const numPartitions = partitionsOf(node, context);
    if (numPartitions === numInputs) return through(parent);
    return source([parent], ([input]) => ({
      kind: 'coalesce',
      input: input as Pipeline,
      groups: coalesceGroups(numInputs, numPartitions),
      numPartitions,
    }));
  },
  shuffle: (node, context) => {
    const { lineage, slots } = context;
    if (lineage.isIdentity(node)) return through(parentOf(node));
    const numPartitions = partitionsOf(node, context);
    const { keyed, order, mapSideCombine } = node;
    const aggregator = node.aggregator && aggregatorProgram(node.aggregator, slots);
    if (aggregator !== undefined && lineage.dependenciesOf(node).shuffles.length === 0)
      return source([parentOf(node)], ([pipeline]) => {
        const input = pipeline as Pipeline;
        return aggregator.kind === 'group'
          ? { kind: 'group', input, numPartitions }
          : { kind: 'combine', input, keyed, aggregator, numPartitions };
      });
    const sorting = order && {
      ascending: order.ascending,
      ...(order.compare && { compare: slots.of(order.compare) }),
    };
    if (sorting !== undefined && lineage.dependenciesOf(node).shuffles.length === 0)
      return step({ kind: 'sort', ...sorting });
    return source([], () => ({
      kind: 'shuffle',
      read: {
        shuffleId: node.id,
        keyed,
        ...(aggregator && { aggregator }),
        mapSideCombined: mapSideCombine && aggregator !== undefined,
        ...(sorting && { order: sorting }),
      },
      numPartitions,
    }));
  },
  cogroup: (node, context) =>
    broughtTogether(node, context, (inputs, numPartitions) => ({
      kind: 'cogroup',
      inputs,
      numPartitions,
    })),
  semiJoin: (node, context) =>
    broughtTogether(node, context, (inputs, numPartitions) => ({
      kind: 'semiJoin',
      keeps: node.keeps,
      inputs,
      numPartitions,
    })),
};

const paired =
  (kind: 'zip' | 'cartesian', node: PlanNode, context: ShapeContext) =>
  (branches: readonly Pipeline[]): SourceProgram => ({
    kind,
    branches: [...branches],
    numPartitions: partitionsOf(node, context),
  });

/** A source over all parents, each shuffled or where it is. */
function broughtTogether(
  node: CogroupNode | SemiJoinNode,
  context: ShapeContext,
  build: (inputs: CogroupInput[], numPartitions: number) => SourceProgram,
): Shape {
  const { lineage } = context;
  const numPartitions = partitionsOf(node, context);
  const moves = lineage.factsOf(node).exchange?.moves ?? [];
  return source(lineage.dependenciesOf(node).narrow, (pipelines) => {
    let next = 0;
    const inputs = node.shuffleIds.map((shuffleId, i): CogroupInput => {
      if (moves[i] === true) return { kind: 'shuffle', shuffleId };
      return { kind: 'pipeline', pipeline: pipelines[next++] as Pipeline };
    });
    return build(inputs, numPartitions);
  });
}

/**
 * For each partition of a range partitioned parent itself if it may hold keys of the range, else
 * nothing; undefined when that is not known. The number of partitions stays, because planning
 * must be able to name it before the bounds of the partitioner were sampled.
 */
function partitionsInRange(
  { lower, upper, compare, parents }: FilterByRangeNode,
  { lineage, ctx }: ShapeContext,
): number[][] | undefined {
  const { partitioner, numPartitions } = lineage.factsOf(parents[0] as PlanNode);
  if (partitioner?.kind !== 'range' || partitioner.compare !== compare) return undefined;
  const first = ctx.partitionOf(partitioner, lower);
  const last = ctx.partitionOf(partitioner, upper);
  if (first === undefined || last === undefined) return undefined;
  return Array.from({ length: numPartitions }, (_, p) =>
    p >= Math.min(first, last) && p <= Math.max(first, last) ? [p] : [],
  );
}

/** The parents of a union with nested unions of the same sort dissolved, in order. */
function branchesOf(union: PlanNode, { lineage, stage }: ShapeContext): PlanNode[] {
  const isZipped = lineage.factsOf(union).isZipped === true;
  const branches: PlanNode[] = [];
  const open = lineage.dependenciesOf(union).narrow.toReversed();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const inner = lineage.dependenciesOf(node).narrow;
    const dissolves =
      node.kind === 'union' &&
      !stage.cached.has(node) &&
      (inner.length === 1 || (lineage.factsOf(node).isZipped === true) === isZipped);
    if (!dissolves) branches.push(node);
    else for (let i = inner.length - 1; i >= 0; i--) open.push(inner[i] as PlanNode);
  }
  return branches;
}
