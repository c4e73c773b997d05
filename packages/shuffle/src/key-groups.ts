import type { Block } from '@firesteel/codec';
import { bucketBitsOf } from './buckets.js';
import { CHUNK_ROWS } from './chunk.js';
import { type Framed, framesOf } from './frames.js';
import { KeyedOutputWriter } from './keyed-output-writer.js';
import { localBlock } from './map-output-blocks.js';
import { bucketFit, type KeyedColumns, keyedColumns, numbersOf } from './pair-columns.js';

/** Rows in one reduce partition up to which all of them are grouped in one table. */
const MANY_ROWS = 1 << 18;

/** The framed blocks of one shuffle for a reduce partition, a list for each map output. */
export type ReadOutputs = readonly (readonly Framed<Block>[])[];

interface Buckets {
  readonly buckets: Block[][];
  /** Blocks with keys that are in no bucket. */
  readonly apart: Block[];
}

/**
 * Divides what a reduce partition reads so that equal keys are together and a table for one part
 * fits the caches: bucket by bucket where map tasks made buckets, or where there is so much that
 * they are worth making now. Few rows, and rows that fit no bucket, make one part.
 *
 * @param inputs of one shuffle, or of several with the same partitioner for a cogroup
 * @returns the blocks of each input, part by part; rows of one key keep their order
 */
export function* keyGroups(
  inputs: readonly ReadOutputs[],
  keyed: 'pair' | 'row',
  numPartitions: number,
): Generator<Block[][]> {
  const bits = usefulBits(inputs, numPartitions);
  const bucketed =
    bits === undefined
      ? []
      : inputs.map((input) => bucketsOf(input, keyed, bits, bits === bucketBitsOf(numPartitions)));
  if (bits === undefined || !bucketed.every((buckets) => buckets !== undefined)) {
    yield inputs.map((outputs) => outputs.flatMap((frames) => frames.map(({ block }) => block)));
    return;
  }
  for (let b = 0; b < 1 << bits; b++) {
    const part = bucketed.map(({ buckets }) => buckets[b] as Block[]);
    if (part.some((blocks) => blocks.length > 0)) yield part;
  }
  const apart = bucketed.map((buckets) => buckets.apart);
  if (apart.some((blocks) => blocks.length > 0)) yield apart;
}

/** How many buckets to read, as a binary logarithm; undefined for none. */
function usefulBits(inputs: readonly ReadOutputs[], numPartitions: number): number | undefined {
  let rows = 0;
  let isBucketed = false;
  for (const frames of inputs.flat())
    for (const { block, bucket } of frames) {
      rows += block.rowCount;
      isBucketed ||= bucket !== undefined;
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
  outputs: ReadOutputs,
  keyed: 'pair' | 'row',
  bits: number,
  areReady: boolean,
): Buckets | undefined {
  const buckets: Block[][] = Array.from({ length: 1 << bits }, () => []);
  const apart: Block[] = [];
  let loose: Block[] = [];
  const bucketLoose = () => {
    for (const { block, bucket } of rebucketed(loose, keyed, bits))
      (bucket === undefined ? apart : (buckets[bucket] as Block[])).push(block);
    loose = [];
  };
  for (const frames of outputs)
    for (const { block, bucket } of frames) {
      if (areReady && bucket !== undefined) {
        if (loose.length > 0) bucketLoose();
        (buckets[bucket] as Block[]).push(block);
        continue;
      }
      const fit = bucketFit(block, keyed);
      if (fit === 'mixed') return;
      (fit === 'apart' ? apart : loose).push(block);
    }
  bucketLoose();
  return { buckets, apart };
}

/** Typed blocks cut into buckets, in memory. */
function rebucketed(
  blocks: readonly Block[],
  keyed: 'pair' | 'row',
  bits: number,
): Iterable<Framed<Block>> {
  if (blocks.length === 0) return [];
  const writer = new KeyedOutputWriter(1, keyed, () => 0, bits);
  for (const block of blocks) {
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
  }
  return framesOf(localBlock(writer.finish(0, 0, true), 0) as Uint8Array);
}
