import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawQuotas } from './quotas.js';
import { Random } from './random.js';
import {
  bernoulliSampler,
  CellSampler,
  PoissonSampler,
  RepeatedSelectionSampler,
  SelectionSampler,
} from './samplers.js';

const positions = (n: number, keep: () => boolean) =>
  Array.from({ length: n }, (_, i) => i).filter(keep);

describe('bernoulliSampler', () => {
  it.each([0.001, 0.05, 0.4, 0.41, 0.9])('keeps a fraction of %s', (fraction) => {
    const n = 200_000;
    const sampler = bernoulliSampler(fraction, new Random(2));
    const kept = positions(n, () => sampler.keep());
    const deviation = Math.sqrt(n * fraction * (1 - fraction));
    expect(Math.abs(kept.length - n * fraction)).toBeLessThan(4 * deviation);
    // Rows of both halves alike, and neighbours independently of each other.
    const firstHalf = kept.filter((i) => i < n / 2).length;
    expect(Math.abs(firstHalf - kept.length / 2)).toBeLessThan(4 * deviation);
    const neighbours = kept.filter((i, at) => kept[at + 1] === i + 1).length;
    const expected = n * fraction ** 2;
    expect(Math.abs(neighbours - expected)).toBeLessThan(8 * Math.sqrt(expected) + 4);
  });

  it('keeps none for 0 and all for 1', () => {
    const none = bernoulliSampler(0, new Random(1));
    const all = bernoulliSampler(1, new Random(1));
    expect(positions(1000, () => none.keep())).toEqual([]);
    expect(positions(1000, () => all.keep()).length).toBe(1000);
  });
});

describe('CellSampler', () => {
  it('splits rows over cells that lie side by side', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (seed, cuts) => {
          const bounds = [0, ...cuts.sort((a, b) => a - b), 1];
          const cells = bounds.slice(1).map((high, i) => {
            const sampler = new CellSampler(bounds[i] as number, high, new Random(seed, 4));
            return positions(100, () => sampler.keep());
          });
          expect(cells.flat().sort((a, b) => a - b)).toEqual(positions(100, () => true));
        },
      ),
    );
  });
});

describe('PoissonSampler', () => {
  it.each([0.01, 0.5, 3, 40])('draws a row %s times on average', (fraction) => {
    const n = 50_000;
    const sampler = new PoissonSampler(fraction, new Random(6));
    const copies = Array.from({ length: n }, () => sampler.copies());
    const mean = copies.reduce((a, b) => a + b) / n;
    expect(Math.abs(mean - fraction)).toBeLessThan(4 * Math.sqrt(fraction / n));
    const variance = copies.reduce((sum, k) => sum + (k - fraction) ** 2, 0) / n;
    expect(variance / fraction).toBeGreaterThan(0.85);
    expect(variance / fraction).toBeLessThan(1.15);
  });
});

describe('exact samplers', () => {
  it('take as many as they were asked for', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(60), fc.nat(60), (seed, count, size) => {
        const take = Math.min(count, size);
        const once = new SelectionSampler(count, take, new Random(seed));
        expect(positions(count, () => once.keep()).length).toBe(take);
        const repeated = new RepeatedSelectionSampler(
          count,
          count === 0 ? 0 : size,
          new Random(seed),
        );
        let copies = 0;
        for (let i = 0; i < count; i++) copies += repeated.copies();
        expect(copies).toBe(count === 0 ? 0 : size);
      }),
    );
  });

  it('take no more from rows that nobody counted', () => {
    const sampler = new SelectionSampler(3, 2, new Random(1));
    expect(positions(20, () => sampler.keep()).length).toBe(2);
  });

  it('draw every subset alike', () => {
    const counts = new Map<string, number>();
    const random = new Random(8);
    for (let i = 0; i < 30_000; i++) {
      const sampler = new SelectionSampler(6, 2, random);
      const subset = positions(6, () => sampler.keep()).join();
      counts.set(subset, (counts.get(subset) ?? 0) + 1);
    }
    expect(counts.size).toBe(15);
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(4 * 44);
  });

  it('draw every row alike when rows may come again', () => {
    const copies = [0, 0, 0, 0, 0];
    const random = new Random(8);
    for (let i = 0; i < 10_000; i++) {
      const sampler = new RepeatedSelectionSampler(5, 4, random);
      for (let row = 0; row < 5; row++) copies[row] = (copies[row] as number) + sampler.copies();
    }
    for (const count of copies) expect(Math.abs(count - 8000)).toBeLessThan(4 * 80);
  });
});

describe('drawQuotas', () => {
  it('share out a sample, from no partition more than it has', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.nat(50), { maxLength: 8 }),
        fc.nat(100),
        fc.boolean(),
        (seed, counts, size, withReplacement) => {
          const rows = counts.reduce((a, b) => a + b, 0);
          const take = rows === 0 ? 0 : withReplacement ? size : Math.min(size, rows);
          const quotas = drawQuotas(counts, take, withReplacement, new Random(seed));
          expect(quotas.reduce((a, b) => a + b, 0)).toBe(take);
          for (const [p, quota] of quotas.entries()) {
            expect(Number.isInteger(quota) && quota >= 0).toBe(true);
            if (!withReplacement) expect(quota).toBeLessThanOrEqual(counts[p] as number);
            if (counts[p] === 0) expect(quota).toBe(0);
          }
        },
      ),
    );
  });

  it.each([true, false])('in proportion to the rows (replacement: %s)', (withReplacement) => {
    const random = new Random(4);
    const sums = [0, 0, 0];
    for (let i = 0; i < 5000; i++)
      for (const [p, quota] of drawQuotas([10, 30, 60], 20, withReplacement, random).entries())
        sums[p] = (sums[p] as number) + quota;
    expect(sums[0]).toBeGreaterThan(5000 * 1.9);
    expect(sums[0]).toBeLessThan(5000 * 2.1);
    expect(sums[2]).toBeGreaterThan(5000 * 11.9);
    expect(sums[2]).toBeLessThan(5000 * 12.1);
  });
});
