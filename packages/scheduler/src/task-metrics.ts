import type { TaskMetrics } from '@firesteel/plan';

export const zeroMetrics: TaskMetrics = {
  runTimeMs: 0,
  rowsRead: 0,
  bytesRead: 0,
  shuffleRowsRead: 0,
  shuffleBytesRead: 0,
  shuffleRowsWritten: 0,
  shuffleBytesWritten: 0,
  rowsWritten: 0,
  bytesWritten: 0,
};

/** The sums of a stage or of a whole job. */
export function addMetrics(a: TaskMetrics, b: TaskMetrics): TaskMetrics {
  return {
    runTimeMs: a.runTimeMs + b.runTimeMs,
    rowsRead: a.rowsRead + b.rowsRead,
    bytesRead: a.bytesRead + b.bytesRead,
    shuffleRowsRead: a.shuffleRowsRead + b.shuffleRowsRead,
    shuffleBytesRead: a.shuffleBytesRead + b.shuffleBytesRead,
    shuffleRowsWritten: a.shuffleRowsWritten + b.shuffleRowsWritten,
    shuffleBytesWritten: a.shuffleBytesWritten + b.shuffleBytesWritten,
    rowsWritten: a.rowsWritten + b.rowsWritten,
    bytesWritten: a.bytesWritten + b.bytesWritten,
  };
}
