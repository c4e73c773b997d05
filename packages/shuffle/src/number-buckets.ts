import {
  type BlockWriter,
  blockOf,
  type ColumnWriter,
  filledFloat64Column,
  filledInt32Column,
  hashNumber,
  pairBlockOf,
} from '@firesteel/codec';
import { MIN_BUCKETED_ROWS, streamOf } from './buckets.js';
import { RecordPages } from './record-pages.js';

const START_ROWS = 256;
/** Rows that are scattered together once there are many. */
const BATCH_ROWS = 4096;
/** A record is a key and a value. */
const WORD_BITS = 2;

/**
 * Pairs of numbers on their way to the partitions and buckets of their keys. They wait in a batch,
 * which leaves the loop that makes them small, until it is scattered.
 */
export class NumberBuckets {
  private keys = new Float64Array(START_ROWS);
  private values = new Float64Array(START_ROWS);
  private waiting = 0;
  private pages: RecordPages | undefined;
  private keysAreInts = true;
  private valuesAreInts = true;

  /** @param bucketBits each partition has `1 << bucketBits` buckets, if there are rows enough */
  constructor(
    private readonly numPartitions: number,
    private bucketBits: number,
  ) {}

  append(key: number, value: number): void {
    if (this.waiting === this.keys.length) this.makeRoom();
    const at = this.waiting;
    this.keys[at] = key;
    this.values[at] = value;
    this.waiting = at + 1;
  }

  /** Bytes held. */
  get sizeBytes(): number {
    return this.keys.byteLength * 2 + (this.pages?.sizeBytes ?? 0);
  }

  private makeRoom(): void {
    if (this.waiting < MIN_BUCKETED_ROWS && this.pages === undefined) {
      this.keys = twice(this.keys);
      this.values = twice(this.values);
      return;
    }
    const isFirst = this.pages === undefined;
    this.scatter();
    if (!isFirst) return;
    this.keys = new Float64Array(BATCH_ROWS);
    this.values = new Float64Array(BATCH_ROWS);
  }

  private scatter(): void {
    const { keys, values, waiting, numPartitions, bucketBits } = this;
    if (waiting === 0) return;
    this.pages ??= new RecordPages(numPartitions << bucketBits, WORD_BITS, waiting);
    const { pages } = this;
    const choice = { numPartitions, bucketBits };
    let keysAreInts = this.keysAreInts;
    let valuesAreInts = this.valuesAreInts;
    for (let i = 0; i < waiting; i++) {
      const key = keys[i] as number;
      const value = values[i] as number;
      if (keysAreInts) keysAreInts = isInt32(key);
      if (valuesAreInts) valuesAreInts = isInt32(value);
      const record = pages.append(streamOf(hashNumber(key), choice));
      const at = pages.wordOf(record) >> 1;
      const { floats } = pages.slabOf(record);
      floats[at] = key;
      floats[at + 1] = value;
    }
    this.keysAreInts = keysAreInts;
    this.valuesAreInts = valuesAreInts;
    this.waiting = 0;
  }

  /**
   * Scatters what waits, few rows without buckets unless `always`. After that `blockOf` has them.
   *
   * @returns the buckets of each partition
   */
  finish(always: boolean): number {
    if (this.pages === undefined && !always) this.bucketBits = 0;
    this.scatter();
    return 1 << this.bucketBits;
  }

  /** The rows of a bucket; `keyed: 'row'` drops the values. */
  blockOf(partition: number, bucket: number, keyed: 'pair' | 'row'): BlockWriter | undefined {
    const stream = (partition << this.bucketBits) + bucket;
    const rowCount = this.pages?.rowCount(stream) ?? 0;
    if (rowCount === 0) return;
    const keys = this.column(stream, rowCount, 0, this.keysAreInts);
    if (keyed === 'row') return blockOf(keys);
    return pairBlockOf(rowCount, keys, this.column(stream, rowCount, 1, this.valuesAreInts));
  }

  private column(stream: number, rows: number, field: 0 | 1, areInts: boolean): ColumnWriter {
    const fill = (target: Int32Array | Float64Array) => {
      let to = 0;
      this.pages?.forEachPage(stream, ({ floats }, from, count) => {
        const first = (from >> 1) + field;
        for (let i = 0; i < count; i++) target[to++] = floats[first + 2 * i] as number;
      });
    };
    return areInts ? filledInt32Column(rows, fill) : filledFloat64Column(rows, fill);
  }
}

function isInt32(n: number): boolean {
  return (n | 0) === n && (n !== 0 || 1 / n > 0);
}

function twice(items: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(items.length * 2);
  larger.set(items);
  return larger;
}
