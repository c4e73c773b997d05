import type { ActionSpec, AnyFunction, CallSite, PlanNode, SampleByKeyNode } from '@firesteel/plan';
import { Lineage } from './lineage.js';
import type { PlanningContext } from './planning-context.js';
import { sampleLimit } from './range-bounds.js';

/** A job whose result planning needs before the job proper can be cut into stages. */
export type Prerequisite =
  | RangeBoundsPrerequisite
  | ZipOffsetsPrerequisite
  | SampleQuotasPrerequisite;

/** Samples keys; `rangeBoundsFromSamples` makes the bounds of `shuffleId` of the results. */
export interface RangeBoundsPrerequisite {
  readonly kind: 'rangeBounds';
  readonly shuffleId: number;
  readonly node: PlanNode;
  readonly action: Extract<ActionSpec, { kind: 'sampleKeys' }>;
  readonly numPartitions: number;
  /** The user's order; without it the canonical key order. */
  readonly compare?: AnyFunction;
  readonly callSite: CallSite;
}

/** Counts all partitions but the last; `zipOffsetsFromCounts` makes the offsets of the results. */
export interface ZipOffsetsPrerequisite {
  readonly kind: 'zipOffsets';
  readonly nodeId: number;
  readonly node: PlanNode;
  readonly action: { readonly kind: 'count' };
  readonly partitions: readonly number[];
  readonly callSite: CallSite;
}

/** Counts pairs by key; `sampleQuotasFromCounts` makes the quotas of `sample` of the results. */
export interface SampleQuotasPrerequisite {
  readonly kind: 'sampleQuotas';
  readonly sample: SampleByKeyNode;
  readonly node: PlanNode;
  readonly action: Extract<ActionSpec, { kind: 'countKeys' }>;
  readonly callSite: CallSite;
}

/**
 * The jobs that must run, one after the other in this order, before `node` can be planned.
 * Nothing behind a complete shuffle needs any. A later job may run a shuffle that an earlier one
 * found the bounds of, so results have to be known to the context before the next one is planned.
 */
export function prerequisites(node: PlanNode, ctx: PlanningContext): Prerequisite[] {
  const lineage = new Lineage(ctx);
  const jobs: Prerequisite[] = [];
  for (const needed of lineage.neededNodes(node)) {
    if (needed.kind === 'zipWithIndex' && ctx.zipOffsets(needed.id) === undefined) {
      const parent = needed.parents[0] as PlanNode;
      const { numPartitions } = lineage.factsOf(parent);
      if (numPartitions < 2) continue;
      jobs.push({
        kind: 'zipOffsets',
        nodeId: needed.id,
        node: parent,
        action: { kind: 'count' },
        partitions: Array.from({ length: numPartitions - 1 }, (_, i) => i),
        callSite: needed.callSite,
      });
    } else if (needed.kind === 'sampleByKey') {
      if (!needed.isExact || ctx.sampleQuotas(needed.id) !== undefined) continue;
      jobs.push({
        kind: 'sampleQuotas',
        sample: needed,
        node: needed.parents[0] as PlanNode,
        action: { kind: 'countKeys', fractions: needed.fractions },
        callSite: needed.callSite,
      });
    } else if (needed.kind === 'shuffle' && needed.partitioner.kind === 'range') {
      const { numPartitions } = lineage.factsOf(needed);
      if (numPartitions < 2 || ctx.isShuffleComplete(needed.id)) continue;
      if (ctx.rangeBounds(needed.id) !== undefined) continue;
      const parent = needed.parents[0] as PlanNode;
      const { compare } = needed.partitioner;
      jobs.push({
        kind: 'rangeBounds',
        shuffleId: needed.id,
        node: parent,
        action: {
          kind: 'sampleKeys',
          limit: sampleLimit(numPartitions, lineage.factsOf(parent).numPartitions),
          seed: needed.id,
          keyed: needed.keyed,
        },
        numPartitions,
        ...(compare && { compare }),
        callSite: needed.callSite,
      });
    }
  }
  return jobs;
}

/** The index of the first row of each partition, of the counts of all partitions but the last. */
export function zipOffsetsFromCounts(counts: readonly number[]): number[] {
  const offsets = [0];
  for (const count of counts) offsets.push((offsets.at(-1) as number) + count);
  return offsets;
}
