import type { IdleExecutor } from './allocation/idle-executors.js';
import type { Slot } from './placement.js';
import type { TaskSet } from './task-set.js';

/** What the scheduler has to do, and by whom. */
export interface Workload {
  /** Tasks that no thread runs yet, those queued at a slot among them. */
  readonly waitingTasks: number;
  readonly runningTasks: number;
  /** Executors that take tasks. */
  readonly executors: number;
  readonly idle: readonly IdleExecutor[];
  /** Hosts that hold what waiting tasks read, with the number of those tasks. */
  readonly hostWeights: ReadonlyMap<string, number>;
}

/** Costs a step for each slot. */
export function workloadOf(slots: Iterable<Slot>, sets: readonly TaskSet[]): Workload {
  let waitingTasks = 0;
  let runningTasks = 0;
  const idleSince = new Map<string, number>();
  for (const { executorId, tasks, isOpen, idleSinceMs } of slots) {
    // A slot runs its tasks one after the other.
    waitingTasks += Math.max(0, tasks.size - 1);
    runningTasks += Math.min(1, tasks.size);
    if (!isOpen) continue;
    const since = tasks.size > 0 ? Number.POSITIVE_INFINITY : idleSinceMs;
    idleSince.set(executorId, Math.max(idleSince.get(executorId) ?? 0, since));
  }
  const hostWeights = new Map<string, number>();
  for (const { pending, waiting } of sets) {
    waitingTasks += waiting;
    for (const [host, count] of pending.preferences())
      hostWeights.set(host, (hostWeights.get(host) ?? 0) + count);
  }
  const idle = [...idleSince]
    .filter(([, since]) => since !== Number.POSITIVE_INFINITY)
    .map(([executorId, idleSinceMs]) => ({ executorId, idleSinceMs }));
  return { waitingTasks, runningTasks, executors: idleSince.size, idle, hostWeights };
}
