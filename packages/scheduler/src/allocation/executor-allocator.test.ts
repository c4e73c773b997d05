import { expect, it } from 'vitest';
import { settle, startScheduler } from '../testing/harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { jobPlan } from '../testing/plans.js';
import type { Workload } from '../workload.js';
import { type AllocationSettings, ExecutorAllocator } from './executor-allocator.js';
import type { Holdings } from './idle-executors.js';

const settings: AllocationSettings = {
  minExecutors: 1,
  maxExecutors: 10,
  initialExecutors: 1,
  slotsPerExecutor: 2,
  executorAllocationRatio: 1,
  backlogTimeoutMs: 1000,
  sustainedBacklogTimeoutMs: 500,
  idleTimeoutMs: 60_000,
  cachedIdleTimeoutMs: 120_000,
  shuffleTimeoutMs: 90_000,
};
const nothing: Holdings = { hasCachedBlocks: false, hasShuffles: false, hasActiveShuffles: false };
const noLoad: Workload = {
  waitingTasks: 0,
  runningTasks: 0,
  executors: 1,
  idle: [],
  hostWeights: new Map(),
};

function startAllocator(holdings: Readonly<Record<string, Partial<Holdings>>> = {}) {
  const clock = new ManualClock();
  const told: unknown[] = [];
  let workload = noLoad;
  const allocator = new ExecutorAllocator({
    clock,
    settings,
    backend: {
      requestTotalExecutors: (target) => void told.push(target),
      killExecutors: (ids) => {
        told.push(ids);
        return ids;
      },
    },
    workload: () => workload,
    holdingsOf: (id) => ({ ...nothing, ...holdings[id] }),
  });
  allocator.start();
  return {
    clock,
    allocator,
    /** What the backend is told while the time passes. */
    after(ms: number, load: Partial<Workload>): unknown[] {
      workload = { ...noLoad, ...load };
      clock.advance(ms);
      return told.splice(0);
    },
  };
}

it('asks for executors on the hosts that waiting tasks prefer', () => {
  const { after } = startAllocator();
  const hostWeights = new Map([['a', 3]]);
  const busy = { waitingTasks: 20, runningTasks: 2, hostWeights };
  expect(after(1000, busy)).toEqual([]);
  expect(after(200, busy)).toEqual([{ total: 2, hostWeights }]);
  expect(after(500, busy)).toEqual([{ total: 4, hostWeights }]);
  const moved = new Map([['b', 1]]);
  expect(after(100, { ...busy, hostWeights: moved })).toEqual([{ total: 4, hostWeights: moved }]);
});

it('ends executors that were idle for long, down to the minimum', () => {
  const { after } = startAllocator();
  after(100, { runningTasks: 1 });
  const idle = ['b', 'a', 'c'].map((executorId, i) => ({ executorId, idleSinceMs: 1000 - i }));
  expect(after(59_900, { executors: 3, idle })).toEqual([]);
  expect(after(1200, { executors: 3, idle })[0]).toEqual(['c', 'a']);
});

it('keeps executors with cached blocks or map outputs for longer', () => {
  const { after } = startAllocator({
    cached: { hasCachedBlocks: true },
    shuffle: { hasShuffles: true },
    both: { hasCachedBlocks: true, hasShuffles: true },
    active: { hasActiveShuffles: true },
  });
  const idleOf = (ids: readonly string[]) => ({
    executors: 1 + ids.length,
    idle: ids.map((executorId) => ({ executorId, idleSinceMs: 0 })),
    runningTasks: 1,
  });
  const all = ['cached', 'shuffle', 'both', 'active'];
  expect(after(89_900, idleOf(all))).toEqual([]);
  expect(after(100, idleOf(all))).toEqual([['shuffle', 'both']]);
  const rest = ['cached', 'active'];
  expect(after(29_900, idleOf(rest))).toEqual([]);
  expect(after(100, idleOf(rest))).toEqual([['cached']]);
  expect(after(10_000_000, idleOf(['active']))).toEqual([]);
});

it('does nothing any more when it was stopped', () => {
  const { allocator, after, clock } = startAllocator();
  allocator.stop();
  expect(after(10_000, { waitingTasks: 100 })).toEqual([]);
  expect(clock.pendingTimers).toBe(0);
});

it('keeps executors while a running job may read their map outputs, and then no longer', async () => {
  const killed: string[] = [];
  const backend = {
    requestTotalExecutors: () => {},
    killExecutors: (ids: readonly string[]) => {
      killed.push(...ids);
      return ids;
    },
  };
  const timeouts = { idleTimeoutMs: 1000, shuffleTimeoutMs: 60_000 };
  const allocation = { backend, settings: { ...settings, minExecutors: 0, ...timeouts } };
  const h = await startScheduler({ slots: 2, tasksPerSlot: 1, allocation });
  const { result } = h.submit(
    jobPlan([
      { shuffleId: 1, numPartitions: 2 },
      { numPartitions: 1, parents: [1] },
    ]),
  );
  await settle();
  for (const task of h.backend.heads()) h.backend.endTask(task);
  await settle();
  const [reduce] = h.backend.heads();
  h.clock.advance(1_000_000);
  expect(killed).toEqual([]);
  if (reduce !== undefined) h.backend.endTask(reduce);
  await result;
  h.clock.advance(59_900);
  expect(killed).toEqual([]);
  h.clock.advance(200);
  expect(new Set(killed)).toEqual(new Set(['executor 0']));
  await h.scheduler.stop();
});
