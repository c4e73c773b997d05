import { bucketBitsOf } from './buckets.js';
import { CHUNK_ROWS } from './chunk.js';
import type { InputFrame } from './files/input-frame.js';
import type { TaskSpace } from './files/task-space.js';
import { KeyedOutputWriter } from './keyed-output-writer.js';
import { bucketFit, type KeyedColumns, keyedColumns, numbersOf } from './pair-columns.js';

/** Rows in one reduce partition up to which all of them are grouped in one table. */
const MANY_ROWS = 1 << 18;

interface Buckets {
  readonly buckets: InputFrame[][];
  /** Blocks with keys that are in no bucket. */
  readonly apart: InputFrame[];
}

/**
 * Divides what a reduce partition reads so that equal keys are together and a table for one part
 * fits the caches: bucket by bucket where map tasks made buckets, or where there is so much that
 * they are worth making now. Few rows, and rows that fit no bucket, make one part.
 *
 * @param inputs the blocks of one shuffle in the order of the map partitions, or of several
 * shuffles with the same partitioner for a cogroup
 * @returns the blocks of each input, part by part; rows of one key keep their order
 */
export function* keyGroups(
  inputs: readonly (readonly InputFrame[])[],
  keyed: 'pair' | 'row',
  numPartitions: number,
  space: TaskSpace,
): Generator<(readonly InputFrame[])[]> {
  const bits = usefulBits(inputs, numPartitions);
  const bucketed =
    bits === undefined
      ? []
      : inputs.map((input) =>
          bucketsOf(input, keyed, bits, bits === bucketBitsOf(numPartitions), space),
        );
  if (bits === undefined || !bucketed.every((buckets) => buckets !== undefined)) {
    yield [...inputs];
    return;
  }
  for (let b = 0; b < 1 << bits; b++) {
    const part = bucketed.map(({ buckets }) => buckets[b] as InputFrame[]);
    if (part.some((blocks) => blocks.length > 0)) yield part;
  }
  const apart = bucketed.map((buckets) => buckets.apart);
  if (apart.some((blocks) => blocks.length > 0)) yield apart;
}

/** How many buckets to read, as a binary logarithm; undefined for none. */
function usefulBits(
  inputs: readonly (readonly InputFrame[])[],
  numPartitions: number,
): number | undefined {
  let rows = 0;
  let isBucketed = false;
  for (const frames of inputs)
    for (const { header } of frames) {
      rows += header.rowCount;
      isBucketed ||= header.bucket !== undefined;
    }
  const bits = bucketBitsOf(numPartitions);
  if (isBucketed && rows >>> bits <= MANY_ROWS) return bits;
  // Buckets of the map side, if any, are too few for so much: they are cut anew.
  return rows <= MANY_ROWS ? undefined : bucketBitsOf(1);
}

/**
 * The blocks of each bucket; undefined when there are rows that may belong to one but fit none.
 *
 * @param areReady whether the buckets of the map side have the same bits
 */
function bucketsOf(
  frames: readonly InputFrame[],
  keyed: 'pair' | 'row',
  bits: number,
  areReady: boolean,
  space: TaskSpace,
): Buckets | undefined {
  const buckets: InputFrame[][] = Array.from({ length: 1 << bits }, () => []);
  const apart: InputFrame[] = [];
  let loose: InputFrame[] = [];
  const put = (frame: InputFrame) => {
    const { bucket } = frame.header;
    (bucket === undefined ? apart : (buckets[bucket] as InputFrame[])).push(frame);
  };
  const bucketLoose = () => {
    for (const frame of rebucketed(loose, keyed, bits, space)) put(frame);
    loose = [];
  };
  for (const frame of frames) {
    if (areReady && frame.header.bucket !== undefined) {
      if (loose.length > 0) bucketLoose();
      put(frame);
      continue;
    }
    const fit = bucketFit(frame.open(), keyed);
    if (fit === 'mixed') return;
    (fit === 'apart' ? apart : loose).push(frame);
  }
  bucketLoose();
  return { buckets, apart };
}

/** Typed blocks cut into buckets. */
function rebucketed(
  frames: readonly InputFrame[],
  keyed: 'pair' | 'row',
  bits: number,
  space: TaskSpace,
): Iterable<InputFrame> {
  if (frames.length === 0) return [];
  const writer = new KeyedOutputWriter(1, space, keyed, () => 0, bits, true);
  for (const frame of frames) {
    const block = frame.open();
    const { keys, values } = keyedColumns(block, keyed) as KeyedColumns;
    const numbers = values && numbersOf(values);
    for (let from = 0; from < block.rowCount; from += CHUNK_ROWS) {
      const chunk = keys.toArray(from, Math.min(block.rowCount, from + CHUNK_ROWS));
      for (let i = 0; i < chunk.length; i++) {
        const key = chunk[i];
        const value = numbers?.[from + i];
        if (value === undefined) writer.appendKey(key);
        else if (typeof key === 'number') writer.appendNumbers(key, value);
        else writer.appendStringNumber(key as string, value);
      }
    }
    writer.checkMemory();
  }
  return writer.finishInput()[0] as Iterable<InputFrame>;
}
