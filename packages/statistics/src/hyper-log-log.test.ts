import { describe, expect, it } from 'vitest';
import {
  addToSketch,
  estimateDistinct,
  mergeSketches,
  newSketch,
  precisionFor,
} from './hyper-log-log.js';

const sketchOf = (precision: number, keys: Iterable<unknown>) => {
  const sketch = newSketch(precision);
  for (const key of keys) addToSketch(sketch, key);
  return sketch;
};
const upTo = function* (n: number, make: (i: number) => unknown) {
  for (let i = 0; i < n; i++) yield make(i);
};

describe('sketches', () => {
  it('have the precision that keeps the error', () => {
    expect(precisionFor(0.05)).toBe(9);
    expect(precisionFor(0.9)).toBe(4);
    expect(precisionFor(0.00026)).toBe(24);
  });

  const kinds: [string, (i: number) => unknown][] = [
    ['integers', (i) => i],
    ['fractions', (i) => i / 7],
    ['strings', (i) => `user-${i}`],
    ['tuples', (i) => [i % 1000, Math.floor(i / 1000)]],
  ];
  it.each(kinds)('count distinct %s, few and many, within four deviations', (_name, make) => {
    for (const precision of [4, 9, 14])
      for (const n of [1, 10, 200, 3000, 100_000]) {
        const estimate = estimateDistinct(sketchOf(precision, upTo(n, make)));
        const deviation = 1.04 / Math.sqrt(2 ** precision);
        expect(Math.abs(estimate / n - 1)).toBeLessThan(4 * deviation);
      }
  });

  it('are 0 for nothing, and do not count a key twice', () => {
    expect(estimateDistinct(newSketch(9))).toBe(0);
    const keys = [...upTo(500, (i) => `k${i}`)];
    expect(sketchOf(9, [...keys, ...keys])).toEqual(sketchOf(9, keys));
  });

  it('unite to the sketch of the union', () => {
    const make = (i: number) => `k${i}`;
    const some = sketchOf(10, upTo(3000, make));
    const others = sketchOf(
      10,
      upTo(4000, (i) => make(i + 2000)),
    );
    expect(mergeSketches(some, others)).toEqual(sketchOf(10, upTo(6000, make)));
  });
});
