import { afterEach, expect, it, vi } from 'vitest';
import { WaitingWarning } from './waiting-warning.js';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('says again and again what is waited for, until it is over', () => {
  vi.useFakeTimers();
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const warning = new WaitingWarning();
  warning.update('no offer');
  vi.advanceTimersByTime(9_999);
  expect(emit).not.toHaveBeenCalled();
  warning.update('too few cpus');
  vi.advanceTimersByTime(1);
  expect(emit.mock.lastCall?.[0]).toBe('The application has no executors yet: too few cpus.');
  vi.advanceTimersByTime(30_000);
  expect(emit).toHaveBeenCalledTimes(3);
  warning.update(undefined);
  vi.advanceTimersByTime(60_000);
  expect(emit).toHaveBeenCalledTimes(3);
});
