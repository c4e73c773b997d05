import { createNode, type RangeNode } from '@firesteel/plan';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coalesceGroups, rangeSplit, sliceBounds } from './slices.js';

describe('sliceBounds', () => {
  it('follows the floor rule', () => {
    const slices = (length: number, n: number) =>
      Array.from({ length: n }, (_, i) => sliceBounds(length, i, n));
    expect(slices(5, 2)).toEqual([
      [0, 2],
      [2, 5],
    ]);
    expect(slices(2, 3)).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
    ]);
  });

  it('covers everything once, in sizes that differ by one at most', () => {
    const lengths = fc.oneof(fc.nat(1000), fc.maxSafeNat());
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 50 }), (length, n) => {
        let next = 0;
        for (let i = 0; i < n; i++) {
          const [start, end] = sliceBounds(length, i, n);
          expect(start).toBe(next);
          expect([Math.floor(length / n), Math.ceil(length / n)]).toContain(end - start);
          next = end;
        }
        expect(next).toBe(length);
      }),
    );
  });
});

describe('rangeSplit', () => {
  const rangeOf = <N extends number | bigint>(start: N, end: N, step: N) =>
    createNode({
      kind: 'range',
      parents: [],
      callSite: { method: 'range', file: 'a.ts', line: 1 },
      start,
      end,
      step,
    }) as RangeNode;

  function rowsOf(node: RangeNode, numPartitions: number): (number | bigint)[] {
    const rows: (number | bigint)[] = [];
    for (let p = 0; p < numPartitions; p++) {
      const split = rangeSplit(node, p, numPartitions);
      if (split.kind !== 'range') throw new Error('not a range');
      for (let i = 0; i < split.count; i++)
        rows.push(
          typeof split.start === 'bigint'
            ? split.start + BigInt(i) * BigInt(split.step)
            : split.start + i * Number(split.step),
        );
    }
    return rows;
  }

  it('counts like a loop, in numbers and in bigints', () => {
    const step = fc.integer({ min: -7, max: 7 }).filter((s) => s !== 0);
    const bound = fc.integer({ min: -60, max: 60 });
    fc.assert(
      fc.property(bound, bound, step, fc.integer({ min: 1, max: 9 }), (start, end, by, n) => {
        const expected: number[] = [];
        for (let x = start; by > 0 ? x < end : x > end; x += by) expected.push(x);
        expect(rowsOf(rangeOf(start, end, by), n)).toEqual(expected);
        expect(rowsOf(rangeOf(BigInt(start), BigInt(end), BigInt(by)), n)).toEqual(
          expected.map(BigInt),
        );
      }),
    );
  });

  it('stays exact near the limits', () => {
    const end = Number.MAX_SAFE_INTEGER;
    expect(rangeSplit(rangeOf(0, end, 1), 2, 3)).toEqual({
      kind: 'range',
      start: Number((BigInt(end) * 2n) / 3n),
      step: 1,
      count: end - Number((BigInt(end) * 2n) / 3n),
    });
    const split = rangeSplit(rangeOf(0n, 1n << 70n, 1n << 68n), 1, 2);
    expect(split).toEqual({ kind: 'range', start: 1n << 69n, step: 1n << 68n, count: 2 });
  });
});

describe('coalesceGroups', () => {
  it('cuts contiguous runs', () => {
    expect(coalesceGroups(5, 2)).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
    expect(coalesceGroups(3, 3)).toEqual([[0], [1], [2]]);
  });
});
