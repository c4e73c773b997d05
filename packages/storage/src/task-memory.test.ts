import { describe, expect, it } from 'vitest';
import { MemoryBudget } from './memory-budget.js';
import { TaskMemory } from './task-memory.js';

const TOTAL_BYTES = 10e6;

function memoryOf(divisor = 1) {
  const process = MemoryBudget.create({
    totalBytes: TOTAL_BYTES,
    storageShareBytes: 0,
    threads: 1,
  });
  const metrics = { memoryBytesSpilled: 0, diskBytesSpilled: 0, peakExecutionBytes: 0 };
  const budget = MemoryBudget.attach(process.shared, 0);
  return { memory: new TaskMemory(budget, metrics, divisor), process, metrics };
}

describe('a consumer of memory', () => {
  it('may hold what it was given, also when it estimates fractions of bytes', () => {
    const { memory, process } = memoryOf();
    const consumer = memory.consumer();
    for (let bytes = 2e6 + 0.4; bytes < 9e6; bytes += 70_000.7)
      expect(consumer.holds(bytes)).toBe(true);
    expect(Number.isInteger(process.usage().executionBytes)).toBe(true);
  });

  it('hears when there is no more, and others get what it gives back', () => {
    const { memory, process, metrics } = memoryOf();
    const [first, second] = [memory.consumer(), memory.consumer()];
    expect(first.holds(8e6)).toBe(true);
    expect(second.holds(4e6)).toBe(false);
    expect(second.holds(memory.workingBytes)).toBe(true);
    first.release();
    expect(second.holds(4e6)).toBe(true);
    second.release();
    expect(process.usage().executionBytes).toBe(0);
    expect(metrics.peakExecutionBytes).toBe(TOTAL_BYTES);
  });

  it('gets less in a task that has used up a heap before', () => {
    const consumer = memoryOf(3).memory.consumer();
    expect(consumer.holds(3.3e6)).toBe(true);
    expect(consumer.holds(3.4e6)).toBe(false);
  });
});
