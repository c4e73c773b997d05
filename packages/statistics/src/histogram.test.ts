import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, evenBucketOf, evenEdges } from './histogram.js';

describe('buckets', () => {
  it('hold their lower edge, the last one both', () => {
    const edges = [0, 5, 11];
    expect([-0.01, 0, 4.9, 5, 11, 11.01, Number.NaN].map((x) => bucketOf(edges, x))).toEqual([
      -1, 0, 0, 1, 1, -1, -1,
    ]);
    const open = [Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY];
    expect([10.01, -0.01, Number.NaN].map((x) => bucketOf(open, x))).toEqual([1, 0, -1]);
  });

  it('of even edges are found by arithmetic as by search', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.integer({ min: 1, max: 50 }), fc.array(value), (a, b, n, xs) => {
        const edges = evenEdges(Math.min(a, b), Math.max(a, b), n);
        fc.pre(edges.every((edge, i) => i === 0 || edge > (edges[i - 1] as number)));
        for (const x of [...xs, ...edges]) expect(evenBucketOf(edges, x)).toBe(bucketOf(edges, x));
      }),
      { numRuns: 500 },
    );
  });

  it('are one where there is no width', () => {
    expect(evenEdges(3, 3, 5)).toEqual([3, 3]);
    expect(evenBucketOf([3, 3], 3)).toBe(0);
  });
});
