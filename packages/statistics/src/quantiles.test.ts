import { describe, expect, it } from 'vitest';
import { normalBound, poissonQuantile, studentBound } from './quantiles.js';

// Expected values are those of printed tables (Abramowitz and Stegun, 26.1, 26.10) and of R.
describe('normalBound', () => {
  it.each([
    [0.5, 0.67449],
    [0.9, 1.64485],
    [0.95, 1.95996],
    [0.99, 2.57583],
    [0.999999, 4.89164],
  ])('of %s is %s', (confidence, z) => {
    expect(normalBound(confidence)).toBeCloseTo(z, 4);
  });

  it('is 0 for no confidence, and endless for certainty', () => {
    expect(normalBound(0)).toBe(0);
    expect(normalBound(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalBound(1 - 2 ** -53)).toBeGreaterThan(8);
  });
});

describe('studentBound', () => {
  it.each([
    [1, 12.7062],
    [2, 4.30265],
    [3, 3.18245],
    [10, 2.22814],
    [31, 2.03951],
    [100, 1.98397],
  ])('with %s degrees of freedom is %s', (freedom, t) => {
    expect(studentBound(0.95, freedom)).toBeCloseTo(t, 4);
  });
});

describe('poissonQuantile', () => {
  it.each([
    [0.5, 0.975, 2],
    [3, 0.025, 0],
    [3, 0.5, 3],
    [10, 0.025, 4],
    [10, 0.975, 17],
    [1000, 0.975, 1062],
  ])('of mean %s at %s is %s', (mean, probability, k) => {
    expect(poissonQuantile(mean, probability)).toBe(k);
  });

  it('passes to the normal distribution without a step', () => {
    for (const probability of [0.005, 0.3, 0.5, 0.8, 0.995]) {
      const below = poissonQuantile(1_000_000, probability);
      const above = poissonQuantile(1_000_001, probability);
      expect(Math.abs(above - below - 1)).toBeLessThanOrEqual(2);
    }
  });
});
