import { invalidArgument } from '@firesteel/common';
import { createNode } from '@firesteel/plan';
import { type ActionTarget, collectRows, emptyCollection, type RunJob } from './actions.js';
import type { OrderOptions } from './order.js';
import { sortNode } from './shuffle-operators.js';

/** @throws FiresteelError INVALID_ARGUMENT for anything but numbers from 0 to 100 */
export function checkPercentages(percentages: readonly number[], method: string): void {
  const isPercentage = (p: unknown) => typeof p === 'number' && p >= 0 && p <= 100;
  if (!Array.isArray(percentages) || !percentages.every(isPercentage))
    throw invalidArgument(
      `The percentages of ${method}`,
      'an array of numbers from 0 to 100',
      percentages,
    );
}

/** The position of the nearest rank: the first row that `percentage` % of all do not exceed. */
export function rankOf(percentage: number, count: number): number {
  // What rounding adds to a whole number must not lift it to the next one.
  return Math.max(0, Math.ceil((percentage * count) / 100 - 1e-9) - 1);
}

/** The rows at some percentages of the sorted rows, found by counting sorted partitions. */
export async function percentileRows<T, K>(
  { node: parent, callSite }: ActionTarget,
  runJob: RunJob,
  percentages: readonly number[],
  { by, compare }: OrderOptions<T, K>,
): Promise<T[]> {
  const fn = by ?? itself;
  const keyed = createNode({ kind: 'keyBy', parents: [parent], callSite, fn });
  const sorted = sortNode(keyed, callSite, { ascending: true, compare });
  const counts = (await runJob({ kind: 'count' }, { node: sorted })) as number[];
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw emptyCollection(callSite);
  const places = percentages.map((p) => placeOf(rankOf(p, total), counts));
  const wanted = counts.map((_, partition) =>
    places.filter((place) => place.partition === partition).map((place) => place.position),
  );
  const partitions = [...wanted.keys()].filter((p) => (wanted[p] as number[]).length > 0);
  const node = createNode({
    kind: 'mapPartitions',
    parents: [createNode({ kind: 'values', parents: [sorted], callSite })],
    callSite,
    fn: rowsAt(wanted),
    withIndex: true,
    preservesPartitioning: false,
  });
  const found = await collectRows<{ partition: number; position: number; row: T }>(runJob, {
    node,
    partitions,
  });
  return places.map(
    ({ partition, position }) =>
      found.find((one) => one.partition === partition && one.position === position)?.row as T,
  );
}

function placeOf(
  index: number,
  counts: readonly number[],
): { partition: number; position: number } {
  let position = index;
  let partition = 0;
  while (position >= (counts[partition] as number)) {
    position -= counts[partition] as number;
    partition += 1;
  }
  return { partition, position };
}

/** The rows at the wanted positions of each partition; it reads no further than the last one. */
function rowsAt(wanted: readonly (readonly number[])[]) {
  return function* (partition: number, rows: Iterable<unknown>) {
    const positions = new Set(wanted[partition]);
    let position = 0;
    for (const row of rows) {
      if (positions.delete(position)) yield { partition, position, row };
      if (positions.size === 0) return;
      position += 1;
    }
  };
}

const itself = <T>(row: T): T => row;
