import { encodeValue } from '@firesteel/codec';
import { expect, it } from 'vitest';
import { keysOfPartition } from './skew-warnings.js';

const ranges = (ascending: boolean) =>
  ({
    kind: 'range',
    numPartitions: 3,
    ascending,
    bounds: encodeValue({ bounds: ['f', 'm'], cuts: ['c', 'f', 'm'] }),
  }) as const;

it('names the keys of a range by its bounds', () => {
  const named = (ascending: boolean) =>
    [0, 1, 2].map((partition) => keysOfPartition(ranges(ascending), partition));
  const words = ['keys up to "f"', 'keys above "f" up to "m"', 'keys above "m"'];
  expect(named(true)).toEqual(words);
  expect(named(false)).toEqual([...words].reverse());
});

it('names the keys of other partitions by what puts them there', () => {
  expect(keysOfPartition({ kind: 'hash', numPartitions: 8 }, 5)).toBe(
    'keys whose hash modulo 8 is 5',
  );
  expect(keysOfPartition({ kind: 'roundRobin', numPartitions: 8 }, 5)).toBe(
    'keys that the partitioner puts into partition 5',
  );
});
