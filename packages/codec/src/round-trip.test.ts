import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRows } from './block.js';
import { encodeRows } from './block-builder.js';
import { decodeValue, encodeValue } from './value-codec.js';

/** Any value that blocks and encoded values carry without a change. */
function faithfulValue(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.anything({
      maxDepth: 3,
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    }),
    fc.constantFrom<unknown>(
      undefined,
      null,
      -0,
      0,
      Number.NaN,
      2 ** 31,
      2 ** 53,
      10n ** 40n,
      '\ud800',
      new Date(Number.NaN),
      /a+\/b/gi,
      new DataView(new ArrayBuffer(3), 1, 2),
      new ArrayBuffer(5),
      BigInt64Array.of(1n, -1n),
      Buffer.from('buffer'),
      [[], {}],
    ),
  );
}

describe('round trips', () => {
  it('keep every value', () => {
    fc.assert(
      fc.property(faithfulValue(), (value) => {
        expect(decodeValue(encodeValue(value))).toStrictEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('keep any rows that the format carries', () => {
    fc.assert(
      fc.property(fc.array(faithfulValue(), { maxLength: 12 }), (rows) => {
        expect(decodeRows(new Uint8Array(encodeRows(rows)))).toStrictEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  it('keep rows of one shape', () => {
    const cell = fc.constantFrom<fc.Arbitrary<unknown>>(
      fc.integer(),
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary-ascii' }),
      fc.boolean(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.date({ noInvalidDate: false }),
      fc.uint8Array(),
      fc.array(fc.integer()),
      fc.option(fc.string()),
      fc.option(fc.double(), { nil: undefined }),
      faithfulValue(),
    );
    const shaped = fc
      .oneof(fc.array(cell, { minLength: 1, maxLength: 4 }), fc.dictionary(fc.string(), cell))
      .chain((cells) => {
        const row: fc.Arbitrary<unknown> = Array.isArray(cells)
          ? fc.tuple(...cells)
          : fc.record(cells, { noNullPrototype: true });
        return fc.array(row, { maxLength: 20 });
      });
    fc.assert(
      fc.property(shaped, (rows) => {
        expect(decodeRows(new Uint8Array(encodeRows(rows)))).toStrictEqual(rows);
      }),
      { numRuns: 500 },
    );
  });
});
