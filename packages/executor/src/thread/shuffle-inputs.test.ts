import type { MapOutput } from '@firesteel/plan';
import { TaskSpace } from '@firesteel/shuffle';
import { LocalDirs, MemoryBudget, TaskMemory } from '@firesteel/storage';
import { expect, it } from 'vitest';
import { newCounters } from '../pipeline/running-task.js';
import type { FetchRequest } from './fetch-messages.js';
import { shuffleInputs } from './shuffle-inputs.js';

const MIB = 1024 ** 2;

function spaceOf(totalBytes: number): TaskSpace {
  const limits = { totalBytes, storageShareBytes: 0, threads: 2 };
  const budget = MemoryBudget.attach(MemoryBudget.create(limits).shared, 0);
  const task = { taskId: 0, partition: 0 };
  return new TaskSpace(new TaskMemory(budget, newCounters()), new LocalDirs([]), 'none', task);
}

/** What is asked for at once of map outputs on three executors. */
function inFlight(totalBytes: number): number {
  const outputs = Array.from({ length: 6 }, (_, mapPartition): MapOutput => {
    const executorId = `${mapPartition % 3}`;
    const address = { executorId, host: 'localhost', port: 1, viaService: false };
    const location = { kind: 'executor', address } as const;
    return { shuffleId: 1, mapPartition, location, offsets: Float64Array.of(0, 0), rowCount: 0 };
  });
  let bytes = 0;
  const fetch = (requests: readonly FetchRequest[]) => {
    for (const { blocks } of requests) if ('maxBytes' in blocks) bytes += blocks.maxBytes;
    const reason = 'that is enough';
    return {
      kind: 'failed',
      mapPartition: 0,
      executorId: '0',
      isUnreachable: true,
      reason,
    } as const;
  };
  const inputs = shuffleInputs(outputs, 0, spaceOf(totalBytes), fetch);
  expect(() => inputs.next()).toThrow('that is enough');
  return bytes;
}

it.each([
  ['a quarter of the memory of a task', 64 * MIB, 8 * MIB],
  ['no more than 48 MiB', 4096 * MIB, 48 * MIB],
  ['1 MiB at least', MIB, MIB],
])('%s is fetched at once at most', (_, totalBytes, expected) => {
  expect(Math.abs(inFlight(totalBytes) - expected)).toBeLessThan(3);
});
