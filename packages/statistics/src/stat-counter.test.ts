import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StatCounter } from './stat-counter.js';

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 50 });

describe('StatCounter', () => {
  it('means what the definitions say, however the numbers were parted', () => {
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 5 }), (parts) => {
        const all = parts.flat();
        const counter = new StatCounter();
        for (const part of parts) counter.merge(new StatCounter(part));
        expect(counter.count).toBe(all.length);
        if (all.length === 0) return;
        const mean = all.reduce((a, b) => a + b) / all.length;
        const squares = all.reduce((sum, x) => sum + (x - mean) ** 2, 0);
        expect(counter.mean).toBeCloseTo(mean, 4);
        expect(counter.sum).toBeCloseTo(mean * all.length, 3);
        expect(counter.min).toBe(Math.min(...all));
        expect(counter.max).toBe(Math.max(...all));
        expect(Math.abs(counter.variance - squares / all.length)).toBeLessThan(
          1e-9 * (1 + squares + 1e9),
        );
      }),
    );
  });

  it('stays exact far from 0', () => {
    const shifted = Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2));
    expect(new StatCounter(shifted).variance).toBeCloseTo(0.25, 6);
  });

  it('may be merged with itself', () => {
    const counter = new StatCounter([1, 2, 3]);
    counter.merge(counter);
    expect(counter.count).toBe(6);
    expect(counter.mean).toBe(2);
    expect(counter.variance).toBeCloseTo(2 / 3, 12);
  });

  it('says what there is to say of none and of one', () => {
    const none = new StatCounter();
    expect([none.count, none.sum, none.mean]).toEqual([0, 0, 0]);
    expect([none.min, none.max]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect([none.variance, none.sampleVariance, none.stdev]).toEqual([NaN, NaN, NaN]);
    const one = new StatCounter([4]);
    expect([one.variance, one.popStdev]).toEqual([0, 0]);
    expect([one.sampleVariance, one.sampleStdev]).toEqual([NaN, NaN]);
    expect(`${one}`).toBe('(count: 1, mean: 4, stdev: 0, max: 4, min: 4)');
  });
});
