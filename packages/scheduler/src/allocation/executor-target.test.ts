import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { initialTarget, nextTarget, type TargetSettings } from './executor-target.js';

const settings: TargetSettings = {
  minExecutors: 0,
  maxExecutors: Number.POSITIVE_INFINITY,
  initialExecutors: 0,
  slotsPerExecutor: 1,
  executorAllocationRatio: 1,
  backlogTimeoutMs: 1000,
  sustainedBacklogTimeoutMs: 1000,
};

/** The targets after each second, while `waitingTasks` wait and nobody runs any. */
function targets(waitingTasks: number, seconds: number, given: Partial<TargetSettings> = {}) {
  const all = { ...settings, ...given };
  let state = initialTarget(all);
  return Array.from({ length: seconds + 1 }, (_, second) => {
    const backlog = { waitingTasks, runningTasks: 0, liveExecutors: 0 };
    state = nextTarget(state, backlog, all, second * 1000);
    return state.target;
  });
}

it('adds 1, 2, 4 … executors while tasks wait', () => {
  expect(targets(100, 6)).toEqual([0, 1, 3, 7, 15, 31, 63]);
});

it('asks for no more than the tasks can use, or the maximum', () => {
  expect(targets(5, 4)).toEqual([0, 1, 3, 5, 5]);
  expect(targets(100, 4, { maxExecutors: 4 })).toEqual([0, 1, 3, 4, 4]);
  expect(targets(8, 4, { slotsPerExecutor: 4 })).toEqual([0, 1, 2, 2, 2]);
  expect(targets(8, 4, { executorAllocationRatio: 0.5 })).toEqual([0, 1, 3, 4, 4]);
});

it('keeps the initial executors until the first task, then shrinks to what is needed', () => {
  const all = { ...settings, initialExecutors: 10, minExecutors: 2 };
  const none = { waitingTasks: 0, runningTasks: 0, liveExecutors: 10 };
  const idle = nextTarget(initialTarget(all), none, all, 60_000);
  expect(idle.target).toBe(10);
  const busy = nextTarget(idle, { ...none, runningTasks: 4 }, all, 60_100);
  expect(busy.target).toBe(4);
  expect(nextTarget(busy, none, all, 60_200).target).toBe(2);
});

it('begins with one again when the backlog was gone in between', () => {
  let state = initialTarget(settings);
  const step = (waitingTasks: number, runningTasks: number, nowMs: number) => {
    const liveExecutors = state.target;
    state = nextTarget(state, { waitingTasks, runningTasks, liveExecutors }, settings, nowMs);
    return state.target;
  };
  expect([step(9, 0, 0), step(9, 0, 1000), step(8, 1, 2000)]).toEqual([0, 1, 3]);
  expect(step(0, 3, 2100)).toBe(3);
  expect([step(9, 3, 3000), step(9, 3, 3900), step(9, 3, 4000)]).toEqual([3, 3, 4]);
});

it('always stays between the minimum and the maximum once it has begun', () => {
  const load = fc.record({
    waitingTasks: fc.nat(200),
    runningTasks: fc.nat(50),
    liveExecutors: fc.nat(60),
    passedMs: fc.nat(3000),
  });
  fc.assert(
    fc.property(fc.array(load), fc.nat(5), fc.nat(40), (loads, minExecutors, more) => {
      const all = { ...settings, minExecutors, maxExecutors: minExecutors + more + 1 };
      let state = initialTarget({ ...all, initialExecutors: minExecutors });
      let nowMs = 0;
      for (const { passedMs, ...backlog } of loads) {
        nowMs += passedMs;
        state = nextTarget(state, backlog, all, nowMs);
        expect(state.target).toBeGreaterThanOrEqual(minExecutors);
        expect(state.target).toBeLessThanOrEqual(all.maxExecutors);
      }
    }),
  );
});
