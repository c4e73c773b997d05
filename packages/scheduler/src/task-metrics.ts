import type { TaskMetrics } from '@firesteel/plan';

/** Sums over the tasks of a stage, and the greatest peak; added up in place, because there is one addition per task. */
export type MetricsTotals = { -readonly [K in keyof TaskMetrics]: TaskMetrics[K] };

export function newTotals(): MetricsTotals {
  return {
    runTimeMs: 0,
    rowsRead: 0,
    bytesRead: 0,
    shuffleRowsRead: 0,
    shuffleBytesRead: 0,
    shuffleBlockBytesRead: 0,
    shuffleRowsWritten: 0,
    shuffleBytesWritten: 0,
    rowsWritten: 0,
    bytesWritten: 0,
    memoryBytesSpilled: 0,
    diskBytesSpilled: 0,
    peakExecutionBytes: 0,
    fetchWaitMs: 0,
    gcTimeMs: 0,
  };
}

export function addMetrics(totals: MetricsTotals, metrics: TaskMetrics): void {
  totals.runTimeMs += metrics.runTimeMs;
  totals.rowsRead += metrics.rowsRead;
  totals.bytesRead += metrics.bytesRead;
  totals.shuffleRowsRead += metrics.shuffleRowsRead;
  totals.shuffleBytesRead += metrics.shuffleBytesRead;
  totals.shuffleBlockBytesRead += metrics.shuffleBlockBytesRead;
  totals.shuffleRowsWritten += metrics.shuffleRowsWritten;
  totals.shuffleBytesWritten += metrics.shuffleBytesWritten;
  totals.rowsWritten += metrics.rowsWritten;
  totals.bytesWritten += metrics.bytesWritten;
  totals.memoryBytesSpilled += metrics.memoryBytesSpilled;
  totals.diskBytesSpilled += metrics.diskBytesSpilled;
  totals.peakExecutionBytes = Math.max(totals.peakExecutionBytes, metrics.peakExecutionBytes);
  totals.fetchWaitMs += metrics.fetchWaitMs;
  totals.gcTimeMs += metrics.gcTimeMs;
}
