import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Compression } from '@firesteel/plan';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCompression } from './frame-codec.js';
import { listObjectParts, listSplits } from './list-splits.js';
import { ObjectFileReader } from './object-file-reader.js';
import { ObjectFileWriter } from './object-file-writer.js';

const compressions: readonly Compression[] = ['none', 'gzip', 'lz4', 'zstd'];
let root: string;
let files = 0;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'firesteel-io-'));
  for (const compression of compressions) await loadCompression(compression);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function bytesOf(rows: readonly unknown[], compression: Compression): Buffer {
  const pieces: Uint8Array[] = [];
  const writer = new ObjectFileWriter(compression, (bytes) => pieces.push(bytes));
  for (const row of rows) writer.add(row);
  writer.finish();
  return Buffer.concat(pieces);
}

function put(bytes: Uint8Array): string {
  const file = path.join(root, `objects-${files++}`);
  writeFileSync(file, bytes);
  return file;
}

function rowsOf(file: string, startByte = 0, endByte = Number.POSITIVE_INFINITY): unknown[] {
  const reader = new ObjectFileReader(file);
  try {
    const rows: unknown[] = [];
    const part = { startByte, endByte };
    for (let block = reader.readBlock(part); block !== null; block = reader.readBlock(part))
      rows.push(...block.root.toArray());
    return rows;
  } finally {
    reader.close();
  }
}

describe.each(compressions)('an object file, compression %s', (compression) => {
  it('gives back random rows', () => {
    const row = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        expect(rowsOf(put(bytesOf(rows, compression)))).toEqual(rows);
      }),
      { numRuns: 40 },
    );
  });

  it('gives back rows of many blocks, whole and in parts that begin with blocks', () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => [i, `row ${i} ${'x'.repeat(i % 90)}`]);
    const file = put(bytesOf(rows, compression));
    expect(rowsOf(file)).toEqual(rows);
    const splits = listSplits(
      file,
      { kind: 'objects' },
      { minPartitions: 3, defaultMinPartitions: 2, defaultParallelism: 2 },
    );
    expect(splits.length).toBeGreaterThan(1);
    const parts = splits.flatMap((split) => split.parts);
    expect(new Set(parts.map((part) => part.compression))).toEqual(new Set([compression]));
    const byPart = parts.map((part) => rowsOf(file, part.startByte, part.endByte));
    expect(byPart.every((some) => some.length > 0)).toBe(true);
    expect(byPart.flat()).toEqual(rows);
  });

  it('may be empty', () => {
    expect(rowsOf(put(bytesOf([], compression)))).toEqual([]);
  });

  it('notices every changed byte and every cut, naming file and place', () => {
    const bytes = bytesOf(
      [
        ['a', 1],
        ['b', 2.5],
        [null, 'ü'],
      ],
      compression,
    );
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] as number) ^ 0x15;
      const file = put(changed);
      let rows: unknown;
      try {
        rows = rowsOf(file);
      } catch (error) {
        expect(error).toMatchObject({ code: 'CORRUPT_INPUT', data: { path: file } });
        expect((error as Error).message).toMatch(/damaged at byte \d+: /);
        continue;
      }
      // Unused bytes of the header and padding.
      expect(rows).toEqual([
        ['a', 1],
        ['b', 2.5],
        [null, 'ü'],
      ]);
    }
    for (let length = 0; length < bytes.length; length++)
      expect(() => rowsOf(put(bytes.subarray(0, length)))).toThrowError(
        expect.objectContaining({ code: 'CORRUPT_INPUT' }),
      );
  });
});

describe('object files', () => {
  it('of other programs are refused', () => {
    expect(() =>
      rowsOf(put(Buffer.from('some text that is long enough, but no object file'))),
    ).toThrowError(
      expect.objectContaining({
        code: 'CORRUPT_INPUT',
        message: expect.stringContaining('does not begin as an object file'),
      }),
    );
  });

  it('of another version are refused with both versions', () => {
    const bytes = bytesOf([1], 'none');
    bytes.writeUInt16LE(2, 4);
    expect(() => rowsOf(put(bytes))).toThrowError(/its version is 2, this program reads version 1/);
  });

  it('of version 1 are read for good', () => {
    const fixture = path.join(import.meta.dirname, 'testing/version-1.objects');
    expect(rowsOf(fixture)).toEqual([
      ['text', 1, 2.5, true, null],
      { at: new Date(0), bytes: Uint8Array.of(1, 2), big: 2n ** 70n },
      new Map([[[1], new Set(['x'])]]),
    ]);
    expect(bytesOf(rowsOf(fixture), 'none')).toEqual(readFileSync(fixture));
  });

  it('of a directory must be as many as were written', () => {
    const directory = mkdtempSync(path.join(root, 'parts-'));
    for (const [i, rows] of [[1], [], [3]].entries())
      writeFileSync(path.join(directory, `part-0000${i}`), bytesOf(rows, 'lz4'));
    expect(() => listObjectParts(directory, 3)).toThrowError(
      expect.objectContaining({
        code: 'PATH_NOT_FOUND',
        message: expect.stringContaining('_SUCCESS'),
      }),
    );
    writeFileSync(path.join(directory, '_SUCCESS'), '');
    const splits = listObjectParts(directory, 3);
    expect(splits.map(({ parts }) => parts.map((part) => path.basename(part.path)))).toEqual([
      ['part-00000'],
      ['part-00001'],
      ['part-00002'],
    ]);
    const damaged = (what: string) =>
      expect.objectContaining({ code: 'CORRUPT_INPUT', message: expect.stringContaining(what) });
    expect(() => listObjectParts(directory, 4)).toThrowError(
      damaged('partition 3 of the 4 that were written to it is missing'),
    );
    expect(() => listObjectParts(directory, 2)).toThrowError(damaged('part-00002'));
    renameSync(path.join(directory, 'part-00001'), path.join(directory, 'part-00007'));
    expect(() => listObjectParts(directory, 3)).toThrowError(damaged('part-00007'));
  });
});
