import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalDirs, MemoryBudget } from '@firesteel/storage';
import { expect, it } from 'vitest';
import { MapOutputStore } from './map-output-store.js';

it('an output for a shuffle service that was removed meanwhile is not there, and does no harm', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'firesteel-outputs-'));
  try {
    const budget = MemoryBudget.create({ totalBytes: 1e6, storageShareBytes: 0, threads: 1 });
    const store = new MapOutputStore(budget, new LocalDirs([directory]), directory);
    const location = { kind: 'file', path: join(directory, 'shuffle_1', '0-7') } as const;
    const offsets = Float64Array.of(0, 8);
    store.keep({ shuffleId: 1, mapPartition: 0, location, offsets, rowCount: 1 }, 0);
    expect(
      await store.find({ shuffleId: 1, mapPartition: 0, partition: 0 }, { from: 0, maxBytes: 8 }),
    ).toBeUndefined();
    expect(store.ids()).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
