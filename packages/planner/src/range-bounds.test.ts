import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutByWeight, rangeBoundsFromSamples, sampleLimit } from './range-bounds.js';

const ascending = (a: unknown, b: unknown) => (a as number) - (b as number);

describe('range bounds', () => {
  it("give Spark's check value", () => {
    const candidates = [
      [0.7, 2],
      [0.1, 1],
      [0.4, 1],
      [0.3, 1],
      [0.2, 1],
      [0.5, 1],
      [1.0, 3],
    ].map(([key, weight]) => ({ key, weight: weight as number }));
    expect(cutByWeight(candidates, 3, ascending)).toEqual([0.4, 0.7]);
  });

  it('are none without rows, and less than asked for few keys', () => {
    expect(rangeBoundsFromSamples([], 4, ascending)).toEqual([]);
    expect(rangeBoundsFromSamples([{ count: 0, sample: [] }], 4, ascending)).toEqual([]);
    expect(rangeBoundsFromSamples([{ count: 9, sample: [1, 1, 1] }], 4, ascending)).toEqual([1]);
  });

  it('weigh a sampled key by the rows that it stands for', () => {
    const samples = [
      { count: 100, sample: [1, 2] },
      { count: 2, sample: [3, 4] },
    ];
    expect(rangeBoundsFromSamples(samples, 2, ascending)).toEqual([2]);
  });

  it('rise strictly and cut a full sample into even parts', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 10 }),
        (keys, n) => {
          const bounds = rangeBoundsFromSamples(
            [{ count: keys.length, sample: keys }],
            n,
            ascending,
          );
          expect(bounds.length).toBe(Math.min(n, keys.length) - 1);
          let previous = Number.NEGATIVE_INFINITY;
          for (const bound of [...(bounds as number[]), Number.POSITIVE_INFINITY]) {
            expect(bound).toBeGreaterThan(previous);
            const inside = keys.filter((key) => key > previous && key <= bound).length;
            expect(inside).toBeLessThanOrEqual(
              Math.ceil(keys.length / Math.min(n, keys.length)) + 1,
            );
            previous = bound;
          }
        },
      ),
    );
  });
});

describe('sampleLimit', () => {
  it('is three times the share of 20 keys for each output partition', () => {
    expect(sampleLimit(10, 4)).toBe(150);
    expect(sampleLimit(10, 7)).toBe(86);
    expect(sampleLimit(1_000_000, 2)).toBe(1_500_000);
  });
});
