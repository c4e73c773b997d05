import type { Unavailability } from '@firesteel/mesos-protocol';

const nanosecondsPerMs = 1_000_000n;

/**
 * How long until the executors of an agent have to begin to leave it, because its machine is to go
 * down for maintenance: 0 or less if they have to now, Infinity if they need not any more.
 * @param leadMs how long before the maintenance they begin to leave
 */
export function untilDrainMs(
  { start, duration }: Unavailability,
  leadMs: number,
  nowMs: number,
): number {
  const startMs = Number(start.nanoseconds / nanosecondsPerMs);
  const lengthMs = duration && Number(duration.nanoseconds / nanosecondsPerMs);
  const isOver = lengthMs !== undefined && startMs + lengthMs <= nowMs;
  return isOver ? Number.POSITIVE_INFINITY : startMs - leadMs - nowMs;
}
