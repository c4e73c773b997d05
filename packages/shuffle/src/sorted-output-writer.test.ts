import { describe, expect, it } from 'vitest';
import { OpenFiles } from './files/open-files.js';
import { localFrames } from './map-output-blocks.js';
import { sortedFrames } from './sort/sorted-frames.js';
import { SortedOutputWriter } from './sorted-output-writer.js';
import { testSpace } from './testing/test-space.js';

type Pair = readonly [key: unknown, value: unknown];

/** Buckets are the first digits of keys; two partitions. */
const partitions = Uint32Array.from({ length: 10 }, (_, digit) => (digit < 5 ? 0 : 1));
const bucketOf = (key: unknown) => Number(`${key}`.slice(0, 1));

/** A line that is appended as bytes, or a pair of anything. */
interface Row {
  readonly pair: Pair;
  readonly isLine: boolean;
}

/** What readers of two map tasks, each with all rows, get. */
function written(rows: readonly Row[], ascending: boolean, totalBytes: number) {
  using own = testSpace(totalBytes);
  const files = new OpenFiles();
  const outputs = [0, 1].map((mapPartition) => {
    const writer = new SortedOutputWriter(2, own.space, partitions);
    for (const [i, { pair, isLine }] of rows.entries()) {
      const [key, value] = pair;
      const bucket = bucketOf(key);
      if (isLine) {
        const bytes = Buffer.from(value as string, 'latin1');
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        writer.appendAsciiPair(bucket, key, view, 0, bytes.length);
      } else if (typeof value === 'number') writer.appendNumbersTo(bucket, key as number, value);
      else writer.appendPair(bucket, key, value);
      if (i % 100 === 0) writer.checkMemory();
    }
    return writer.finish(0, mapPartition);
  });
  const found: Pair[] = [];
  const buckets = new Set<number | undefined>();
  for (const partition of ascending ? [0, 1] : [1, 0]) {
    const frames = outputs.flatMap((output) => [...localFrames(output, partition, files)]);
    for (const { header } of frames) buckets.add(header.bucket);
    for (const { keys, values, length } of sortedFrames(frames, own.space, ascending, undefined))
      for (let i = 0; i < length; i++) found.push([keys[i], values[i]]);
  }
  files.closeAll();
  return { found, buckets: [...buckets], spilledBytes: own.metrics.diskBytesSpilled };
}

const ROWS = 1200;
/** Many equal keys, so that an order which is not stable shows. */
const keyed = (keyOf: (x: number) => unknown, textOf: (x: number) => unknown, isLine = true) =>
  Array.from({ length: ROWS }, (_, x): Row => {
    const i = (x * 7919) % 777;
    return { pair: [keyOf(i), textOf(x)], isLine };
  });
const line = (x: number) => `line ${x}${'.'.repeat(x % 50)}`;

const all: Record<string, readonly Row[]> = {
  'lines alone': keyed((i) => `${i}`, line),
  'lines with long keys': keyed((i) => `${i} ${'x'.repeat(150)}`, line),
  'long lines': keyed(
    (i) => `${i}`,
    (x) => line(x).padEnd(200 + (x % 3), '-'),
  ),
  'a line as long as several pages': [
    ...keyed((i) => `${i}`, line),
    { pair: ['5', 'long '.repeat(500_000)], isLine: true },
    { pair: ['5', 'behind it'], isLine: true },
  ],
  'empty lines': keyed(
    (i) => `${i}`,
    () => '',
  ),
  'no rows': [],
  'keys that are no ASCII': keyed((i) => `${i}${i % 500 === 1 ? 'ü' : ''}`, line),
  'keys that are numbers': keyed((i) => i, line),
  'lines, then other values': [
    ...keyed((i) => `${i}`, line),
    ...keyed(
      (i) => `${i}`,
      (x) => [x],
      false,
    ),
    ...keyed((i) => `${i}`, line),
  ],
  'numbers alone': keyed(
    (i) => i,
    (x) => x,
    false,
  ),
};
const inBuckets = ['lines alone', 'lines with long keys', 'long lines', 'empty lines'];

describe.each(Object.entries(all))('a map output to be sorted of %s', (name, rows) => {
  const expected = (ascending: boolean) => {
    const twice = [...rows, ...rows].map(({ pair }) => pair);
    const order = ([a]: Pair, [b]: Pair) =>
      (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
    // The partitions of numbers are those of their first digits.
    const sides = [0, 1].map((side) =>
      twice
        .filter(([key]) => partitions[bucketOf(key)] === side)
        .sort((a, b) => (ascending ? order(a, b) : order(b, a))),
    );
    return (ascending ? sides : sides.reverse()).flat();
  };

  it.each([
    ['ascending', true, 1e9],
    ['descending', false, 1e9],
    ['spilled', true, 1.2e6],
  ])('gives them in order, %s', (_name, ascending, totalBytes) => {
    const { found, buckets, spilledBytes } = written(rows, ascending, totalBytes);
    expect(found.length).toBe(2 * rows.length);
    const all = expected(ascending);
    expect(
      found.findIndex(([key, value], i) => {
        const [k, v] = all[i] as Pair;
        return key !== k || JSON.stringify(value) !== JSON.stringify(v);
      }),
    ).toBe(-1);
    if (inBuckets.includes(name)) expect(buckets).not.toContain(undefined);
    if (totalBytes === 1e9) expect(spilledBytes).toBe(0);
  });
});

it('spills buckets, and sorts them one by one', () => {
  const rows = keyed(
    (i) => `${i}`,
    (x) => line(x).padEnd(1500, '-'),
  );
  const { found, buckets, spilledBytes } = written(rows, true, 1.2e6);
  expect(found.length).toBe(2 * ROWS);
  expect(buckets.length).toBeGreaterThan(5);
  expect(spilledBytes).toBeGreaterThan(0);
});
