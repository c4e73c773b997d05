import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutByWeight,
  rangeBoundsFromSamples,
  rangesFromSamples,
  sampleLimit,
} from './range-bounds.js';

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

describe('cuts', () => {
  const samplesOf = (rows: number, keys: readonly number[]) => [{ count: rows, sample: keys }];
  const keys = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 3000);

  it('are the bounds and others between them', () => {
    const { bounds, cuts } = rangesFromSamples(samplesOf(1.2e6, keys), 4, ascending);
    expect(bounds).toEqual([749, 1499, 2249]);
    expect(cuts.length).toBeGreaterThan(200);
    expect(cuts).toEqual([...new Set(cuts)].sort(ascending));
    expect(cuts).toEqual(expect.arrayContaining([...bounds]));
  });

  it('are none for few rows', () => {
    expect(rangesFromSamples(samplesOf(30_000, keys), 4, ascending).cuts).toEqual([]);
    expect(rangesFromSamples([], 4, ascending)).toEqual({ bounds: [], cuts: [] });
  });

  it('are as few as the keys', () => {
    const { bounds, cuts } = rangesFromSamples(samplesOf(1e6, [1, 1, 1, 5, 5, 5]), 4, ascending);
    expect(bounds).toEqual([1, 5]);
    expect(cuts).toEqual([1, 5]);
  });
});

describe('sampleLimit', () => {
  it('is three times the share of 20 keys for each output partition', () => {
    expect(sampleLimit(200, 4)).toBe(3000);
    expect(sampleLimit(200, 7)).toBe(1715);
    expect(sampleLimit(1_000_000, 2)).toBe(1_500_000);
  });

  it('is enough to cut few partitions into buckets', () => {
    expect(sampleLimit(10, 4)).toBe(1536);
    expect(sampleLimit(1, 4)).toBe(1536);
  });
});
