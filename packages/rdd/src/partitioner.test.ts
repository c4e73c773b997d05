import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashPartitioner } from './partitioner.js';
import { failure } from './testing/make-context.js';

describe('HashPartitioner', () => {
  it('sends equal keys to one of its partitions', () => {
    const key = fc.oneof(fc.string(), fc.double(), fc.array(fc.integer()), fc.constant(null));
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 1000 }), (key, n) => {
        const partition = new HashPartitioner(n).getPartition(key);
        expect(Number.isInteger(partition) && partition >= 0 && partition < n).toBe(true);
        expect(new HashPartitioner(n).getPartition(structuredClone(key))).toBe(partition);
      }),
    );
  });

  it('is equal to one of the same size', () => {
    expect(new HashPartitioner(3).equals(new HashPartitioner(3))).toBe(true);
    expect(new HashPartitioner(3).equals(new HashPartitioner(4))).toBe(false);
    expect(new HashPartitioner(3).equals({ numPartitions: 3 })).toBe(false);
  });

  it('may be empty, but not less', () => {
    expect(new HashPartitioner(0).numPartitions).toBe(0);
    expect(() => new HashPartitioner(-1)).toThrow(failure('INVALID_ARGUMENT'));
  });
});
