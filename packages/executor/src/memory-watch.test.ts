import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MemoryWatch } from './memory-watch.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A process of 1000 bytes, 400 of them for the engine, that takes 300 when it starts. */
function watched(reservedBytes = 400) {
  const state = { residentBytes: 300, isBusy: true, withheld: 0, collections: 0 };
  const budget = { withholdExecution: (bytes: number) => (state.withheld = bytes) };
  const watch = new MemoryWatch(
    { processBytes: 1000, reservedBytes, totalBytes: 600 },
    budget,
    () => state.isBusy,
    () => state.residentBytes,
    { collectIfGrown: () => void state.collections++ },
  );
  watch.wake();
  const withheldAt = (residentBytes: number) => {
    state.residentBytes = residentBytes;
    vi.advanceTimersByTime(100);
    return state.withheld;
  };
  return { state, watch, withheldAt };
}

it('what a process takes too much is withheld from tasks, up to a half, and given back slowly', () => {
  const { state, watch, withheldAt } = watched();
  expect(withheldAt(1050)).toBe(0);
  expect(state.collections).toBe(0);
  expect(withheldAt(1100)).toBe(50);
  expect(state.collections).toBe(1);
  expect(withheldAt(1100)).toBe(100);
  expect(withheldAt(9000)).toBe(300);
  expect(withheldAt(850)).toBe(250);
  expect(withheldAt(50)).toBe(0);
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it('it is watched while it has tasks', () => {
  const { state, watch, withheldAt } = watched();
  state.isBusy = false;
  withheldAt(300);
  expect(vi.getTimerCount()).toBe(0);
  watch.wake();
  watch.wake();
  expect(vi.getTimerCount()).toBe(1);
});

it('nothing is withheld where nothing is reserved', () => {
  const { withheldAt } = watched(0);
  expect(withheldAt(9000)).toBe(0);
});
