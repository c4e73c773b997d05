import {
  type BlockWriter,
  blockOf,
  type ColumnWriter,
  filledFloat64Column,
  filledInt32Column,
  hashNumber,
  pairBlockOf,
} from '@firesteel/codec';
import { MAX_BUCKET_BLOCK_ROWS, streamOf } from './buckets.js';
import { NumberRuns, type Numbers, numbersOfLength } from './number-runs.js';

/** Sorting makes a copy, and a word for each row. */
const SORTING_FACTOR = 2.5;

type Streams = Uint16Array | Uint32Array;

/** The rows of all streams, one stream after the other. */
interface SortedRows {
  readonly keys: Numbers;
  /** None where rows are keys alone. */
  readonly values: Numbers | undefined;
  /** Where each stream ends, and the next one begins. */
  readonly ends: Int32Array;
}

/**
 * Pairs of numbers on their way to the partitions and buckets of their keys. They wait as they
 * came, which leaves the loop that makes them small and its writes sequential; once all are there,
 * one counting sort brings those of a bucket together in typed columns. Since that knows how many
 * go where, it moves each row once.
 */
export class NumberBuckets {
  private keys = new NumberRuns();
  private values: NumberRuns | undefined;
  private sorted: SortedRows | undefined;

  /**
   * @param keyed `row`: rows are keys, whatever their values
   * @param bucketBits each partition has `1 << bucketBits` buckets, if there are rows enough
   */
  constructor(
    private readonly numPartitions: number,
    keyed: 'pair' | 'row',
    private bucketBits: number,
  ) {
    if (keyed === 'pair') this.values = new NumberRuns();
  }

  append(key: number, value: number): void {
    this.keys.append(key);
    this.values?.append(value);
  }

  /** Bytes needed to the end. */
  get memoryBytes(): number {
    return (this.keys.sizeBytes + (this.values?.sizeBytes ?? 0)) * SORTING_FACTOR;
  }

  /**
   * Ends the appending, without buckets for few rows unless `always`. After that `blocksOf` has them.
   *
   * @returns the buckets of each partition
   */
  finish(always: boolean): number {
    if (!this.keys.areMany && !always) this.bucketBits = 0;
    this.sorted = sortRows(this.keys, this.values, this.numPartitions, this.bucketBits);
    this.keys = new NumberRuns();
    this.values = undefined;
    return 1 << this.bucketBits;
  }

  /** The rows of a bucket. */
  *blocksOf(partition: number, bucket: number): Generator<BlockWriter> {
    const { keys, values, ends } = this.sorted as SortedRows;
    const stream = (partition << this.bucketBits) + bucket;
    const end = ends[stream] as number;
    for (let from = stream === 0 ? 0 : (ends[stream - 1] as number); from < end; ) {
      const to = Math.min(end, from + MAX_BUCKET_BLOCK_ROWS);
      const keyColumn = columnOf(keys.subarray(from, to));
      yield values === undefined
        ? blockOf(keyColumn)
        : pairBlockOf(to - from, keyColumn, columnOf(values.subarray(from, to)));
      from = to;
    }
  }
}

function sortRows(
  keys: NumberRuns,
  values: NumberRuns | undefined,
  numPartitions: number,
  bucketBits: number,
): SortedRows {
  const choice = { numPartitions, bucketBits };
  // Counted one place ahead, the next position of a stream ends as the start of its successor.
  const ends = new Int32Array((numPartitions << bucketBits) + 1);
  let rows = 0;
  const keyRuns = keys.runs();
  const streams = keyRuns.map((run) => {
    const { length } = run;
    rows += length;
    const streamsOfRun = ends.length > 1 << 16 ? new Uint32Array(length) : new Uint16Array(length);
    for (let i = 0; i < length; i++) {
      const stream = streamOf(hashNumber(run[i] as number), choice);
      streamsOfRun[i] = stream;
      ends[stream + 1] = (ends[stream + 1] as number) + 1;
    }
    return streamsOfRun;
  });
  for (let s = 1; s < ends.length; s++) ends[s] = (ends[s] as number) + (ends[s - 1] as number);
  const sortedKeys = numbersOfLength(rows, keys.areInts);
  const sortedValues = values && numbersOfLength(rows, values.areInts);
  const valueRuns = values?.runs();
  for (const [r, run] of keyRuns.entries()) {
    const streamsOfRun = streams[r] as Streams;
    if (sortedValues === undefined) placeKeys(run, streamsOfRun, ends, sortedKeys);
    else placePairs(run, valueRuns?.[r] as Numbers, streamsOfRun, ends, sortedKeys, sortedValues);
  }
  return { keys: sortedKeys, values: sortedValues, ends };
}

function placeKeys(keys: Numbers, streams: Streams, next: Int32Array, to: Numbers) {
  for (let i = 0; i < keys.length; i++) {
    const stream = streams[i] as number;
    const at = next[stream] as number;
    next[stream] = at + 1;
    to[at] = keys[i] as number;
  }
}

function placePairs(
  keys: Numbers,
  values: Numbers,
  streams: Streams,
  next: Int32Array,
  toKeys: Numbers,
  toValues: Numbers,
) {
  for (let i = 0; i < keys.length; i++) {
    const stream = streams[i] as number;
    const at = next[stream] as number;
    next[stream] = at + 1;
    toKeys[at] = keys[i] as number;
    toValues[at] = values[i] as number;
  }
}

function columnOf(sorted: Numbers): ColumnWriter {
  return sorted instanceof Int32Array
    ? filledInt32Column(sorted.length, (target) => target.set(sorted))
    : filledFloat64Column(sorted.length, (target) => target.set(sorted));
}
