import type { CachedRdd } from '../store/cached-rdds.js';
import type { ServedApplication } from './application-source.js';
import type { ExecutorView, RddDetail, RddView } from './types.js';

export function rddView(rdd: CachedRdd): RddView {
  const { rddId, name, storageLevel, numPartitions, partitions } = rdd;
  let memoryBytes = 0;
  let diskBytes = 0;
  for (const copies of partitions.values())
    for (const copy of copies.values()) {
      memoryBytes += copy.memoryBytes;
      diskBytes += copy.diskBytes;
    }
  return {
    id: rddId,
    name,
    storageLevel,
    ...(numPartitions !== undefined && { numPartitions }),
    numCachedPartitions: partitions.size,
    memoryBytes,
    diskBytes,
  };
}

export function rddDetail(rdd: CachedRdd): RddDetail {
  const partitions = [...rdd.partitions]
    .sort(([a], [b]) => a - b)
    .map(([partition, holders]) => {
      const copies = [...holders.values()];
      return {
        partition,
        memoryBytes: copies.reduce((sum, copy) => sum + copy.memoryBytes, 0),
        diskBytes: copies.reduce((sum, copy) => sum + copy.diskBytes, 0),
        executors: [...new Set(copies.map(({ executorId }) => executorId))],
      };
    });
  return { ...rddView(rdd), partitions };
}

/** Those that live first, each kind in the order in which they came. */
export function executorViews(served: ServedApplication): ExecutorView[] {
  const blocks = blocksByExecutor(served);
  const views = [...served.store.executors.values()].map((executor): ExecutorView => {
    const { added, removed, metrics } = executor;
    const isActive = removed === undefined;
    return {
      id: added.executorId,
      host: added.host,
      isActive,
      cores: added.cores,
      addTime: added.time,
      ...(removed !== undefined && { removeTime: removed.time, removeReason: removed.reason }),
      numActiveTasks: isActive && served.state === 'running' ? executor.active : 0,
      numCompletedTasks: executor.succeeded,
      numFailedTasks: executor.failed,
      taskTimeMs: executor.taskTimeMs,
      totals: executor.totals.toJSON(),
      ...(blocks.get(added.executorId) ?? { rddBlocks: 0, memoryBytes: 0, diskBytes: 0 }),
      ...(metrics !== undefined && { metrics }),
      logUrls: added.logUrls,
    };
  });
  return [...views.filter(({ isActive }) => isActive), ...views.filter((view) => !view.isActive)];
}

function blocksByExecutor({ store }: ServedApplication) {
  const sums = new Map<string, { rddBlocks: number; memoryBytes: number; diskBytes: number }>();
  for (const { partitions } of store.cachedRdds.all)
    for (const copies of partitions.values())
      for (const { executorId, memoryBytes, diskBytes } of copies.values()) {
        const sum = sums.get(executorId) ?? { rddBlocks: 0, memoryBytes: 0, diskBytes: 0 };
        sum.rddBlocks++;
        sum.memoryBytes += memoryBytes;
        sum.diskBytes += diskBytes;
        sums.set(executorId, sum);
      }
  return sums;
}
