import type { ActionSpec, AnyFunction, JobPlan, PlanNode } from '@firesteel/plan';
import { collectClosures } from '../closures.js';
import { planJob } from '../plan-job.js';
import type { PlanningContext } from '../planning-context.js';
import { at } from './lineages.js';

/** The plan of an action as an engine makes it. */
export function planAction(
  node: PlanNode,
  ctx: PlanningContext,
  how: {
    action?: ActionSpec;
    partitions?: readonly number[];
    /** The broadcasts that functions reach. */
    broadcasts?: readonly (readonly [AnyFunction, readonly number[]])[];
  } = {},
): JobPlan {
  const action: ActionSpec = how.action ?? { kind: 'collect' };
  const callSite = at('collect');
  const { slots } = collectClosures(node, action, callSite, ctx);
  const broadcasts = new Map(how.broadcasts?.map(([fn, ids]) => [slots.of(fn), ids]));
  let nextId = 0;
  return planJob(
    { node, action, callSite, ...(how.partitions && { partitions: how.partitions }) },
    slots,
    { id: 1, bytes: new Uint8Array(), broadcasts, carried: [], packages: [] },
    { nextProgramId: () => nextId++ },
    ctx,
  );
}
