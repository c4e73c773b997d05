import { describe, expect, it } from 'vitest';
import { Random } from './random.js';

const draws = (random: Random, n: number) => Array.from({ length: n }, () => random.next());

/** The sum of (observed - expected)² / expected over equal cells. */
function chiSquare(counts: readonly number[], total: number): number {
  const expected = total / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('Random', () => {
  it('gives the same numbers for the same seed and stream, and others for others', () => {
    expect(draws(new Random(5, 1), 20)).toEqual(draws(new Random(5, 1), 20));
    const firsts = [0, 1, -1, 0.5, 2 ** 40].flatMap((seed) =>
      [0, 1, 2, -1].map((stream) => new Random(seed, stream).next()),
    );
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('keeps the sequence that programs may have stored results of', () => {
    expect(draws(new Random(42, 7), 3)).toMatchInlineSnapshot(`
      [
        0.7938222118948028,
        0.887752614199182,
        0.9896649055751844,
      ]
    `);
  });

  it('is uniform in [0, 1)', () => {
    const counts = new Array<number>(256).fill(0);
    const numbers = draws(new Random(1), 256_000);
    expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true);
    for (const x of numbers) {
      const cell = Math.floor(x * 256);
      counts[cell] = (counts[cell] as number) + 1;
    }
    // 255 degrees of freedom: beyond 341 once in 4,000 seeds.
    expect(chiSquare(counts, 256_000)).toBeLessThan(341);
  });

  it('has streams that do not follow one another', () => {
    const counts = new Array<number>(256).fill(0);
    for (let stream = 0; stream < 64_000; stream++) {
      const [a, b] = [new Random(9, stream).next(), new Random(9, stream + 1).next()];
      const cell = Math.floor(a * 16) * 16 + Math.floor(b * 16);
      counts[cell] = (counts[cell] as number) + 1;
    }
    expect(chiSquare(counts, 64_000)).toBeLessThan(341);
  });

  it('shuffles so that every order is as likely', () => {
    const random = new Random(3);
    const orders = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = random.shuffle([1, 2, 3, 4]).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    // 23 degrees of freedom: beyond 52 once in 2,000 seeds.
    expect(chiSquare([...orders.values()], 24_000)).toBeLessThan(52);
  });
});
