import { FiresteelError } from '@firesteel/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRows, openBlock } from './block.js';
import { encodeRows } from './block-builder.js';
import { writeUint32 } from './block-format.js';
import { decodeValue, encodeValue } from './value-codec.js';

const samples: readonly (readonly unknown[])[] = [
  [],
  [null, undefined],
  [1, 2, 3],
  [0.5, 1.5],
  ['a', 'bc', '日本', 'x'.repeat(2000)],
  [true, false, null],
  [1n, -1n],
  [new Date(1), new Date(2)],
  [Uint8Array.of(1, 2), Uint8Array.of(3)],
  [['a', 1], ['b', 2]],
  [{ id: 1, name: 'a', tags: ['x'] }, { id: 2, name: 'b', tags: [] }],
  [[1, 2], [], [3, 4, 5]],
  [{ a: 1 }, { b: [1, 'x', new Map([[1, 2]])] }],
  [-0, new Error('x'), new Set([Float64Array.of(1)])],
]; // biome-ignore format: a table

const corrupt = expect.objectContaining({ code: 'BLOCK_CORRUPT' });

/** Reads everything; damage may go unnoticed without a checksum, but ends in no other error. */
function readAll(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!FiresteelError.is(error, 'BLOCK_CORRUPT')) throw error;
  }
}

describe('damaged blocks', () => {
  it('finds every changed byte by the checksum', () => {
    for (const rows of samples) {
      const bytes = new Uint8Array(encodeRows(rows, { checksum: true }));
      expect(openBlock(bytes, { verifyChecksum: true }).root.toArray()).toStrictEqual(rows);
      for (let i = 0; i < bytes.length; i++) {
        const damaged = bytes.slice();
        damaged[i] = (damaged[i] as number) ^ (1 << (i % 8));
        expect(() => openBlock(damaged, { verifyChecksum: true })).toThrowError(corrupt);
      }
    }
  });

  it('misses a checksum that was asked for', () => {
    expect(() => openBlock(new Uint8Array(encodeRows([1])), { verifyChecksum: true })).toThrowError(
      corrupt,
    );
  });

  it('finds every truncation', () => {
    for (const rows of samples) {
      const bytes = new Uint8Array(encodeRows(rows));
      for (let length = 0; length < bytes.length; length++)
        expect(() => decodeRows(bytes.slice(0, length))).toThrowError(corrupt);
    }
  });

  it('ends with BLOCK_CORRUPT or with rows, whatever is changed', { timeout: 60_000 }, () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (rows, changes) => {
          const bytes = new Uint8Array(encodeRows(rows));
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          readAll(() => {
            const { root, rowCount } = openBlock(bytes);
            root.toArray();
            for (let i = 0; i < Math.min(rowCount, 50); i++) root.get(i);
          });
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('ends with BLOCK_CORRUPT for random bytes behind a good header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 200 }), (noise) => {
        const bytes = new Uint8Array(encodeRows(Array.from({ length: 64 }, (_, i) => `${i}`)));
        bytes.set(noise.subarray(0, bytes.length - 24), 24);
        readAll(() => decodeRows(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[name: string, offset: number, value: number]>([
    ['magic', 0, 0],
    ['version', 4, 2],
    ['size', 8, 0xfffffff8],
    ['small size', 8, 8],
    ['row count', 12, 0x7fffffff],
    ['column length', 28, 0x7fffffff],
    ['column size', 32, 0x7ffffff8],
    ['column size of nothing', 32, 0],
    ['field count', 36, 0xffffffff],
  ])('refuses an absurd %s', (_name, offset, value) => {
    const bytes = new Uint8Array(encodeRows([['a', 1], ['b', 2.5]])); // biome-ignore format: rows
    writeUint32(bytes, offset, value);
    expect(() => decodeRows(bytes)).toThrowError(corrupt);
  });

  it('does not believe in billions of rows without data', () => {
    const bytes = new Uint8Array(encodeRows([null, null]));
    writeUint32(bytes, 12, 2 ** 26);
    writeUint32(bytes, 28, 2 ** 26);
    expect(() => openBlock(bytes)).toThrowError(corrupt);
  });

  it('reads damaged values to the end or not at all', () => {
    const values: unknown[] = ['abc', 1.5, [1, 'x', { a: [2n ** 70n] }], new Map([[-0, /x/]])];
    for (const value of values) {
      const bytes = encodeValue(value);
      for (let i = 0; i < bytes.length; i++) {
        readAll(() => decodeValue(bytes.slice(0, i)));
        for (let bit = 0; bit < 8; bit++) {
          const damaged = bytes.slice();
          damaged[i] = (damaged[i] as number) ^ (1 << bit);
          readAll(() => decodeValue(damaged));
        }
      }
    }
    for (const bytes of [Uint8Array.of(), Uint8Array.of(99), Uint8Array.of(4, 1)])
      expect(() => decodeValue(bytes)).toThrowError(corrupt);
  });
});
