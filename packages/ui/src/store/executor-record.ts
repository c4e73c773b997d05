import type { ExecutorMetrics } from '@firesteel/plan';
import type { ExecutorAdded, ExecutorRemoved, TaskEnd, TaskStart } from '@firesteel/scheduler';
import { MetricTotals } from './task-metrics.js';

/** What is known about an executor. */
export class ExecutorRecord {
  readonly added: ExecutorAdded;
  removed: ExecutorRemoved | undefined;
  active = 0;
  succeeded = 0;
  failed = 0;
  /** Of all tasks that ended here. */
  taskTimeMs = 0;
  readonly totals = new MetricTotals();
  /** Of its last heartbeat. */
  metrics: ExecutorMetrics | undefined;

  constructor(added: ExecutorAdded) {
    this.added = added;
  }

  /** One that was never announced, by its first task. */
  static ofTask({ executorId, host, time }: TaskStart): ExecutorRecord {
    return new ExecutorRecord({
      kind: 'executorAdded',
      time,
      executorId,
      host,
      cores: 1,
      logUrls: {},
    });
  }

  taskEnded({ outcome, durationMs, metrics }: TaskEnd): void {
    this.active--;
    if (outcome === 'success') this.succeeded++;
    else if (outcome !== 'killed') this.failed++;
    this.taskTimeMs += durationMs;
    if (metrics !== undefined) this.totals.add(metrics);
  }
}
