import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultOverhead, fittingHeapMiB, overheadMiB } from './executor-size.js';

test.each([
  [600, defaultOverhead, 384],
  [3_840, defaultOverhead, 384],
  [10_240, defaultOverhead, 1_024],
  [10_249, defaultOverhead, 1_024],
  [10_240, { ...defaultOverhead, fixedMiB: 100 }, 100],
  [1_000, { factor: 0.5, minMiB: 0 }, 500],
])('a heap of %d MiB has with %j an overhead of %d', (heap, overhead, expected) => {
  expect(overheadMiB(heap, overhead)).toBe(expected);
});

test('the fitting heap is in its range and fits, and nothing much larger does', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.integer({ min: 1, max: 1e5 }),
      fc.integer({ min: 0, max: 1e5 }),
      fc.record({
        fixedMiB: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
        factor: fc.double({ min: 0, max: 2, noNaN: true }),
        minMiB: fc.integer({ min: 0, max: 2_000 }),
      }),
      (free, min, span, { fixedMiB, ...rest }) => {
        const overhead = fixedMiB === undefined ? rest : { ...rest, fixedMiB };
        const range = { min, max: min + span };
        const fits = (heap: number): boolean => heap + overheadMiB(heap, overhead) <= free;
        const heap = fittingHeapMiB(free, range, overhead);
        if (heap === undefined) expect(fits(min)).toBe(false);
        else {
          expect(heap >= range.min && heap <= range.max && fits(heap)).toBe(true);
          if (heap < range.max) expect(fits(heap + 3)).toBe(false);
        }
      },
    ),
  );
});
