import { type Block, BlockBuilder, openBlock } from '@firesteel/codec';
import { describe, expect, it } from 'vitest';
import { type Framed, framesOf } from './frames.js';
import { keyGroups } from './key-groups.js';
import { KeyedOutputWriter } from './keyed-output-writer.js';
import { localBlock } from './map-output-blocks.js';

type Pair = readonly [key: unknown, value: number];

/** What a map task with these pairs holds for its only reduce partition. */
function mapOutput(pairs: readonly Pair[]): Framed<Block>[] {
  const writer = new KeyedOutputWriter(1, 'pair', () => 0);
  for (const [key, value] of pairs)
    if (typeof key === 'number') writer.appendNumbers(key, value);
    else if (typeof key === 'string') writer.appendStringNumber(key, value);
    else writer.appendPair(key, value);
  return [...framesOf(localBlock(writer.finish(0, 0), 0) as Uint8Array)];
}

/** A block of pairs in no bucket. */
function loose(pairs: readonly Pair[]): Framed<Block> {
  const builder = new BlockBuilder();
  for (const [key, value] of pairs) builder.appendPair(key, value);
  const bytes = new Uint8Array(builder.sizeBytes());
  builder.writeTo(bytes, 0);
  return { block: openBlock(bytes), bucket: undefined };
}

function pairs(count: number, keyOf: (i: number) => unknown): Pair[] {
  return Array.from({ length: count }, (_, i) => [keyOf(i), i] as const);
}

/** The rows of each part. */
function parts(outputs: readonly Framed<Block>[][]): Pair[][] {
  return [...keyGroups([outputs], 'pair', 1)].map(([blocks]) =>
    (blocks as Block[]).flatMap(({ root, rowCount }) => root.toArray(0, rowCount) as Pair[]),
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
});
