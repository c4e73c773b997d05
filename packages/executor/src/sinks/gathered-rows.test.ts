import { MemoryBudget, TaskMemory } from '@firesteel/storage';
import { expect, it } from 'vitest';
import { GatheredRows } from './gathered-rows.js';

it('refuses more rows than an array can hold, however small they are', () => {
  const totalBytes = 1e12;
  const budget = MemoryBudget.create({ totalBytes, storageShareBytes: 0, threads: 1 });
  const metrics = { memoryBytesSpilled: 0, diskBytesSpilled: 0, peakExecutionBytes: 0 };
  const memory = new TaskMemory(MemoryBudget.attach(budget.shared, 0), metrics);
  const gathered = new GatheredRows(memory, 'take()');
  gathered.check(new Array(5000).fill(1));
  expect(() => gathered.check(new Array(100_000_000))).toThrow(
    expect.objectContaining({
      code: 'RESULT_TOO_LARGE',
      data: expect.objectContaining({ rows: 1e8 }),
    }),
  );
});
