import { getHeapStatistics } from 'node:v8';
import type { BlockCompression } from '@firesteel/io';
import { TaskSpace } from '@firesteel/shuffle';
import {
  BlockStore,
  DiskStore,
  LocalDirs,
  MemoryBudget,
  type MemoryMetrics,
  TaskMemory,
} from '@firesteel/storage';
import type { ThreadReport, ThreadStorage } from './messages.js';

/** The cached blocks of a thread, and what its tasks work with. */
export interface OwnStorage {
  readonly blocks: BlockStore;
  /** Of what tasks write to the local directories. */
  readonly compression: BlockCompression;
  /** @param memoryDivisor cuts what the task may hold */
  openSpace(
    task: { readonly taskId: number; readonly partition: number; readonly memoryDivisor: number },
    metrics: MemoryMetrics,
  ): TaskSpace;
}

/** What a thread makes of its part of the storage of the process; reports tell what happens to it. */
export function ownStorage(
  { budget: shared, thread, heapFraction, localDirs, compression, outputDirectory }: ThreadStorage,
  report: (report: ThreadReport) => void,
): OwnStorage {
  const dirs = new LocalDirs(localDirs);
  const outputDirs = outputDirectory === undefined ? undefined : new LocalDirs([outputDirectory]);
  const budget = MemoryBudget.attach(shared, thread, {
    heapBytes: getHeapStatistics().heap_size_limit * heapFraction,
    onEvictedOthers: () => report({ kind: 'evictedOthers' }),
  });
  const blocks = new BlockStore({
    budget,
    disk: new DiskStore(dirs),
    report: (update) => report({ kind: 'block', update }),
    share: (partition) => report({ kind: 'sharedBlock', partition }),
    warn: ({ code, message }) => report({ kind: 'warning', code, message }),
  });
  return {
    blocks,
    compression,
    openSpace: ({ taskId, partition, memoryDivisor }, metrics) =>
      new TaskSpace(
        new TaskMemory(budget, metrics, memoryDivisor),
        dirs,
        compression,
        { taskId, partition },
        outputDirs,
      ),
  };
}
