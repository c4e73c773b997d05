import { expect, it } from 'vitest';
import { KeyedOutputWriter } from './keyed-output-writer.js';
import { MapOutputWriter } from './map-output-writer.js';
import { testSpace } from './testing/test-space.js';

/** Encoded sizes and rows of the blocks of a writer's only partition. */
function blocksOf(writer: MapOutputWriter | KeyedOutputWriter) {
  const [frames = []] = [...writer.takeBlocks()];
  return frames.map(({ block }) => ({ sizeBytes: block.sizeBytes(), rowCount: block.rowCount }));
}

it.each([
  { bytes: 100, rows: 40_000 },
  { bytes: 20_000, rows: 200 },
])('closes blocks of rows of $bytes bytes before they get large', ({ bytes, rows }) => {
  using test = testSpace();
  const writer = new MapOutputWriter(1, test.space);
  for (let i = 0; i < rows; i++) writer.appendPair(0, i, String(i).padEnd(bytes));
  const blocks = blocksOf(writer);
  expect(blocks.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(rows);
  for (const { sizeBytes } of blocks.slice(0, -1)) {
    expect(sizeBytes).toBeGreaterThan(200_000);
    expect(sizeBytes).toBeLessThan(2_000_000);
  }
});

it('closes a block whose later rows are much larger than the first ones', () => {
  using test = testSpace();
  const writer = new MapOutputWriter(1, test.space);
  for (let i = 0; i < 20_000; i++) writer.appendRow(0, 'x'.repeat(i < 10_000 ? 30 : 3000));
  for (const { sizeBytes } of blocksOf(writer)) expect(sizeBytes).toBeLessThan(2_000_000);
});

it('closes blocks of long keys', () => {
  using test = testSpace();
  const writer = new KeyedOutputWriter(1, test.space, 'pair', () => 0);
  for (let i = 0; i < 40_000; i++) writer.appendStringNumber(String(i).padEnd(100), i);
  const blocks = blocksOf(writer);
  expect(blocks.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(40_000);
  for (const { sizeBytes } of blocks) expect(sizeBytes).toBeLessThan(1_000_000);
});
