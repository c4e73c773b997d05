import { mixWord } from '@firesteel/codec';
import type { PackedPairsChunk } from './chunk.js';
import { MAX_PACKED_LENGTH, PACKED_HASH, packLatin1, packString } from './packed-key.js';

/** 64 buckets: what a table holds of 1/64 of ten million keys still fits a second-level cache. */
const BUCKET_BITS = 6;
const BUCKETS = 1 << BUCKET_BITS;
const RECORD_WORDS = 8;
const PAGE_RECORDS = 512;

/** Records of 32 bytes: a packed key (see `packString`) and a double in the last two words. */
interface PackedPage extends PackedPairsChunk {
  count: number;
}

/**
 * Short string keys with numeric values, scattered by hash before any of them is looked up.
 *
 * With many distinct keys a table outgrows the caches and each record costs a miss of 150 ns and
 * more. Appending to one of 64 pages is sequential, and a bucket's table stays small: the radix
 * partitioning of Manegold, Boncz and Kersten (2002), applied to aggregation.
 */
export class PackedBuckets {
  private buckets: PackedPage[][] = Array.from({ length: BUCKETS }, () => []);
  size = 0;
  private readonly current: PackedPage[] = Array.from({ length: BUCKETS }, () => emptyPage(0));
  private readonly ints = new Int32Array(RECORD_WORDS);
  private readonly floats = new Float64Array(this.ints.buffer);

  /** False, with nothing added, for a key that cannot be packed. */
  add(key: string, value: number): boolean {
    if (!packString(key, this.ints)) return false;
    this.floats[3] = value;
    this.append();
    return true;
  }

  /** Like `add`, for a key given as latin1 bytes. */
  addLatin1(source: Uint8Array, start: number, length: number, value: number): boolean {
    if (length > MAX_PACKED_LENGTH) return false;
    packLatin1(source, start, length, this.ints);
    this.floats[3] = value;
    this.append();
    return true;
  }

  private append(): void {
    const { ints } = this;
    // Other bits than those that choose the partition and the slot of a table.
    const bucket = mixWord(ints[PACKED_HASH] as number, 0) >>> (32 - BUCKET_BITS);
    let page = this.current[bucket] as PackedPage;
    if (page.count * RECORD_WORDS === page.ints.length) {
      page = emptyPage(PAGE_RECORDS);
      this.current[bucket] = page;
      (this.buckets[bucket] as PackedPage[]).push(page);
    }
    const to = page.ints;
    const at = page.count++ * RECORD_WORDS;
    to[at] = ints[0] as number;
    to[at + 1] = ints[1] as number;
    to[at + 2] = ints[2] as number;
    to[at + 3] = ints[3] as number;
    to[at + 4] = ints[4] as number;
    to[at + 5] = ints[5] as number;
    page.floats[(at >> 1) + 3] = this.floats[3] as number;
    this.size++;
  }

  /** Takes all records out, bucket by bucket. */
  *drain(): Generator<readonly PackedPairsChunk[]> {
    const { buckets } = this;
    this.size = 0;
    this.buckets = buckets.map(() => []);
    this.current.fill(emptyPage(0));
    for (const pages of buckets) if (pages.length > 0) yield pages;
  }
}

function emptyPage(records: number): PackedPage {
  const ints = new Int32Array(records * RECORD_WORDS);
  return { kind: 'packedPairs', ints, floats: new Float64Array(ints.buffer), count: 0 };
}
