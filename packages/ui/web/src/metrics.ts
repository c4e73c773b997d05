import type { MetricName } from '../../src/store/task-metrics.js';
import { bytes, count, duration } from './format.js';

/** How pages name metrics of tasks, and write their values. */
export const metricTexts: Readonly<
  Record<MetricName, readonly [label: string, text: (value: number) => string]>
> = {
  runTimeMs: ['run time on the thread', duration],
  gcTimeMs: ['garbage collection', duration],
  fetchWaitMs: ['wait for blocks of others', duration],
  rowsRead: ['rows read', count],
  bytesRead: ['bytes read', bytes],
  shuffleRowsRead: ['rows read from shuffles', count],
  shuffleBytesRead: ['bytes read from shuffles', bytes],
  shuffleBlockBytesRead: ['bytes read from shuffles, before compression', bytes],
  shuffleRowsWritten: ['rows written to the shuffle', count],
  shuffleBytesWritten: ['bytes written to the shuffle', bytes],
  rowsWritten: ['rows written', count],
  bytesWritten: ['bytes written', bytes],
  memoryBytesSpilled: ['spilled, in memory', bytes],
  diskBytesSpilled: ['spilled, on disk', bytes],
  peakExecutionBytes: ['peak memory', bytes],
};
