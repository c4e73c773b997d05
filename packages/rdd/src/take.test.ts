import { describe, expect, it } from 'vitest';
import { takeGrowing } from './take.js';

/** Takes from partitions of the given sizes and notes which are looked into, and for how many. */
async function take(limit: number, sizes: readonly number[], scaleUpFactor = 4) {
  const scans: [number, number][] = [];
  const rows = await takeGrowing(
    limit,
    sizes.length,
    async (partitions, left) => {
      scans.push([partitions.length, left]);
      return partitions.map((p) => Array.from({ length: Math.min(sizes[p] ?? 0, left) }, () => p));
    },
    { initialPartitions: 1, scaleUpFactor },
  );
  return { rows, scans };
}

describe('takeGrowing', () => {
  it('stops with the first partition that is enough', async () => {
    expect(await take(2, [5, 5])).toEqual({ rows: [0, 0], scans: [[1, 2]] });
  });

  it('looks into four times as many while it finds nothing', async () => {
    const { scans } = await take(
      1,
      Array.from({ length: 30 }, () => 0),
    );
    expect(scans.map(([n]) => n)).toEqual([1, 4, 20, 5]);
    const { scans: slow } = await take(
      1,
      Array.from({ length: 10 }, () => 0),
      2,
    );
    expect(slow.map(([n]) => n)).toEqual([1, 2, 6, 1]);
  });

  it('looks into half more than it expects to need', async () => {
    const { rows, scans } = await take(4, [2, 1, 1, 1, 1, 1]);
    expect(rows).toEqual([0, 0, 1, 2]);
    // 1.5 × 2 missing ÷ 2 found, rounded up.
    expect(scans).toEqual([
      [1, 4],
      [2, 2],
    ]);
  });

  it('grows four times at most', async () => {
    const { scans } = await take(
      100,
      Array.from({ length: 50 }, () => 1),
    );
    expect(scans.map(([n]) => n)).toEqual([1, 4, 20, 25]);
  });
});
