import { BlockBuilder } from '@firesteel/codec';
import { describe, expect, it } from 'vitest';
import { framesInMemory } from '../files/input-frame.js';
import { localBlock } from '../map-output-blocks.js';
import { writeFrames } from '../memory-output.js';
import { testSpace } from '../testing/test-space.js';
import { ExternalSorter } from './external-sorter.js';

const ROWS_PER_CHUNK = 1000;

/** Pairs with many equal keys, so that a sort which is not stable shows. */
function pairsOf(rows: number, keyOf: (x: number) => unknown): (readonly [unknown, string])[] {
  return Array.from({ length: rows }, (_, x) => [keyOf((x * 7919) % 1000), `value ${x}`] as const);
}

function sorted(
  pairs: readonly (readonly [unknown, string])[],
  ascending: boolean,
  totalBytes: number,
) {
  using own = testSpace(totalBytes);
  const sorter = new ExternalSorter(own.space, ascending, undefined);
  for (let from = 0; from < pairs.length; from += ROWS_PER_CHUNK) {
    const some = pairs.slice(from, from + ROWS_PER_CHUNK);
    const keys = some.map(([key]) => key);
    const values = some.map(([, value]) => value);
    sorter.addPairs({ kind: 'pairs', keys, values, length: some.length });
  }
  const found: [unknown, unknown][] = [];
  for (const { keys, values, length } of sorter.sorted())
    for (let i = 0; i < length; i++) found.push([keys[i], values[i]]);
  return { found, spilledBytes: own.metrics.diskBytesSpilled };
}

describe('an external sort', () => {
  const keys: [string, (x: number) => unknown][] = [
    ['numbers', (x) => x / 2 - 100],
    ['strings', (x) => `key ${x}`],
    ['mixed kinds', (x) => (x % 2 === 0 ? x : `${x}`)],
  ];
  for (const [name, keyOf] of keys)
    for (const ascending of [true, false])
      it(`of ${name} ${ascending ? 'up' : 'down'} gives what a sort in memory gives`, () => {
        const pairs = pairsOf(20_000, keyOf);
        const inMemory = sorted(pairs, ascending, 1e9);
        const external = sorted(pairs, ascending, 1e6);
        expect(inMemory.spilledBytes).toBe(0);
        expect(external.spilledBytes).toBeGreaterThan(0);
        expect(external.found.length).toBe(pairs.length);
        expect(
          external.found.findIndex(([k, v], i) => {
            const [key, value] = inMemory.found[i] as [unknown, unknown];
            return k !== key || v !== value;
          }),
        ).toBe(-1);
      });

  describe.each([
    ['ASCII', (x: number) => `line ${x}`.padEnd(40, '.')],
    ['ASCII in some blocks', (x: number) => `line ${x}${x === 9_000 ? 'ü' : ''}`],
    ['of several kinds', (x: number) => (x % 5000 === 0 ? x : `line ${x}`)],
  ] as const)('of blocks with values that are %s', (_, lineOf) => {
    const keys = { strings: (x: number) => `key ${x % 1000}`, numbers: (x: number) => x % 1000 };
    it.each(['strings', 'numbers'] as const)('by %s gives what a sort of arrays gives', (kind) => {
      const pairs = Array.from({ length: 20_000 }, (_, x) => {
        const y = (x * 7919) % 20_000;
        return [keys[kind](y), lineOf(y)] as const;
      });
      const order = pairs.toSorted(([a], [b]) => (a < b ? -1 : a === b ? 0 : 1));
      for (const totalBytes of [1e9, 1e6]) {
        using own = testSpace(totalBytes);
        const sorter = new ExternalSorter(own.space, true, undefined);
        for (let from = 0; from < pairs.length; from += ROWS_PER_CHUNK) {
          const block = new BlockBuilder();
          for (const [key, value] of pairs.slice(from, from + ROWS_PER_CHUNK))
            block.appendPair(key, value);
          const output = writeFrames(0, 0, [[{ block, bucket: undefined }]]);
          for (const frame of framesInMemory(localBlock(output, 0) as Uint8Array, true))
            sorter.addFrame(frame);
        }
        const found: [unknown, unknown][] = [];
        for (const { keys, values, length } of sorter.sorted())
          for (let i = 0; i < length; i++) found.push([keys[i], values[i]]);
        expect(own.metrics.diskBytesSpilled > 0).toBe(totalBytes < 1e9);
        expect(found.length).toBe(order.length);
        const wrong = found.findIndex(([k, v], i) => k !== order[i]?.[0] || v !== order[i]?.[1]);
        expect(wrong).toBe(-1);
      }
    });
  });

  it('merges more runs than fit memory in several passes', () => {
    const pairs = pairsOf(120_000, (x) => `${x}`.padStart(60));
    const { found } = sorted(pairs, true, 1e5);
    const order = pairs.toSorted(([a], [b]) =>
      (a as string) < (b as string) ? -1 : a === b ? 0 : 1,
    );
    expect(found.length).toBe(order.length);
    expect(found.findIndex(([k, v], i) => k !== order[i]?.[0] || v !== order[i]?.[1])).toBe(-1);
  });
});
