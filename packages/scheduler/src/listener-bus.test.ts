import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JobEnd } from './events.js';
import { ListenerBus } from './listener-bus.js';

function jobEnd(jobId: number): JobEnd {
  return { kind: 'jobEnd', jobId, time: 0, result: { kind: 'succeeded' } };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('ListenerBus', () => {
  it('delivers in order, after the poster has finished', async () => {
    const bus = new ListenerBus();
    const seen: string[] = [];
    bus.on('jobEnd', ({ jobId }) => {
      seen.push(`a${jobId}`);
      if (jobId === 1) bus.post(jobEnd(3));
    });
    const off = bus.on('jobEnd', ({ jobId }) => seen.push(`b${jobId}`));
    bus.post(jobEnd(1));
    bus.post(jobEnd(2));
    expect(seen).toEqual([]);
    await Promise.resolve();
    expect(seen).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
    off();
    bus.post(jobEnd(4));
    bus.flush();
    expect(seen.slice(6)).toEqual(['a4']);
  });

  it('refuses a kind that does not exist', () => {
    const misspelt = 'executorRemove' as 'executorRemoved';
    expect(() => new ListenerBus().on(misspelt, () => {})).toThrow(
      'There are no events of the kind "executorRemove". Did you mean "executorRemoved"?',
    );
  });

  it('delivers events of all kinds to those who want them', () => {
    const bus = new ListenerBus();
    const seen: unknown[] = [];
    const off = bus.onAny((event) => seen.push(event.kind));
    bus.post(jobEnd(1));
    bus.post({ kind: 'applicationEnd', time: 0 });
    bus.flush();
    off();
    bus.post(jobEnd(2));
    bus.flush();
    expect(seen).toEqual(['jobEnd', 'applicationEnd']);
  });

  it('reports the first error of a listener and goes on', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const bus = new ListenerBus();
    const seen: number[] = [];
    bus.on('jobEnd', () => {
      throw new Error('broken listener');
    });
    bus.on('jobEnd', async () => {
      throw new Error('broken async listener');
    });
    bus.on('jobEnd', ({ jobId }) => seen.push(jobId));
    bus.post(jobEnd(1));
    bus.post(jobEnd(2));
    bus.flush();
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toEqual([1, 2]);
    expect(warn.mock.calls.map(([text]) => String(text).split('\n')[0])).toEqual([
      expect.stringContaining('Error: broken listener'),
      expect.stringContaining('Error: broken async listener'),
    ]);
  });
});
