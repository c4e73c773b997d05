import { FiresteelError, invalidArgument, notANumber } from '@firesteel/common';
import {
  addToMoments,
  bucketOf,
  evenBucketOf,
  evenEdges,
  type Moments,
  mergeMoments,
  noMoments,
  StatCounter,
} from '@firesteel/statistics';
import { type ActionTarget, emptyCollection, type RunJob } from './actions.js';
import { checkInteger } from './arguments.js';

/** How many numbers fall between each two neighbouring edges. */
export interface Histogram {
  /** The edges, one more than counts. Each bucket holds its lower edge, the last one both. */
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
}

/** Adds rows to moments, on executors. */
export function momentsAction(method: string) {
  const seqOp = (moments: Moments, row: unknown): Moments => {
    if (typeof row !== 'number') throw notANumber(row, method);
    return addToMoments(moments, row);
  };
  return { kind: 'aggregate', zero: noMoments(), zeroIsFactory: false, seqOp } as const;
}

export function counterOf(parts: readonly Moments[]): StatCounter {
  return StatCounter.ofMoments(parts.reduce((a, b) => mergeMoments(a, b), noMoments()));
}

export async function statistics(runJob: RunJob, method: string): Promise<StatCounter> {
  return counterOf((await runJob(momentsAction(method))) as Moments[]);
}

export async function histogramOf(
  target: ActionTarget,
  runJob: RunJob,
  buckets: number | readonly number[],
): Promise<Histogram> {
  if (typeof buckets !== 'number') return countBuckets(runJob, checkEdges(buckets), bucketOf);
  checkInteger(buckets, 'The number of buckets of histogram', 1);
  const { count, min, max } = await statistics(runJob, 'histogram');
  if (count === 0) throw emptyCollection(target.callSite);
  if (!Number.isFinite(max - min))
    throw new FiresteelError(
      'NOT_A_NUMBER',
      `histogram(${buckets}) needs finite numbers, but they go from ${min} to ${max}. Filter them first, or give the edges of the buckets.`,
    );
  return countBuckets(runJob, evenEdges(min, max, buckets), evenBucketOf);
}

async function countBuckets(
  runJob: RunJob,
  edges: readonly number[],
  bucket: (edges: readonly number[], value: number) => number,
): Promise<Histogram> {
  const seqOp = (counts: number[], row: unknown): number[] => {
    if (typeof row !== 'number') throw notANumber(row, 'histogram');
    const at = bucket(edges, row);
    if (at >= 0) counts[at] = (counts[at] as number) + 1;
    return counts;
  };
  const zero = new Array<number>(edges.length - 1).fill(0);
  const parts = (await runJob({
    kind: 'aggregate',
    zero,
    zeroIsFactory: false,
    seqOp,
  })) as number[][];
  const counts = zero.map((_, i) => parts.reduce((sum, part) => sum + (part[i] as number), 0));
  return { buckets: edges, counts };
}

function checkEdges(edges: readonly number[]): readonly number[] {
  const rises = (edge: unknown, i: number) =>
    typeof edge === 'number' && (i === 0 ? edge === edge : edge > (edges[i - 1] as number));
  if (!Array.isArray(edges) || edges.length < 2 || !edges.every(rises))
    throw invalidArgument(
      'The buckets of histogram',
      'a number of buckets, or at least two rising edges',
      edges,
    );
  return [...edges];
}
