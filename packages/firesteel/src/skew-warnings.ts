import { decodeValue } from '@firesteel/codec';
import { shown } from '@firesteel/common';
import type { RangeBounds, ResolvedPartitioner } from '@firesteel/plan';
import type { StageCompleted } from '@firesteel/scheduler';

const NO_BOUNDS: Pick<RangeBounds, 'bounds'> = { bounds: [] };

/** What keys a reduce partition holds, in words. */
export function keysOfPartition(partitioner: ResolvedPartitioner, partition: number): string {
  const { kind, numPartitions } = partitioner;
  if (kind === 'hash') return `keys whose hash modulo ${numPartitions} is ${partition}`;
  if (kind !== 'range') return `keys that the partitioner puts into partition ${partition}`;
  const { bounds } =
    partitioner.bounds === undefined ? NO_BOUNDS : (decodeValue(partitioner.bounds) as RangeBounds);
  // Bounds are inclusive upper limits in ascending order.
  const at = partitioner.ascending ? partition : bounds.length - partition;
  const above = at > 0 ? `above ${shown(bounds[at - 1])}` : '';
  const upTo = at < bounds.length ? `up to ${shown(bounds[at])}` : '';
  return ['keys', above, upTo].filter((word) => word !== '').join(' ');
}

/** One task that does most of the work makes all others wait. */
export function warnOfSkew({ stageId, name, skew }: StageCompleted): void {
  if (skew === undefined) return;
  const { partition, bytesRead, medianBytesRead, keys } = skew;
  const times =
    medianBytesRead === 0
      ? 'and most others nothing'
      : `${Math.round(bytesRead / medianBytesRead)} times the median`;
  process.emitWarning(
    `Stage ${stageId} (${name}) is skewed: partition ${partition} (${keys}) read ${mib(bytesRead)} MiB, ${times}. Combine values before they are grouped, make hot keys finer, or use more partitions.`,
    { type: 'FiresteelWarning', code: 'SKEWED_STAGE' },
  );
}

function mib(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}
