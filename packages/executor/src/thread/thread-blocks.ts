import { getHeapStatistics } from 'node:v8';
import { BlockStore, DiskStore, LocalDirs, MemoryBudget } from '@firesteel/storage';
import type { ThreadReport, ThreadStorage } from './messages.js';

/** The cached blocks of a thread, which tells the process what happens to them by reports. */
export function threadBlocks(
  { budget, thread, heapFraction, localDirs }: ThreadStorage,
  report: (report: ThreadReport) => void,
): BlockStore {
  return new BlockStore({
    budget: MemoryBudget.attach(budget, thread, {
      heapBytes: getHeapStatistics().heap_size_limit * heapFraction,
      onEvictedOthers: () => report({ kind: 'evictedOthers' }),
    }),
    disk: new DiskStore(new LocalDirs(localDirs)),
    report: (update) => report({ kind: 'block', update }),
    share: (partition) => report({ kind: 'sharedBlock', partition }),
    warn: ({ code, message }) => report({ kind: 'warning', code, message }),
  });
}
