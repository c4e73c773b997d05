import {
  frameBytes,
  framesInMemory,
  localBlock,
  type MapBlock,
  MapOutputWriter,
  TaskSpace,
} from '@firesteel/shuffle';
import { LocalDirs, MemoryBudget, TaskMemory } from '@firesteel/storage';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newCounters } from '../pipeline/running-task.js';
import { remoteFrames } from './remote-frames.js';

/** A block with frames of many sizes: each has rows of another kind than the one before. */
function blockOf(rowCounts: readonly number[]): Uint8Array {
  const limits = { totalBytes: 1e9, storageShareBytes: 1e9, threads: 1 };
  const budget = MemoryBudget.attach(MemoryBudget.create(limits).shared, 0);
  const memory = new TaskMemory(budget, newCounters());
  const space = new TaskSpace(memory, new LocalDirs([]), 'none', { taskId: 0, partition: 0 });
  const writer = new MapOutputWriter(1, space);
  rowCounts.forEach((rows, frame) => {
    for (let i = 0; i < rows; i++)
      if (frame % 2 === 0) writer.appendNumbersTo(0, frame, i);
      else writer.appendPair(0, `${frame}`, `row ${i}`);
  });
  return localBlock(writer.finish(1, 0), 0) as Uint8Array;
}

function pieceOf(block: Uint8Array, from: number, maxBytes: number): MapBlock {
  const bytes = new Uint8Array(block.slice(from, from + maxBytes));
  return { mapPartition: 0, bytes, sizeBytes: block.length, version: 1 };
}

/** The rows, and the sizes of the pieces that were asked for. */
function read(block: Uint8Array, windowBytes: number) {
  const asked: number[] = [];
  const frames = remoteFrames(pieceOf(block, 0, windowBytes), windowBytes, ({ maxBytes, rest }) => {
    asked.push(maxBytes);
    return pieceOf(block, rest.from, maxBytes);
  });
  const rows = [...frames].flatMap((frame) => frame.open().root.toArray());
  return { rows, asked };
}

it('a block of any size gives the same rows in pieces of any size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 4000 }),
      (rowCounts, windowBytes) => {
        const block = blockOf(rowCounts);
        const { rows: whole, asked: none } = read(block, 1e9);
        expect(none).toEqual([]);
        const { rows, asked } = read(block, windowBytes);
        expect(rows).toEqual(whole);
        // No more than the largest frame is asked for.
        const frames = [...framesInMemory(block, false)];
        const largest = Math.max(0, ...frames.map(({ header }) => frameBytes(header)));
        expect(Math.max(0, ...asked)).toBeLessThanOrEqual(Math.max(windowBytes, largest));
      },
    ),
    { numRuns: 30 },
  );
});

it('a frame that does not end within its block is damaged', () => {
  const block = blockOf([50, 50, 50]);
  new DataView(block.buffer, block.byteOffset).setUint32(0, 1 << 30, true);
  expect(() => read(block, 100)).toThrow(
    expect.objectContaining({ code: 'SHUFFLE_BLOCK_CORRUPT' }),
  );
});
