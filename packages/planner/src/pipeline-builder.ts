import { FiresteelError } from '@firesteel/common';
import {
  type CogroupInput,
  type CogroupNode,
  describeCallSite,
  type FilterByRangeNode,
  type NodeKind,
  type Pipeline,
  type PlanNode,
  type SemiJoinNode,
  type SourceProgram,
  type StepProgram,
  StorageLevel,
} from '@firesteel/plan';

import { aggregateProgram, aggregatorProgram, formatProgram, type SlotLookup } from './closures.js';
import type { Lineage, NodeOfKind } from './lineage.js';
import type { PlanningContext } from './planning-context.js';
import { coalesceGroups } from './slices.js';
import type { Stage } from './stage.js';

/** What a node is within the pipeline of a stage. */
type Shape =
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

/**
 * How deep sources may nest in a program. Programs are cloned on their way to executors, which
 * recurses: about 700 levels fit into the stack.
 */
const maxDepth = 400;

/** A pipeline begun at its end: steps in reverse, and the inputs of its source built so far. */
interface Frame {
  readonly key: Key;
  readonly steps: readonly StepProgram[];
  readonly inputs: readonly Key[];
  readonly built: Pipeline[];
  /** Sources between the sink and this one. */
  readonly depth: number;
  build(inputs: readonly Pipeline[]): SourceProgram;
}

/** The node that a pipeline ends with, before (`isInput`) or after its own cache. */
interface Key {
  readonly node: PlanNode;
  readonly isInput: boolean;
}

export interface BuilderEnvironment {
  readonly lineage: Lineage;
  readonly slots: SlotLookup;
  readonly ctx: PlanningContext;
}

/** Turns the nodes of a stage into its pipeline. */
export function buildPipeline(stage: Stage, environment: BuilderEnvironment): Pipeline {
  return new PipelineBuilder(stage, environment).pipelineOf({ node: stage.head, isInput: false });
}

class PipelineBuilder {
  readonly #done = { before: new Map<PlanNode, Pipeline>(), after: new Map<PlanNode, Pipeline>() };

  constructor(
    readonly stage: Stage,
    readonly environment: BuilderEnvironment,
  ) {}

  pipelineOf(head: Key): Pipeline {
    const open = [this.#begin(head, 0)];
    for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
      const input = frame.inputs[frame.built.length];
      if (input === undefined) {
        open.pop();
        this.#memo(frame.key).set(frame.key.node, {
          source: frame.build(frame.built),
          steps: frame.steps.toReversed(),
        });
        continue;
      }
      const known = this.#memo(input).get(input.node);
      if (known === undefined) open.push(this.#begin(input, frame.depth + 1));
      else frame.built.push(known);
    }
    return this.#memo(head).get(head.node) as Pipeline;
  }

  #memo(key: Key): Map<PlanNode, Pipeline> {
    return key.isInput ? this.#done.before : this.#done.after;
  }

  /** Follows the narrow chain up to its source. */
  #begin(key: Key, depth: number): Frame {
    if (depth > maxDepth) throw tooDeep(key.node);
    const steps: StepProgram[] = [];
    let { node, isInput } = key;
    for (;;) {
      if (!isInput && this.stage.cached.has(node)) {
        const rddId = node.id;
        const level = this.environment.ctx.storageLevel(rddId) ?? StorageLevel.MEMORY_ONLY;
        const { numPartitions } = this.environment.lineage.factsOf(node);
        const build = ([input]: readonly Pipeline[]): SourceProgram => ({
          kind: 'cached',
          rddId,
          level,
          input: input as Pipeline,
          numPartitions,
        });
        return { key, steps, inputs: [{ node, isInput: true }], built: [], depth, build };
      }
      isInput = false;
      const shape = this.#shapeOf(node);
      if (shape.form === 'source') {
        const inputs = shape.inputs.map((input) => ({ node: input, isInput: false }));
        steps.push(...shape.steps.toReversed());
        return { key, steps, inputs, built: [], depth, build: shape.build };
      }
      if (shape.form === 'step') {
        steps.push(shape.step);
        node = node.parents[0] as PlanNode;
      } else node = shape.node;
    }
  }

  #shapeOf(node: PlanNode): Shape {
    const shape = shapes[node.kind] as (node: PlanNode, builder: PipelineBuilder) => Shape;
    return shape(node, this);
  }

  numPartitions(node: PlanNode): number {
    return this.environment.lineage.factsOf(node).numPartitions;
  }

  /** The parents of a union with nested unions of the same sort dissolved, in order. */
  branchesOf(union: PlanNode): PlanNode[] {
    const { lineage } = this.environment;
    const isZipped = lineage.factsOf(union).isZipped === true;
    const branches: PlanNode[] = [];
    const open = lineage.dependenciesOf(union).narrow.toReversed();
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const inner = lineage.dependenciesOf(node).narrow;
      const dissolves =
        node.kind === 'union' &&
        !this.stage.cached.has(node) &&
        (inner.length === 1 || (lineage.factsOf(node).isZipped === true) === isZipped);
      if (!dissolves) branches.push(node);
      else for (let i = inner.length - 1; i >= 0; i--) open.push(inner[i] as PlanNode);
    }
    return branches;
  }
}

function tooDeep(node: PlanNode): FiresteelError {
  return new FiresteelError(
    'LINEAGE_TOO_DEEP',
    `More than ${maxDepth} unions, coalesces or by-key operations without a shuffle stand behind one another, up to ${describeCallSite(node.callSite)}. Collect the RDDs in an array and call union once, or put a repartition in between.`,
    { data: { rddId: node.id } },
  );
}

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
  (node: PlanNode, builder: PipelineBuilder): Shape =>
    source([], () => ({ kind, sourceId: node.id, numPartitions: builder.numPartitions(node) }));

const rowFunction = (node: NodeOfKind<'map'>, builder: PipelineBuilder): Shape =>
  step({ kind: node.kind, fn: builder.environment.slots.of(node.fn) });

const shapes: {
  readonly [K in NodeKind]: (node: NodeOfKind<K>, builder: PipelineBuilder) => Shape;
} = {
  parallelize: leaf('rows'),
  range: leaf('range'),
  files: (node, builder) =>
    source([], () => ({
      kind: 'files',
      format: formatProgram(node.format, builder.environment.slots),
      sourceId: node.id,
      numPartitions: builder.numPartitions(node),
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
  zipWithIndex: (node, builder) => {
    const known = builder.environment.ctx.zipOffsets(node.id);
    if (known === undefined && builder.numPartitions(node) > 1)
      throw new FiresteelError('INTERNAL', `The offsets of zipWithIndex ${node.id} are not known.`);
    return step({ kind: 'zipWithIndex', offsets: known ?? [0] });
  },
  zipWithUniqueId: (node, builder) =>
    step({ kind: 'zipWithUniqueId', stride: builder.numPartitions(node) }),
  chunk: (node) => step({ kind: 'chunk', size: node.size }),
  sliding: (node, builder) => {
    const { ctx } = builder.environment;
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
  broadcastJoin: (node, builder) => {
    const [rows] = builder.environment.ctx.sideRows(node.id) ?? [];
    if (rows === undefined)
      throw new FiresteelError('INTERNAL', `The small side of join ${node.id} is not known.`);
    return step({ kind: 'broadcastJoin', join: node.join, rows });
  },
  pipe: (node, builder) => {
    const { slots } = builder.environment;
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
  filterByRange: (node, builder) => {
    const filter: StepProgram = { kind: 'filter', fn: builder.environment.slots.of(node.fn) };
    const groups = partitionsInRange(node, builder);
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
  mapAsync: (node, builder) =>
    step({
      kind: 'mapAsync',
      fn: builder.environment.slots.of(node.fn),
      concurrency: node.concurrency,
    }),
  mapPartitions: (node, builder) =>
    step({
      kind: 'mapPartitions',
      fn: builder.environment.slots.of(node.fn),
      withIndex: node.withIndex,
    }),
  sample: ({ sampler, seed }) => step({ kind: 'sample', sampler, seed }),
  sampleByKey: (node, builder) => {
    const { fractions, withReplacement, seed } = node;
    const { slots, ctx } = builder.environment;
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
  aggregatePartitions: (node, builder) =>
    step({
      kind: 'aggregatePartitions',
      aggregate: aggregateProgram(node.aggregate, builder.environment.slots),
    }),
  join: (node) => step({ kind: 'join', join: node.join }),
  zip: (node, builder) => source(node.parents, paired('zip', node, builder)),
  cartesian: (node, builder) => source(node.parents, paired('cartesian', node, builder)),
  zipPartitions: (node, builder) => {
    const fn = builder.environment.slots.of(node.fn);
    const numPartitions = builder.numPartitions(node);
    return source(node.parents, (branches) => ({
      kind: 'zipPartitions',
      branches: [...branches],
      fn,
      numPartitions,
    }));
  },
  union: (node, builder) => {
    const branches = builder.branchesOf(node);
    if (branches.length === 1) return through(branches[0] as PlanNode);
    const isZipped = builder.environment.lineage.factsOf(node).isZipped === true;
    const numPartitions = builder.numPartitions(node);
    return source(branches, (inputs) => ({
      kind: isZipped ? 'zippedUnion' : 'union',
      branches: [...inputs],
      numPartitions,
    }));
  },
  coalesce: (node, builder) => {
    const parent = parentOf(node);
    const numInputs = builder.numPartitions(parent);
    const numPartitions = builder.numPartitions(node);
    if (numPartitions === numInputs) return through(parent);
    return source([parent], ([input]) => ({
      kind: 'coalesce',
      input: input as Pipeline,
      groups: coalesceGroups(numInputs, numPartitions),
      numPartitions,
    }));
  },
  shuffle: (node, builder) => {
    const { lineage, slots } = builder.environment;
    if (lineage.isIdentity(node)) return through(parentOf(node));
    const numPartitions = builder.numPartitions(node);
    const { keyed, order, mapSideCombine } = node;
    const aggregator = node.aggregator && aggregatorProgram(node.aggregator, slots);
    if (aggregator !== undefined && lineage.dependenciesOf(node).shuffles.length === 0)
      return source([parentOf(node)], ([input]) => ({
        kind: 'combine',
        input: input as Pipeline,
        keyed,
        aggregator,
        numPartitions,
      }));
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
  cogroup: (node, builder) =>
    broughtTogether(node, builder, (inputs, numPartitions) => ({
      kind: 'cogroup',
      inputs,
      numPartitions,
    })),
  semiJoin: (node, builder) =>
    broughtTogether(node, builder, (inputs, numPartitions) => ({
      kind: 'semiJoin',
      keeps: node.keeps,
      inputs,
      numPartitions,
    })),
};

const paired =
  (kind: 'zip' | 'cartesian', node: PlanNode, builder: PipelineBuilder) =>
  (branches: readonly Pipeline[]): SourceProgram => ({
    kind,
    branches: [...branches],
    numPartitions: builder.numPartitions(node),
  });

/** A source over all parents, each shuffled or where it is. */
function broughtTogether(
  node: CogroupNode | SemiJoinNode,
  builder: PipelineBuilder,
  build: (inputs: CogroupInput[], numPartitions: number) => SourceProgram,
): Shape {
  const { lineage } = builder.environment;
  const numPartitions = builder.numPartitions(node);
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
  { environment: { lineage, ctx } }: PipelineBuilder,
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
