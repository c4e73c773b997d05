import fc from 'fast-check';

/** Any value that blocks and encoded values carry without a change. */
export function faithfulValue(): fc.Arbitrary<unknown> {
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
