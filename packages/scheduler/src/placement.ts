import type { FreeSlots } from './free-slots.js';
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

/** Which tasks a slot may get, and what becomes of one that gets it. */
export interface Assignment {
  /** So many tasks, running and queued, a slot holds at most. */
  readonly capacity: number;
  /** Whether the set may use the slot at all. */
  mayUse(slot: Slot): boolean;
  assign(partition: number, slot: Slot): void;
}

/**
 * Gives waiting tasks of a set, `limit` at most, to the slots on offer.
 * Slots fill evenly: each gets its n-th task when all free slots have n - 1. A slot takes tasks
 * whose cached block it holds, or its executor, then tasks that are at home on it, then tasks of
 * other homes; a task goes away from its cached block only to an idle slot, after the locality
 * waits: first to one on the same host, then to any.
 */
export function placeTasks(
  set: TaskSet,
  free: FreeSlots,
  { capacity, mayUse, assign }: Assignment,
  now: number,
  limit = Number.POSITIVE_INFINITY,
): void {
  const { pending } = set;
  const mayLeave = set.mayLeave(now);

  const least = Math.max(0, pending.size - limit);
  for (let load = 0; load < capacity && pending.size > least; load++) {
    for (const slot of free.withLoad(load)) {
      if (pending.size <= least) break;
      if (!mayUse(slot)) continue;
      const partition = pending.takeOwn(slot.id, slot.executorId);
      if (partition !== undefined) assign(partition, slot);
    }
    for (const slot of free.withLoad(load)) {
      if (pending.size <= least) break;
      if (!mayUse(slot)) continue;
      // A busy slot takes a task of another only when that one has more than its next few.
      let partition = pending.steal(load === 0 ? 1 : capacity);
      if (partition === undefined && load === 0 && mayLeave !== undefined)
        partition = pending.takeRemote(mayLeave === 'executor' ? slot.host : undefined);
      if (partition !== undefined) assign(partition, slot);
      // What waits for another host may suit the next slot.
      else if (mayLeave !== 'executor') break;
    }
  }
}

/**
 * Gives waiting tasks that may not run everywhere to the least busy of the slots where they may.
 * There are few of them: tasks that have failed, and copies of slow ones.
 */
export function placeRestricted(
  set: TaskSet,
  free: FreeSlots,
  { capacity, mayUse, assign }: Assignment,
): void {
  const choose = (partition: number): Slot | undefined => {
    for (let load = 0; load < capacity; load++)
      for (const slot of free.withLoad(load))
        if (mayUse(slot) && set.mayRun(partition, slot)) return slot;
    return undefined;
  };
  for (const partition of [...set.restricted]) {
    const slot = choose(partition);
    if (slot === undefined) continue;
    set.takeRestricted(partition);
    assign(partition, slot);
  }
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
export function updateLocalityWait(set: TaskSet, isAnyIdle: boolean, now: number): void {
  const waits = isAnyIdle && set.pending.preferredCount > 0;
  set.waitingSince = waits ? (set.waitingSince ?? now) : undefined;
}
