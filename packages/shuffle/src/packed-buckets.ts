import { mixWord } from '@firesteel/codec';
import type { PackedPairsChunk } from './chunk.js';
import {
  MAX_PACKED_LENGTH,
  PACKED_HASH,
  PACKED_RECORD_WORDS,
  packLatin1,
  packString,
} from './packed-key.js';

/** Records that a bucket should get: the table of their keys then fits a second-level cache. */
const BUCKET_RECORDS = 16384;
/** More streams than that exhaust what the processor keeps of page translations. */
const MAX_BUCKET_BITS = 10;
const PAGE_RECORDS = 128;
const SLAB_BITS = 17;
const SLAB_RECORDS = 1 << SLAB_BITS;

interface Slab {
  readonly ints: Int32Array;
  readonly floats: Float64Array;
}

/**
 * Short string keys with numeric values, scattered by hash before any of them is looked up.
 *
 * With many distinct keys a table outgrows the caches and each record costs a miss of 150 ns and
 * more. Appending to one of some hundred pages is sequential, and a bucket's table stays small: the radix
 * partitioning of Manegold, Boncz and Kersten (2002), applied to aggregation. A record is 32 bytes:
 * a packed key (see `packString`) and a double; pages are cut from slabs of 4 MiB.
 */
export class PackedBuckets {
  private readonly slabs: Slab[] = [];
  private readonly pages: number[][];
  /** The next record of each bucket; at the border of a page, none is left. */
  private readonly next: Int32Array;
  private readonly bucketShift: number;
  private usedRecords = 0;
  private readonly ints = new Int32Array(PACKED_RECORD_WORDS);

  constructor(expectedRecords: number) {
    const bits = Math.ceil(Math.log2(Math.max(2, expectedRecords / BUCKET_RECORDS)));
    const buckets = 2 ** Math.min(MAX_BUCKET_BITS, bits);
    this.bucketShift = 32 - Math.log2(buckets);
    this.pages = Array.from({ length: buckets }, () => []);
    this.next = new Int32Array(buckets);
  }

  /** False, with nothing added, for a key that cannot be packed. */
  add(key: string, value: number): boolean {
    if (!packString(key, this.ints)) return false;
    this.append(value);
    return true;
  }

  /** Like `add`, for a key given as latin1 bytes. */
  addLatin1(source: Uint8Array, start: number, length: number, value: number): boolean {
    if (length > MAX_PACKED_LENGTH) return false;
    packLatin1(source, start, length, this.ints);
    this.append(value);
    return true;
  }

  private append(value: number): void {
    const { ints } = this;
    // Other bits than those that choose the partition and the slot of a table.
    const bucket = mixWord(ints[PACKED_HASH] as number, 0) >>> this.bucketShift;
    let record = this.next[bucket] as number;
    if (record % PAGE_RECORDS === 0) record = this.newPage(bucket);
    this.next[bucket] = record + 1;
    const slab = this.slabs[record >>> SLAB_BITS] as Slab;
    const to = slab.ints;
    const at = (record & (SLAB_RECORDS - 1)) * PACKED_RECORD_WORDS;
    to[at] = ints[0] as number;
    to[at + 1] = ints[1] as number;
    to[at + 2] = ints[2] as number;
    to[at + 3] = ints[3] as number;
    to[at + 4] = ints[4] as number;
    to[at + 5] = ints[5] as number;
    slab.floats[(at >> 1) + 3] = value;
  }

  private newPage(bucket: number): number {
    const record = this.usedRecords;
    this.usedRecords += PAGE_RECORDS;
    if (record >>> SLAB_BITS === this.slabs.length) {
      const ints = new Int32Array(SLAB_RECORDS * PACKED_RECORD_WORDS);
      this.slabs.push({ ints, floats: new Float64Array(ints.buffer) });
    }
    (this.pages[bucket] as number[]).push(record);
    return record;
  }

  /** The records of each bucket that has any. */
  *chunks(): Generator<readonly PackedPairsChunk[]> {
    for (const [bucket, pages] of this.pages.entries()) {
      if (pages.length === 0) continue;
      const inLast = (((this.next[bucket] as number) - 1) % PAGE_RECORDS) + 1;
      yield pages.map((record, i): PackedPairsChunk => {
        const { ints, floats } = this.slabs[record >>> SLAB_BITS] as Slab;
        const from = (record & (SLAB_RECORDS - 1)) * PACKED_RECORD_WORDS;
        const count = i === pages.length - 1 ? inLast : PAGE_RECORDS;
        return { kind: 'packedPairs', ints, floats, from, count };
      });
    }
  }
}
