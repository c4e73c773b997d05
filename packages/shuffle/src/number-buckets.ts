import {
  type BlockWriter,
  blockOf,
  type ColumnWriter,
  filledFloat64Column,
  filledInt32Column,
  hashNumber,
  pairBlockOf,
} from '@firesteel/codec';
import { MAX_BUCKET_BLOCK_ROWS, MIN_BUCKETED_ROWS, streamOf } from './buckets.js';

const START_ROWS = 256;
const SORTING_FACTOR = 2.25;

/** Rows in the order in which they came. */
interface Run {
  readonly keys: Float64Array;
  readonly values: Float64Array;
  readonly length: number;
}

type Numbers = Int32Array | Float64Array;

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
 * go where, it moves each row once, and integers as words of four bytes.
 */
export class NumberBuckets {
  private readonly runs: Run[] = [];
  private keys = new Float64Array(START_ROWS);
  private values: Float64Array;
  private waiting = 0;
  private sorted: SortedRows | undefined;

  /**
   * @param keyed `row`: rows are keys, whatever their values
   * @param bucketBits each partition has `1 << bucketBits` buckets, if there are rows enough
   */
  constructor(
    private readonly numPartitions: number,
    private readonly keyed: 'pair' | 'row',
    private bucketBits: number,
  ) {
    this.values = this.valuesOf(START_ROWS);
  }

  append(key: number, value: number): void {
    if (this.waiting === this.keys.length) this.makeRoom();
    const at = this.waiting;
    this.keys[at] = key;
    if (this.keyed === 'pair') this.values[at] = value;
    this.waiting = at + 1;
  }

  /** Bytes that `append` has taken. */
  private get heldBytes(): number {
    let bytes = this.keys.byteLength + this.values.byteLength;
    for (const { keys, values } of this.runs) bytes += keys.byteLength + values.byteLength;
    return bytes;
  }

  /** Bytes needed to the end: sorting makes a copy, and a word for each row. */
  get memoryBytes(): number {
    return this.heldBytes * SORTING_FACTOR;
  }

  private valuesOf(rows: number): Float64Array {
    return new Float64Array(this.keyed === 'pair' ? rows : 0);
  }

  private makeRoom(): void {
    const { keys, values, waiting } = this;
    if (waiting < MIN_BUCKETED_ROWS) {
      this.keys = new Float64Array(waiting * 2);
      this.values = this.valuesOf(waiting * 2);
      this.keys.set(keys);
      this.values.set(values);
      return;
    }
    this.runs.push({ keys, values, length: waiting });
    this.keys = new Float64Array(waiting);
    this.values = this.valuesOf(waiting);
    this.waiting = 0;
  }

  /**
   * Ends the appending, without buckets for few rows unless `always`. After that `blocksOf` has them.
   *
   * @returns the buckets of each partition
   */
  finish(always: boolean): number {
    if (this.runs.length === 0 && !always) this.bucketBits = 0;
    const { keys, values, waiting } = this;
    if (waiting > 0) this.runs.push({ keys, values, length: waiting });
    this.sorted = sortRows(this.runs, this.keyed, this.numPartitions, this.bucketBits);
    this.runs.length = 0;
    this.keys = this.values = new Float64Array(0);
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
  runs: readonly Run[],
  keyed: 'pair' | 'row',
  numPartitions: number,
  bucketBits: number,
): SortedRows {
  const choice = { numPartitions, bucketBits };
  // Counted one place ahead, the next position of a stream ends as the start of its successor.
  const ends = new Int32Array((numPartitions << bucketBits) + 1);
  let keysAreInts = true;
  let valuesAreInts = true;
  let rows = 0;
  const streams = runs.map(({ keys, values, length }) => {
    const streamsOfRun = new Uint32Array(length);
    for (let i = 0; i < length; i++) {
      const key = keys[i] as number;
      if (keysAreInts) keysAreInts = isInt32(key);
      const stream = streamOf(hashNumber(key), choice);
      streamsOfRun[i] = stream;
      ends[stream + 1] = (ends[stream + 1] as number) + 1;
    }
    if (keyed === 'pair')
      for (let i = 0; i < length && valuesAreInts; i++)
        valuesAreInts = isInt32(values[i] as number);
    rows += length;
    return streamsOfRun;
  });
  for (let s = 1; s < ends.length; s++) ends[s] = (ends[s] as number) + (ends[s - 1] as number);
  const sortedKeys = numbers(rows, keysAreInts);
  const sortedValues = keyed === 'row' ? undefined : numbers(rows, valuesAreInts);
  for (const [r, run] of runs.entries()) {
    const streamsOfRun = streams[r] as Uint32Array;
    if (sortedValues === undefined) placeKeys(run, streamsOfRun, ends, sortedKeys);
    else placePairs(run, streamsOfRun, ends, sortedKeys, sortedValues);
  }
  return { keys: sortedKeys, values: sortedValues, ends };
}

function placeKeys({ keys, length }: Run, streams: Uint32Array, next: Int32Array, to: Numbers) {
  for (let i = 0; i < length; i++) {
    const stream = streams[i] as number;
    const at = next[stream] as number;
    next[stream] = at + 1;
    to[at] = keys[i] as number;
  }
}

function placePairs(
  { keys, values, length }: Run,
  streams: Uint32Array,
  next: Int32Array,
  toKeys: Numbers,
  toValues: Numbers,
) {
  for (let i = 0; i < length; i++) {
    const stream = streams[i] as number;
    const at = next[stream] as number;
    next[stream] = at + 1;
    toKeys[at] = keys[i] as number;
    toValues[at] = values[i] as number;
  }
}

function numbers(length: number, areInts: boolean): Numbers {
  return areInts ? new Int32Array(length) : new Float64Array(length);
}

function columnOf(sorted: Numbers): ColumnWriter {
  return sorted instanceof Int32Array
    ? filledInt32Column(sorted.length, (target) => target.set(sorted))
    : filledFloat64Column(sorted.length, (target) => target.set(sorted));
}

function isInt32(n: number): boolean {
  return (n | 0) === n && (n !== 0 || 1 / n > 0);
}
