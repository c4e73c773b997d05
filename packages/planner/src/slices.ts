import type { RangeNode, Split } from '@firesteel/plan';

/**
 * Slice `index` of `numSlices` over `length` elements, as `[start, end)`: the floor rule, by which
 * sizes differ by one at most. Exact up to the largest safe integer.
 */
export function sliceBounds(length: number, index: number, numSlices: number): [number, number] {
  if (length * numSlices <= Number.MAX_SAFE_INTEGER)
    return [
      Math.floor((index * length) / numSlices),
      Math.floor(((index + 1) * length) / numSlices),
    ];
  const bound = (i: number) => Number((BigInt(i) * BigInt(length)) / BigInt(numSlices));
  return [bound(index), bound(index + 1)];
}

/** The integers of one partition of a range. */
export function rangeSplit(node: RangeNode, partition: number, numPartitions: number): Split {
  const { start, end, step } = node;
  if (typeof start === 'number' && typeof end === 'number' && typeof step === 'number') {
    const length = Math.max(0, Math.ceil((end - start) / step));
    const [first, last] = sliceBounds(length, partition, numPartitions);
    return { kind: 'range', start: start + first * step, step, count: last - first };
  }
  const [from, to, by] = [BigInt(start), BigInt(end), BigInt(step)];
  // Division of bigints truncates towards zero; the sign of `by` decides what rounds up.
  const span = to - from + by - (by > 0n ? 1n : -1n);
  const length = span / by > 0n ? span / by : 0n;
  const bound = (i: number) => (BigInt(i) * length) / BigInt(numPartitions);
  const first = bound(partition);
  return {
    kind: 'range',
    start: from + first * by,
    step: by,
    count: Number(bound(partition + 1) - first),
  };
}

/** Which of `numInputs` partitions each of `numGroups` coalesced ones holds: contiguous runs. */
export function coalesceGroups(numInputs: number, numGroups: number): number[][] {
  return Array.from({ length: numGroups }, (_, group) => {
    const [first, last] = sliceBounds(numInputs, group, numGroups);
    return Array.from({ length: last - first }, (_, i) => first + i);
  });
}
