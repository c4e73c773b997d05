import type { ActionSpec, AnyFunction, CallSite, PlanNode, SampleByKeyNode } from '@firesteel/plan';
import { Lineage } from './lineage.js';
import type { PlanningContext } from './planning-context.js';
import { sampleLimit } from './range-bounds.js';

/** A job whose result planning needs before the job proper can be cut into stages. */
export type Prerequisite =
  | RangeBoundsPrerequisite
  | ZipOffsetsPrerequisite
  | SampleQuotasPrerequisite
  | SideRowsPrerequisite;

/** Samples keys; `rangesFromSamples` makes the bounds of `shuffleId` of the results. */
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

/** Collects rows that every task of a node needs; `sideRowsFromParts` makes them of the results. */
export interface SideRowsPrerequisite {
  readonly kind: 'sideRows';
  readonly nodeId: number;
  readonly node: PlanNode;
  /** The small side of a join, or the heads of all partitions but the first. */
  readonly action: { readonly kind: 'collect' } | { readonly kind: 'take'; readonly limit: number };
  readonly partitions?: readonly number[];
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
    if (needed.kind === 'broadcastJoin' && ctx.sideRows(needed.id) === undefined)
      jobs.push({
        kind: 'sideRows',
        nodeId: needed.id,
        node: needed.parents[1] as PlanNode,
        action: { kind: 'collect' },
        callSite: needed.callSite,
      });
    if (needed.kind === 'sliding' && needed.size > 1 && ctx.sideRows(needed.id) === undefined) {
      const parent = needed.parents[0] as PlanNode;
      const { numPartitions } = lineage.factsOf(parent);
      if (numPartitions > 1)
        jobs.push({
          kind: 'sideRows',
          nodeId: needed.id,
          node: parent,
          action: { kind: 'take', limit: needed.size - 1 },
          partitions: Array.from({ length: numPartitions - 1 }, (_, i) => i + 1),
          callSite: needed.callSite,
        });
    }
    const counts = needed.kind === 'zipWithIndex' || (needed.kind === 'sliding' && needed.step > 1);
    if (counts && ctx.zipOffsets(needed.id) === undefined) {
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

/**
 * The rows of each block that a node needs: all of the small side in one, or for each partition
 * the rows that follow it, as many as a window may reach.
 */
export function sideRowsFromParts(
  { action }: SideRowsPrerequisite,
  parts: readonly (readonly unknown[])[],
): unknown[][] {
  if (action.kind === 'collect') return [parts.flat(1)];
  const tails: unknown[][] = [[]];
  for (let p = parts.length - 1; p >= 0; p--)
    tails.push(
      [...(parts[p] as readonly unknown[]), ...(tails.at(-1) ?? [])].slice(0, action.limit),
    );
  return tails.reverse();
}

/** The index of the first row of each partition, of the counts of all partitions but the last. */
export function zipOffsetsFromCounts(counts: readonly number[]): number[] {
  const offsets = [0];
  for (const count of counts) offsets.push((offsets.at(-1) as number) + count);
  return offsets;
}
