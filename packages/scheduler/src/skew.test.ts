import { describe, expect, it } from 'vitest';
import { ShuffleReads } from './skew.js';

const MIB = 1024 ** 2;

function skewOf(...bytes: number[]) {
  const reads = new ShuffleReads();
  for (const [partition, read] of bytes.entries()) reads.add(partition, read);
  return reads.skewed();
}

describe('skew', () => {
  it('is a task that read many times as much as the median', () => {
    expect(skewOf(4 * MIB, 400 * MIB, 3 * MIB, 5 * MIB)).toEqual({
      partition: 1,
      bytesRead: 400 * MIB,
      medianBytesRead: 5 * MIB,
    });
  });

  it('is no concern in small stages, small tasks, and where all read alike', () => {
    expect(skewOf(1, 400 * MIB)).toBeUndefined();
    expect(skewOf(1, 1, 1, 20 * MIB)).toBeUndefined();
    expect(skewOf(200 * MIB, 300 * MIB, 400 * MIB)).toBeUndefined();
    expect(skewOf()).toBeUndefined();
  });
});
