import type {
  BarrierTaskInfo,
  CachedBlockId,
  CachedBlockSource,
  SchedulerBackend,
  TaskDescription,
} from '@firesteel/plan';
import type { BroadcastRegistry } from './broadcast-registry.js';
import type { CacheTracker } from './cache-tracker.js';
import type { TaskAttempt, TaskSet } from './task-set.js';

export interface TaskLauncherOptions {
  readonly backend: SchedulerBackend;
  readonly cache: CacheTracker;
  readonly broadcasts: BroadcastRegistry;
  /** Whether the task still counts as launched. */
  readonly isLaunched: (task: TaskAttempt) => boolean;
  /** Takes back a task that never left the driver. */
  readonly discard: (task: TaskAttempt) => void;
  readonly failed: (set: TaskSet, error: unknown) => void;
}

/** Describes tasks to the backend. */
export class TaskLauncher {
  constructor(private readonly options: TaskLauncherOptions) {}

  /** Sends tasks to a slot; what cannot be sent is taken back, and its stage fails. */
  launch(slot: number, tasks: readonly TaskAttempt[]): void {
    const { backend, isLaunched, discard, failed } = this.options;
    const described: { readonly task: TaskAttempt; readonly description: TaskDescription }[] = [];
    for (const task of tasks) {
      // Splits may be encoded here for the first time, from rows of the user.
      try {
        described.push({ task, description: this.#describe(task) });
      } catch (error) {
        discard(task);
        failed(task.set, error);
      }
    }
    // A failure above may have ended the job of tasks that were to be launched beside it.
    const wanted = described.filter(({ task }) => {
      if (isLaunched(task) && task.set.stage.state === 'dropped') discard(task);
      return isLaunched(task);
    });
    if (wanted.length === 0) return;
    try {
      backend.launch(
        slot,
        wanted.map(({ description }) => description),
      );
    } catch (error) {
      for (const { task } of wanted) {
        if (!isLaunched(task)) continue;
        discard(task);
        failed(task.set, error);
      }
    }
  }

  #describe(task: TaskAttempt): TaskDescription {
    const { taskId, partition, attempt, stageAttempt, set } = task;
    const { id: stageId, plan } = set.stage;
    this.options.broadcasts.assertKnown(plan.program);
    return {
      taskId,
      programId: plan.program.id,
      partition,
      attempt,
      stageId,
      stageAttempt,
      numPartitions: plan.numPartitions,
      ...(set.properties && { properties: set.properties }),
      ...(plan.isBarrier && { barrier: this.#taskInfos(set) }),
      memoryDivisor: set.memoryDivisorOf(partition),
      splits: plan.splitsFor(partition),
      cachedBlocks: plan.cachedBlocksFor(partition).map((block) => this.#located(block, task.slot)),
    };
  }

  #located(block: CachedBlockId, slot: number): CachedBlockSource {
    const holders = this.options.cache.servers(block, slot);
    return holders.length === 0 ? block : { ...block, holders };
  }

  /** Where the tasks of a barrier stage run; all of them were assigned in this round. */
  #taskInfos({ running }: TaskSet): BarrierTaskInfo[] {
    return [...running.values()]
      .sort((a, b) => a.partition - b.partition)
      .map(({ slot }) => ({ address: this.options.backend.hostOf?.(slot) ?? 'localhost' }));
  }
}
