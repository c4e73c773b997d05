import {
  type BlockWriter,
  blockOf,
  filledFloat64Column,
  filledInt32Column,
  filledLatin1Column,
  pairBlockOf,
} from '@firesteel/codec';
import { MAX_BUCKET_BLOCK_ROWS, MIN_BUCKETED_ROWS, streamOf } from './buckets.js';
import { PACKED_HASH, PACKED_LENGTH, packString } from './packed-key.js';
import { PAGE_RECORDS, type PageRange, RecordPages } from './record-pages.js';

const START_ROWS = 128;
/** Rows that are scattered together once there are many. */
const BATCH_ROWS = 2048;
/** A record is a packed key (see `packString`), then a double. */
const WORD_BITS = 3;
const WORDS = 1 << WORD_BITS;
const BLOCK_PAGES = MAX_BUCKET_BLOCK_ROWS / PAGE_RECORDS;

/** What `NumberBuckets` is, for pairs of short latin1 strings and numbers. */
export class StringBuckets {
  private ints = new Int32Array(START_ROWS * WORDS);
  private floats = new Float64Array(this.ints.buffer);
  /** The word behind the records that wait. */
  private end = 0;
  private pages: RecordPages | undefined;
  private valuesAreInts = true;

  /**
   * @param keyed `row`: rows are keys, whatever their values
   * @param bucketBits each partition has `1 << bucketBits` buckets, if there are rows enough
   */
  constructor(
    private readonly numPartitions: number,
    private readonly keyed: 'pair' | 'row',
    private bucketBits: number,
  ) {}

  /** False, with nothing added, for a key that cannot be packed. */
  append(key: string, value: number): boolean {
    if (this.end === this.ints.length) this.makeRoom();
    const at = this.end;
    if (!packString(key, this.ints, at)) return false;
    this.floats[(at >> 1) + 3] = value;
    this.end = at + WORDS;
    return true;
  }

  /** Appends a packed key of `length` characters that lies in a slot of a table. */
  appendPacked(slots: Int32Array, from: number, length: number, value: number): void {
    if (this.end === this.ints.length) this.makeRoom();
    const { ints } = this;
    const at = this.end;
    for (let i = 0; i < 4; i++) ints[at + i] = slots[from + i] as number;
    ints[at + PACKED_LENGTH] = length;
    ints[at + PACKED_HASH] = slots[from + PACKED_HASH] as number;
    this.floats[(at >> 1) + 3] = value;
    this.end = at + WORDS;
  }

  /** Bytes held. */
  get memoryBytes(): number {
    return this.ints.byteLength + (this.pages?.sizeBytes ?? 0);
  }

  private makeRoom(): void {
    if (this.pages !== undefined) this.scatter();
    else if (this.end < MIN_BUCKETED_ROWS * WORDS) {
      const larger = new Int32Array(this.ints.length * 2);
      larger.set(this.ints);
      this.setBatch(larger);
    } else {
      this.scatter();
      this.setBatch(new Int32Array(BATCH_ROWS * WORDS));
    }
  }

  private setBatch(ints: Int32Array<ArrayBuffer>): void {
    this.ints = ints;
    this.floats = new Float64Array(ints.buffer);
  }

  private scatter(): void {
    const { ints, floats, end, numPartitions, bucketBits } = this;
    if (end === 0) return;
    this.pages ??= new RecordPages(numPartitions << bucketBits, WORD_BITS, end / WORDS);
    const { pages } = this;
    const choice = { numPartitions, bucketBits };
    let valuesAreInts = this.valuesAreInts;
    for (let from = 0; from < end; from += WORDS) {
      const value = floats[(from >> 1) + 3] as number;
      if (valuesAreInts) valuesAreInts = (value | 0) === value && (value !== 0 || 1 / value > 0);
      const record = pages.append(streamOf(ints[from + PACKED_HASH] as number, choice));
      const at = pages.wordOf(record);
      const slab = pages.slabOf(record);
      const to = slab.ints;
      to[at] = ints[from] as number;
      to[at + 1] = ints[from + 1] as number;
      to[at + 2] = ints[from + 2] as number;
      to[at + 3] = ints[from + 3] as number;
      to[at + 4] = ints[from + 4] as number;
      slab.floats[(at >> 1) + 3] = value;
    }
    this.valuesAreInts = valuesAreInts;
    this.end = 0;
  }

  /**
   * Scatters what waits, few rows without buckets unless `always`. After that `blocksOf` has them.
   *
   * @returns the buckets of each partition
   */
  finish(always: boolean): number {
    if (this.pages === undefined && !always) this.bucketBits = 0;
    this.scatter();
    return 1 << this.bucketBits;
  }

  /** The rows of a bucket. */
  *blocksOf(partition: number, bucket: number): Generator<BlockWriter> {
    const { pages } = this;
    const stream = (partition << this.bucketBits) + bucket;
    const pageCount = pages?.pageCount(stream) ?? 0;
    for (let from = 0; from < pageCount; from += BLOCK_PAGES)
      yield this.blockOf(pages as RecordPages, stream, {
        from,
        to: Math.min(pageCount, from + BLOCK_PAGES),
      });
  }

  private blockOf(pages: RecordPages, stream: number, range: PageRange): BlockWriter {
    let byteCount = 0;
    let rowCount = 0;
    pages.forEachPage(stream, range, ({ ints }, from, count) => {
      rowCount += count;
      for (let at = from, end = from + count * WORDS; at < end; at += WORDS)
        byteCount += ints[at + PACKED_LENGTH] as number;
    });
    const keys = filledLatin1Column(rowCount, byteCount, (lengths, bytes) =>
      writeKeys(pages, stream, range, lengths, bytes),
    );
    if (this.keyed === 'row') return blockOf(keys);
    const fill = (target: Int32Array | Float64Array) => {
      let to = 0;
      pages.forEachPage(stream, range, ({ floats }, from, count) => {
        for (let i = 0; i < count; i++) target[to++] = floats[(from >> 1) + 4 * i + 3] as number;
      });
    };
    return pairBlockOf(
      rowCount,
      keys,
      this.valuesAreInts ? filledInt32Column(rowCount, fill) : filledFloat64Column(rowCount, fill),
    );
  }
}

function writeKeys(
  pages: RecordPages,
  stream: number,
  range: PageRange,
  lengths: Int8Array | Int32Array,
  bytes: Uint8Array,
): void {
  let row = 0;
  let to = 0;
  pages.forEachPage(stream, range, ({ ints }, from, count) => {
    for (let at = from, end = from + count * WORDS; at < end; at += WORDS) {
      const length = ints[at + PACKED_LENGTH] as number;
      lengths[row++] = length;
      for (let word = at, left = length; left > 0; word++, left -= 4) {
        const w = ints[word] as number;
        bytes[to] = w;
        if (left > 1) bytes[to + 1] = w >>> 8;
        if (left > 2) bytes[to + 2] = w >>> 16;
        if (left > 3) bytes[to + 3] = w >>> 24;
        to += Math.min(left, 4);
      }
    }
  });
}
