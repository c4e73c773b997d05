import { BlockBuilder } from '@firesteel/codec';
import { afterAll, describe, expect, it } from 'vitest';
import { framesInMemory, type InputFrame } from './files/input-frame.js';
import { keyGroups } from './key-groups.js';
import { KeyedOutputWriter } from './keyed-output-writer.js';
import { localBlock } from './map-output-blocks.js';
import { writeFrames } from './memory-output.js';
import { testSpace } from './testing/test-space.js';

type Pair = readonly [key: unknown, value: number];

const own = testSpace();
const { space } = own;
afterAll(() => own[Symbol.dispose]());

/** What a map task with these pairs holds for its only reduce partition. */
function mapOutput(pairs: readonly Pair[]): InputFrame[] {
  const writer = new KeyedOutputWriter(1, space, 'pair', () => 0);
  for (const [key, value] of pairs)
    if (typeof key === 'number') writer.appendNumbers(key, value);
    else if (typeof key === 'string') writer.appendStringNumber(key, value);
    else writer.appendPair(key, value);
  return [...framesInMemory(localBlock(writer.finish(0, 0), 0) as Uint8Array, false)];
}

/** A block of pairs in no bucket. */
function loose(pairs: readonly Pair[]): InputFrame {
  const builder = new BlockBuilder();
  for (const [key, value] of pairs) builder.appendPair(key, value);
  const output = writeFrames(0, 0, [[{ block: builder, bucket: undefined }]]);
  return [...framesInMemory(localBlock(output, 0) as Uint8Array, false)][0] as InputFrame;
}

function pairs(count: number, keyOf: (i: number) => unknown): Pair[] {
  return Array.from({ length: count }, (_, i) => [keyOf(i), i] as const);
}

/** The rows of each part. */
function parts(outputs: readonly InputFrame[][]): Pair[][] {
  return [...keyGroups([outputs.flat()], 'pair', 1, space)].map(([frames]) =>
    (frames as InputFrame[]).flatMap((frame) => frame.open().root.toArray() as Pair[]),
  );
}

/** Fails when rows got lost, or a key is in two parts, or its rows have changed their order. */
function expectGrouped(found: readonly Pair[][], input: readonly Pair[]): void {
  const partOf = new Map<unknown, number>();
  const valuesOf = (rows: readonly Pair[]) => {
    const values = new Map<unknown, string>();
    for (const [key, value] of rows) values.set(key, `${values.get(key) ?? ''} ${value}`);
    return values;
  };
  const torn: unknown[] = [];
  for (const [part, rows] of found.entries())
    for (const [key] of rows) {
      if ((partOf.get(key) ?? part) !== part) torn.push(key);
      partOf.set(key, part);
    }
  expect(torn).toEqual([]);
  const [before, after] = [valuesOf(input), valuesOf(found.flat())];
  expect(after.size).toBe(before.size);
  expect([...before].filter(([key, values]) => after.get(key) !== values)).toEqual([]);
}

describe('key groups', () => {
  it('make one part of few rows', () => {
    const input = pairs(2000, (i) => i % 30);
    expect(parts([mapOutput(input)])).toEqual([input]);
  });

  it.each([
    ['numbers', (i: number) => i % 9000],
    ['fractions', (i: number) => (i % 9000) / 8 - 3],
    ['strings', (i: number) => `k${i % 9000}`],
  ])('take the buckets that map tasks made of %s', (_, keyOf) => {
    const outputs = [pairs(70_000, keyOf), pairs(66_000, keyOf), pairs(10, keyOf)];
    const found = parts(outputs.map(mapOutput));
    expect(found.length).toBe(512);
    expectGrouped(found, outputs.flat());
  });

  it('cut many small map outputs into buckets, other keys apart', () => {
    const outputs = Array.from({ length: 5 }, (_, o) =>
      pairs(60_000, (i) =>
        i % 9 === 0 ? i % 7 === 0 : i % 2 === 0 ? i % 5000 : `k${i % 700}${o}`,
      ),
    );
    const found = parts(outputs.map(mapOutput));
    expect(found.length).toBe(513);
    expectGrouped(found, outputs.flat());
  });

  it('read all in one part when rows that fit no bucket may have keys of one', () => {
    const numbers = pairs(70_000, (i) => i % 9000);
    const mixed: Pair[] = [
      [3, 1],
      ['k', 2],
      [null, 3],
    ];
    const found = parts([mapOutput(numbers), [loose(mixed)]]);
    expect(found.length).toBe(1);
    expectGrouped(found, [...numbers, ...mixed]);
  });

  it('keep each row that is a key in one part, as a set took it or a bucket or neither', () => {
    const rowsOf = (o: number) =>
      Array.from({ length: 150_000 }, (_, i) => {
        if (i % 5 === 0) return `k${i % 900}`;
        return i % 3 === 0 ? (1 << 24) - 300 + ((i * 31) % 600) : (i * (o + 7)) % 120_000;
      });
    const combined = rowsOf(0);
    const writer = new KeyedOutputWriter(1, space, 'row', () => 0);
    for (const key of combined) writer.appendKey(key);
    const output = writer.finish(0, 0);
    // A block with integers for both, as other writers make it.
    const plain = Array.from({ length: 150_000 }, (_, i) => (i * 997) % (1 << 25));
    const builder = new BlockBuilder();
    for (const key of plain) builder.appendRow(key);
    const plainOutput = writeFrames(0, 1, [[{ block: builder, bucket: undefined }]]);
    const frames = [output, plainOutput].flatMap((written) => [
      ...framesInMemory(localBlock(written, 0) as Uint8Array, false),
    ]);
    const partOf = new Map<unknown, number>();
    const torn: unknown[] = [];
    let parts = 0;
    for (const [inputs] of keyGroups([frames], 'row', 1, space)) {
      for (const frame of inputs as InputFrame[])
        for (const key of frame.open().root.toArray()) {
          if ((partOf.get(key) ?? parts) !== parts) torn.push(key);
          partOf.set(key, parts);
        }
      parts++;
    }
    expect(torn).toEqual([]);
    expect(parts).toBeGreaterThan(1);
    expect(partOf.size).toBe(new Set([...combined, ...plain]).size);
  });
});
