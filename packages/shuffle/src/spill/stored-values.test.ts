import { BlockBuilder } from '@firesteel/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framesInMemory, type InputFrame } from '../files/input-frame.js';
import { localBlock } from '../map-output-blocks.js';
import { writeFrames } from '../memory-output.js';
import { storedValues } from './stored-values.js';

/** Blocks of so many pairs each, with the values given by their position. */
function framesOf(sizes: readonly number[], valueAt: (at: number) => unknown): InputFrame[] {
  let at = 0;
  const blocks = sizes.map((size) => {
    const block = new BlockBuilder();
    for (let i = 0; i < size; i++) block.appendPair('key', valueAt(at++));
    return { block, bucket: undefined };
  });
  return [...framesInMemory(localBlock(writeFrames(0, 0, [blocks]), 0) as Uint8Array, true)];
}

function stored(sizes: readonly number[], valueAt: (at: number) => unknown): readonly unknown[] {
  return storedValues({ key: 'key', frames: framesOf(sizes, valueAt), isOver: () => false });
}

describe('stored values', () => {
  it('are what an array of them is', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(10_000)), fc.boolean(), (blockSizes, places, areTexts) => {
        const valueAt = (i: number) => (areTexts ? `value ${i}` : i / 2);
        const count = blockSizes.reduce((a, b) => a + b);
        const plain = Array.from({ length: count }, (_, i) => valueAt(i));
        const values = stored(blockSizes, valueAt);
        expect(values.length).toBe(count);
        expect([...values]).toEqual(plain);
        expect(places.map((at) => [values[at], at in values])).toEqual(
          places.map((at) => [plain[at], at in plain]),
        );
        expect(values.slice(-3)).toEqual(plain.slice(-3));
        expect(values.at(-1)).toBe(plain.at(-1));
      }),
      { numRuns: 30 },
    );
  });

  it('work with the methods of arrays', () => {
    const values = stored([1500, 1500], (i) => i);
    const plain = Array.from({ length: 3000 }, (_, i) => i);
    expect(Array.isArray(values)).toBe(true);
    expect(values.map((x) => Number(x) + 1)).toEqual(plain.map((x) => x + 1));
    expect(values.reduce((a: number, x) => a + Number(x), 0)).toBe(2999 * 1500);
    expect(values.indexOf(2222)).toBe(2222);
    expect(values.includes(3000)).toBe(false);
    expect(JSON.stringify(values)).toBe(JSON.stringify(plain));
    expect([...values.entries()].at(-1)).toEqual([2999, 2999]);
    expect(Object.keys(values).length).toBe(3000);
    expect([0].concat(values as number[]).length).toBe(3001);
    expect(values.toSorted((a, b) => Number(b) - Number(a))[0]).toBe(2999);
  });

  it('cannot be changed', () => {
    const values = stored([1500], (i) => -i) as unknown[];
    const refused = expect.objectContaining({ code: 'GROUP_TOO_LARGE' });
    expect(() => values.sort()).toThrow(refused);
    expect(() => values.push(1)).toThrow(refused);
    expect(() => values.pop()).toThrow(refused);
    expect(() => {
      values.length = 0;
    }).toThrow(refused);
    expect(values[7]).toBe(-7);
  });

  it('are an array of their own where they are few', () => {
    const values = stored([20, 30], (i) => i) as number[];
    expect(values.sort((a, b) => b - a)[0]).toBe(49);
  });

  it('cannot be read when the task is over', () => {
    let isOver = false;
    const frames = framesOf([1500], (i) => i);
    const values = storedValues({ key: 'key', frames, isOver: () => isOver });
    expect(values[0]).toBe(0);
    isOver = true;
    expect(() => values[1400]).toThrow(
      'The values of key "key" are too many for memory and were read from disk',
    );
  });
});
