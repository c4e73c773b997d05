import { Config } from '@firesteel/common';
import { expect, it } from 'vitest';
import { checkExecutorMemory, memoryLimits } from './memory-limits.js';

const MIB = 1024 ** 2;
const config = (settings: Record<string, string> = {}) => Config.fromLayers({ code: settings });

it('Node and the engine take their part before the budget is made', () => {
  expect(memoryLimits(config(), 2, 512 * MIB)).toEqual({
    processBytes: 512 * MIB,
    reservedBytes: 128 * MIB,
    totalBytes: Math.floor(0.6 * 384 * MIB),
    storageShareBytes: Math.floor(0.3 * 384 * MIB),
    heapFraction: 0.6,
    threadHeap: { maxHeapMib: 256, maxYoungMib: 21 },
  });
  const own = memoryLimits(config({ 'memory.reserved': '0' }), 2, 64 * MIB);
  expect(own).toMatchObject({
    totalBytes: Math.floor(0.6 * 64 * MIB),
    threadHeap: { maxHeapMib: 64, maxYoungMib: 12 },
  });
  // Of the machine, with heaps as Node limits them.
  expect(memoryLimits(config(), 2, undefined).threadHeap).toBeUndefined();
});

it('too little memory is refused, with what it takes at least', () => {
  checkExecutorMemory(config(), 2, 192 * MIB);
  checkExecutorMemory(config(), 2, undefined);
  checkExecutorMemory(config({ 'memory.reserved': '0' }), 2, 64 * MIB);
  expect(() => checkExecutorMemory(config(), 2, 191 * MIB)).toThrow(
    expect.objectContaining({
      code: 'INVALID_CONFIG_VALUE',
      message: expect.stringMatching(/with 2 threads needs 192m .* given 191m.*executor\.memory/s),
    }),
  );
});
