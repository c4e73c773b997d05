import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { localFrames } from '../map-output-blocks.js';
import { MapOutputWriter } from '../map-output-writer.js';
import { testSpace } from '../testing/test-space.js';
import { readShuffleIndex } from './shuffle-file.js';

describe('a map output in files', () => {
  it('has an index that tells where each partition lies', () => {
    using own = testSpace(1e6, 'lz4', 0);
    const writer = new MapOutputWriter(3, own.space);
    for (let x = 0; x < 5000; x++) writer.appendRow(x % 2, `row ${x}`);
    const output = writer.finish(7, 0);
    if (output.location.kind !== 'file') throw new Error('it is in memory');
    const { path } = output.location;
    expect(readShuffleIndex(path)).toEqual({ offsets: output.offsets, rowCount: 5000 });
    expect(output.offsets[2]).toBe(output.offsets[3]);
    const rows = [...localFrames(output, 1, own.space.files)].flatMap((f) =>
      f.open().root.toArray(),
    );
    expect(rows.length).toBe(2500);
    expect(rows[0]).toBe('row 1');

    const index = readFileSync(`${path}.index`);
    index[30] = (index[30] as number) ^ 1;
    writeFileSync(`${path}.index`, index);
    expect(() => readShuffleIndex(path)).toThrow(
      expect.objectContaining({ code: 'SHUFFLE_BLOCK_CORRUPT' }),
    );
  });

  it('is no output when it was cut off', () => {
    using own = testSpace(1e6, 'none', 0);
    const writer = new MapOutputWriter(1, own.space);
    for (let x = 0; x < 5000; x++) writer.appendRow(0, `row ${x}`);
    const output = writer.finish(7, 0);
    if (output.location.kind !== 'file') throw new Error('it is in memory');
    const data = `${output.location.path}.data`;
    writeFileSync(data, readFileSync(data).subarray(0, 1000));
    const open = () => [...localFrames(output, 0, own.space.files)].map((f) => f.open());
    expect(open).toThrow(expect.objectContaining({ code: 'SHUFFLE_BLOCK_CORRUPT' }));
  });

  it.each([
    ['the length of a block that goes beyond the end', 3],
    ['the number of rows', 8],
    ['the bucket', 12],
    ['the compression', 16],
    ['the checksum', 20],
    ['a row', 40],
  ])('is no output when a byte has changed in %s', (_, at) => {
    using own = testSpace(1e6, 'none', 0);
    const writer = new MapOutputWriter(1, own.space);
    writer.appendRow(0, 'a row');
    const output = writer.finish(7, 0);
    if (output.location.kind !== 'file') throw new Error('it is in memory');
    const data = `${output.location.path}.data`;
    const bytes = readFileSync(data);
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(data, bytes);
    const open = () => [...localFrames(output, 0, own.space.files)].map((f) => f.open());
    expect(open).toThrow(expect.objectContaining({ code: 'SHUFFLE_BLOCK_CORRUPT' }));
  });

  it('leaves no files when a row cannot be written', () => {
    using own = testSpace(1e6, 'none', 0);
    const writer = new MapOutputWriter(1, own.space);
    writer.appendRow(0, { fine: 1 });
    writer.appendRow(0, () => {});
    expect(() => writer.finish(7, 0)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_VALUE' }),
    );
  });
});
