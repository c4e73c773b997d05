import { FiresteelError } from '@firesteel/common';
import { describeCallSite } from '@firesteel/plan';
import type { Lineage } from './lineage.js';
import type { Stage } from './stage.js';

/**
 * Whether the tasks of a stage must run at the same time: when it has a barrier operator.
 *
 * @throws FiresteelError BARRIER_UNSUPPORTED as in Spark: for two of them in one stage, and for
 *   operators in the stage that change the number of partitions
 */
export function isBarrierStage({ head, nodes }: Stage, lineage: Lineage): boolean {
  const barriers = nodes.filter((node) => node.kind === 'mapPartitions' && node.isBarrier === true);
  const [barrier] = barriers;
  if (barrier === undefined) return false;
  const place = describeCallSite(barrier.callSite);
  if (barriers.length > 1)
    throw barrierUnsupported(
      `There is more than one barrier in the stage of ${place}. Put a repartition between them.`,
    );
  const { numPartitions } = lineage.factsOf(head);
  const other = nodes.find((node) => lineage.factsOf(node).numPartitions !== numPartitions);
  if (other !== undefined)
    throw barrierUnsupported(
      `The stage of the barrier ${place} has ${numPartitions} tasks, but ${describeCallSite(other.callSite)} has ${lineage.factsOf(other).numPartitions} partitions. Put a repartition between the barrier and union, coalesce and the like.`,
    );
  return true;
}

export function barrierUnsupported(message: string): FiresteelError {
  return new FiresteelError('BARRIER_UNSUPPORTED', message);
}
