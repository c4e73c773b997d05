import { describe, expect, it } from 'vitest';
import { binomial, drawFrom, hypergeometric, poisson, type Unimodal } from './draws.js';
import { Random } from './random.js';

/** Probabilities of 0, 1, 2, … by the definition, for small numbers. */
const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
const cases: [name: string, Unimodal, probability: (k: number) => number, mean: number][] = [
  ['poisson(0.3)', poisson(0.3), poissonProbability(0.3), 0.3],
  ['poisson(6.5)', poisson(6.5), poissonProbability(6.5), 6.5],
  ['binomial(20, 0.3)', binomial(20, 0.3), (k) => choose(20, k) * 0.3 ** k * 0.7 ** (20 - k), 6],
  [
    'binomial(50, 0.02)',
    binomial(50, 0.02),
    (k) => choose(50, k) * 0.02 ** k * 0.98 ** (50 - k),
    1,
  ],
  [
    'hypergeometric(30, 12, 10)',
    hypergeometric(30, 12, 10),
    (k) => (choose(12, k) * choose(18, 10 - k)) / choose(30, 10),
    4,
  ],
];

function poissonProbability(mean: number) {
  return (k: number): number => {
    let p = Math.exp(-mean);
    for (let i = 1; i <= k; i++) p *= mean / i;
    return p;
  };
}

describe('draws', () => {
  it.each(cases)(
    'from %s come as often as they should',
    (_name, distribution, probability, mean) => {
      const random = new Random(11);
      const n = 100_000;
      const counts = new Map<number, number>();
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const k = drawFrom(distribution, random);
        counts.set(k, (counts.get(k) ?? 0) + 1);
        sum += k;
      }
      expect(sum / n).toBeCloseTo(mean, 1);
      for (const [k, count] of counts) {
        expect(Number.isInteger(k) && k >= distribution.min && k <= distribution.max).toBe(true);
        const p = probability(k);
        // Five standard deviations, and one more for the rare ones.
        expect(Math.abs(count - n * p)).toBeLessThan(5 * Math.sqrt(n * p * (1 - p)) + 6);
      }
    },
  );

  it('have the right mean and variance for large numbers', () => {
    const random = new Random(12);
    const distributions: [Unimodal, mean: number, variance: number][] = [
      [poisson(1e7), 1e7, 1e7],
      [binomial(1e8, 0.25), 0.25e8, 0.1875e8],
      [hypergeometric(1e9, 4e8, 1e6), 4e5, 1e6 * 0.4 * 0.6 * (1 - 1e6 / 1e9)],
    ];
    for (const [distribution, mean, variance] of distributions) {
      const n = 400;
      const draws = Array.from({ length: n }, () => drawFrom(distribution, random));
      const seen = draws.reduce((a, b) => a + b) / n;
      expect(Math.abs(seen - mean)).toBeLessThan((4 * Math.sqrt(variance)) / Math.sqrt(n));
      const spread = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n / variance;
      expect(spread).toBeGreaterThan(0.7);
      expect(spread).toBeLessThan(1.35);
    }
  });

  it('are certain where there is no choice', () => {
    const random = new Random(1);
    expect(drawFrom(poisson(0), random)).toBe(0);
    expect(drawFrom(hypergeometric(10, 10, 4), random)).toBe(4);
    expect(drawFrom(hypergeometric(10, 0, 4), random)).toBe(0);
    expect(drawFrom(hypergeometric(10, 7, 10), random)).toBe(7);
    expect(drawFrom(binomial(0, 0.5), random)).toBe(0);
  });
});
