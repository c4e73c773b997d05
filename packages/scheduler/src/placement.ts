import type { TaskAttempt, TaskSet } from './task-set.js';

/** A place that runs one task at a time and holds some more in a queue. */
export interface Slot {
  readonly id: number;
  readonly executorId: string;
  readonly host: string;
  /** Whether it takes further tasks. */
  isOpen: boolean;
  /** Since when it has no tasks, while it has none. */
  idleSinceMs: number;
  /** Running and queued tasks in the order of their launch. */
  readonly tasks: Map<number, TaskAttempt>;
}

/**
 * Gives waiting tasks of a set, `limit` at most, to free slots, up to `capacity` running and queued tasks each.
 * Slots fill evenly: each gets its n-th task when all free slots have n - 1. A slot takes tasks
 * whose cached block it holds, then tasks that are at home on it, then tasks of other homes; a
 * task goes away from its cached block only to an idle slot, after the locality wait.
 */
export function placeTasks(
  set: TaskSet,
  free: Iterable<Slot>,
  capacity: number,
  now: number,
  assign: (partition: number, slot: Slot) => void,
  limit = Number.POSITIVE_INFINITY,
): void {
  const { pending, waitingSince, localityWaitMs } = set;
  const waited = waitingSince !== undefined && now - waitingSince >= localityWaitMs;
  const anywhere = localityWaitMs === 0 || waited;

  const least = Math.max(0, pending.size - limit);
  for (let load = lowestLoad(free, capacity); load < capacity && pending.size > least; load++) {
    for (const slot of free) {
      if (slot.tasks.size > load || pending.size <= least) continue;
      const partition = pending.takeOwn(slot.id);
      if (partition !== undefined) assign(partition, slot);
    }
    for (const slot of free) {
      if (slot.tasks.size > load || pending.size <= least) continue;
      // A busy slot takes a task of another only when that one has more than its next few.
      let partition = pending.steal(load === 0 ? 1 : capacity);
      if (partition === undefined && load === 0 && anywhere) partition = pending.takeRemote();
      if (partition !== undefined) assign(partition, slot);
    }
  }
}

/**
 * Gives waiting tasks that may not run everywhere to the least busy of the slots where they may.
 * There are few of them: tasks that have failed, and copies of slow ones.
 */
export function placeRestricted(
  set: TaskSet,
  free: Iterable<Slot>,
  capacity: number,
  assign: (partition: number, slot: Slot) => void,
): void {
  for (const partition of [...set.restricted]) {
    let best: Slot | undefined;
    for (const slot of free) {
      if (slot.tasks.size >= (best?.tasks.size ?? capacity)) continue;
      if (set.mayRun(partition, slot)) best = slot;
    }
    if (best === undefined) continue;
    set.takeRestricted(partition);
    assign(partition, best);
  }
}

export function idleSlots(free: Iterable<Slot>): Slot[] {
  return [...free].filter((slot) => slot.tasks.size === 0);
}

/**
 * Whether all tasks of a barrier stage can begin now: each of them needs a slot of its own, and
 * none of an earlier attempt may still run.
 */
export function isReadyFor({ stage, pending, running }: TaskSet, idleCount: number): boolean {
  return (
    running.size === 0 && pending.size === stage.plan.numPartitions && pending.size <= idleCount
  );
}

/**
 * Keeps the clock of the locality wait. It runs while some slot idles for the set, however many
 * tasks are launched locally meanwhile: a set with short tasks must not keep slots idle for ever.
 */
export function updateLocalityWait(set: TaskSet, free: Iterable<Slot>, now: number): void {
  const waits = set.pending.preferredCount > 0 && lowestLoad(free, 1) === 0;
  set.waitingSince = waits ? (set.waitingSince ?? now) : undefined;
}

function lowestLoad(slots: Iterable<Slot>, limit: number): number {
  let lowest = limit;
  for (const slot of slots) lowest = Math.min(lowest, slot.tasks.size);
  return lowest;
}
