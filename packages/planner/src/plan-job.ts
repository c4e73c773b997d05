import { FiresteelError, invalidArgument } from '@firesteel/common';
import {
  type ActionSpec,
  type CallSite,
  type ClosureSet,
  describeCallSite,
  type JobPlan,
  MAX_STAGE_OPERATORS,
  type PlanNode,
  type ResolvedPartitioner,
  type SinkProgram,
  type SkippedShuffle,
  type Slot,
  type StageOperator,
  type StagePlan,
} from '@firesteel/plan';
import { barrierUnsupported, isBarrierStage } from './barrier-stage.js';
import { actionProgram, combiningProgram, type SlotLookup, type SlotTable } from './closures.js';
import { isIndeterminateOutput } from './determinism.js';
import { Lineage, type ShuffleDependency } from './lineage.js';
import { buildPipeline } from './pipeline-builder.js';
import type { PlanningContext } from './planning-context.js';
import { type Stage, stageOf } from './stage.js';
import { StageInput } from './stage-input.js';

export interface PlanRequest {
  readonly node: PlanNode;
  readonly action: ActionSpec;
  /** Partitions of `node` to run; all when absent. */
  readonly partitions?: readonly number[];
  /** The action, such as `collect at job.ts:7`. */
  readonly callSite: CallSite;
}

/** Where the ids of stage programs come from. */
export interface PlanIds {
  nextProgramId(): number;
}

/**
 * Cuts the lineage of an action into stages at its shuffles. A shuffle that several stages read is
 * one stage; one that is complete is none, as nothing needs to run for it. One that was complete
 * when `collectClosures` made `slots` counts as complete still: if its output is lost, it has to be
 * computed by the functions of the job that computed it first.
 *
 * The jobs that `prerequisites` names must have run.
 *
 * @throws FiresteelError INVALID_ARGUMENT for a partition that the node does not have
 */
export function planJob(
  request: PlanRequest,
  slots: SlotTable,
  closureSet: ClosureSet,
  ids: PlanIds,
  ctx: PlanningContext,
): JobPlan {
  const lineage = new Lineage(ctx);
  const { numPartitions } = lineage.factsOf(request.node);
  const partitions = request.partitions ?? Array.from({ length: numPartitions }, (_, i) => i);
  for (const partition of partitions)
    if (!Number.isInteger(partition) || partition < 0 || partition >= numPartitions)
      throw invalidArgument('A partition of the job', `from 0 to ${numPartitions - 1}`, partition);

  const planStage = (
    stage: Stage,
    sinkOf: (slots: SlotLookup) => SinkProgram,
    callSite: CallSite,
    dependency?: ShuffleDependency,
  ): StagePlan => {
    const used = new Set<Slot>();
    const recorded = slots.recording(used);
    const pipeline = buildPipeline({ stage, lineage, slots: recorded, ctx });
    const sink = sinkOf(recorded);
    const input = new StageInput(pipeline, stage.nodes, ctx);
    return withInput(input, {
      program: {
        id: ids.nextProgramId(),
        closureSetId: closureSet.id,
        broadcasts: broadcastsOf(closureSet, used),
        pipeline,
        sink,
      },
      ...(dependency && { shuffleId: dependency.shuffleId }),
      numPartitions: lineage.factsOf(stage.head).numPartitions,
      isBarrier: isBarrierStage(stage, lineage),
      isIndeterminate:
        dependency !== undefined &&
        isIndeterminateOutput(dependency, lineage.determinismOf(stage.head)),
      parents: stage.reads.map((read) => read.parent),
      callSite,
      rddIds: stage.nodes.map((node) => node.id),
      operators: stage.nodes
        .slice(0, MAX_STAGE_OPERATORS)
        .map((node) => describeOperator(node, lineage, ctx)),
    });
  };

  const result = stageOf(request.node, lineage, ctx);
  const { needed, skipped } = mapStages(result, lineage, slots, ctx);
  const stages = needed.map(({ dependency, stage }) =>
    planStage(
      stage,
      (recorded) => shuffleSink(dependency, lineage, recorded, ctx),
      dependency.node.callSite,
      dependency,
    ),
  );
  const sinkOf = (recorded: SlotLookup): SinkProgram => ({
    kind: 'action',
    action: actionProgram(request.action, recorded),
  });
  const last = planStage(result, sinkOf, request.callSite);
  if (last.isBarrier && new Set(partitions).size < numPartitions)
    throw barrierUnsupported(
      `${describeCallSite(request.callSite)} runs ${partitions.length} of ${numPartitions} partitions, but the tasks of a barrier stage run together. Collect or save the RDD instead, or put a repartition in between.`,
    );
  stages.push(last);
  return { stages, skipped, partitions, closureSet, callSite: request.callSite };
}

function describeOperator(node: PlanNode, lineage: Lineage, ctx: PlanningContext): StageOperator {
  const name = ctx.nameOf?.(node) ?? (node.kind === 'files' ? node.path : undefined);
  const level = ctx.storageLevel(node.id);
  const { narrow, shuffles } = lineage.dependenciesOf(node);
  return {
    rddId: node.id,
    ...(name !== undefined && { name }),
    callSite: node.callSite,
    parentIds: narrow.map(({ id }) => id),
    ...(shuffles.length > 0 && { shuffleIds: shuffles.map(({ shuffleId }) => shuffleId) }),
    numPartitions: lineage.factsOf(node).numPartitions,
    ...(level !== undefined && { storageLevel: level.name }),
  };
}

function broadcastsOf({ broadcasts }: ClosureSet, slots: Iterable<Slot>): readonly number[] {
  const ids = new Set<number>();
  if (broadcasts.size > 0)
    for (const slot of slots) for (const id of broadcasts.get(slot) ?? []) ids.add(id);
  return [...ids];
}

/**
 * Stands outside of `planJob` because a plan outlives its job: its functions must not hold on to
 * the lineage, whose shuffles are dropped when their nodes are garbage.
 */
function withInput(
  input: StageInput,
  fields: Omit<StagePlan, 'splitsFor' | 'cachedBlocksFor'>,
): StagePlan {
  return {
    ...fields,
    splitsFor: (partition) => input.splitsFor(partition),
    cachedBlocksFor: (partition) => input.cachedBlocksFor(partition),
  };
}

interface MapStage {
  readonly dependency: ShuffleDependency;
  readonly stage: Stage;
}

/**
 * The stages of all incomplete shuffles behind a stage, parents before children, and the complete
 * shuffles that they or the stage itself read.
 */
function mapStages(
  result: Stage,
  lineage: Lineage,
  slots: SlotTable,
  ctx: PlanningContext,
): { needed: MapStage[]; skipped: SkippedShuffle[] } {
  const needed: MapStage[] = [];
  const skipped: SkippedShuffle[] = [];
  const seen = new Set<number>();
  const open: { map: MapStage | undefined; unread: ShuffleDependency[] }[] = [];
  const enter = (map: MapStage | undefined, stage: Stage) =>
    open.push({ map, unread: stage.reads.map((read) => read.dependency).reverse() });
  enter(undefined, result);
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    const dependency = frame.unread.pop();
    if (dependency === undefined) {
      open.pop();
      if (frame.map !== undefined) needed.push(frame.map);
      continue;
    }
    const { shuffleId, parent, node } = dependency;
    if (seen.has(shuffleId)) continue;
    seen.add(shuffleId);
    if (slots.completeShuffles.has(shuffleId) || ctx.isShuffleComplete(shuffleId)) {
      const { numPartitions } = lineage.factsOf(parent);
      skipped.push({ shuffleId, numPartitions, callSite: node.callSite });
    } else {
      const stage = stageOf(parent, lineage, ctx);
      enter({ dependency, stage }, stage);
    }
  }
  return { needed, skipped };
}

function shuffleSink(
  { shuffleId, node }: ShuffleDependency,
  lineage: Lineage,
  slots: SlotLookup,
  ctx: PlanningContext,
): SinkProgram {
  const partitioner = resolvedPartitioner(node, lineage, slots, ctx);
  if (node.kind !== 'shuffle')
    return {
      kind: 'shuffleWrite',
      shuffleId,
      keyed: 'pair',
      partitioner,
      isGrouped: node.kind === 'cogroup',
      isSorted: false,
    };
  const { aggregator, mapSideCombine } = node;
  const combine =
    mapSideCombine && aggregator !== undefined && aggregator.kind !== 'group'
      ? combiningProgram(aggregator, slots)
      : undefined;
  return {
    kind: 'shuffleWrite',
    shuffleId,
    keyed: node.keyed,
    partitioner,
    isGrouped: node.aggregator !== undefined,
    isSorted: node.order !== undefined && node.aggregator === undefined,
    ...(combine && { combine }),
  };
}

function resolvedPartitioner(
  node: PlanNode,
  lineage: Lineage,
  slots: SlotLookup,
  ctx: PlanningContext,
): ResolvedPartitioner {
  const partitioner = lineage.factsOf(node).exchange?.partitioner;
  if (partitioner === undefined)
    throw new FiresteelError('INTERNAL', `Node ${node.id} (${node.kind}) is no shuffle.`);
  const { numPartitions } = partitioner;
  switch (partitioner.kind) {
    case 'hash':
    case 'roundRobin':
      return { kind: partitioner.kind, numPartitions };
    case 'custom':
      return { kind: 'custom', numPartitions, getPartition: slots.of(partitioner.getPartition) };
    case 'range': {
      const bounds = ctx.rangeBounds(partitioner.shuffleId);
      if (bounds === undefined && numPartitions > 1)
        throw new FiresteelError(
          'INTERNAL',
          `The range bounds of shuffle ${partitioner.shuffleId} are not known.`,
        );
      return {
        kind: 'range',
        numPartitions,
        ascending: partitioner.ascending,
        ...(partitioner.compare && { compare: slots.of(partitioner.compare) }),
        ...(bounds && { bounds }),
      };
    }
  }
}
