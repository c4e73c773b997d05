import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlockCompression } from '@firesteel/io';
import { LocalDirs, MemoryBudget, type MemoryMetrics, TaskMemory } from '@firesteel/storage';
import { TaskSpace } from '../files/task-space.js';

export interface TestSpace extends Disposable {
  readonly space: TaskSpace;
  readonly metrics: MemoryMetrics;
  readonly directory: string;
}

/** The space of a task alone in its process, with local files in a directory of its own. */
export function testSpace(
  totalBytes = 1e9,
  compression: BlockCompression = 'lz4',
  storageShareBytes = totalBytes / 2,
): TestSpace {
  const directory = mkdtempSync(join(tmpdir(), 'firesteel-test-'));
  const budget = MemoryBudget.create({ totalBytes, storageShareBytes, threads: 1 });
  const metrics = { memoryBytesSpilled: 0, diskBytesSpilled: 0, peakExecutionBytes: 0 };
  const memory = new TaskMemory(MemoryBudget.attach(budget.shared, 0), metrics);
  const task = { taskId: 0, partition: 0 };
  const space = new TaskSpace(memory, new LocalDirs([join(directory, 'app')]), compression, task);
  return {
    space,
    metrics,
    directory,
    [Symbol.dispose]: () => {
      space.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
