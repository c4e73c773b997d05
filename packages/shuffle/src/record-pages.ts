const PAGE_BITS = 6;
export const PAGE_RECORDS = 1 << PAGE_BITS;
const MAX_SLAB_BITS = 17;

/** Pages `from` … `to - 1` of a stream. */
export interface PageRange {
  readonly from: number;
  readonly to: number;
}

/** Memory of many pages, seen as words and as doubles. */
interface Slab {
  readonly ints: Int32Array;
  readonly floats: Float64Array;
}

/** Records of a fixed size that grow in many streams at once, in pages cut from large slabs. */
export class RecordPages {
  readonly slabs: Slab[] = [];
  private readonly slabBits: number;
  private readonly pages: number[][];
  /** The next record of each stream; at the border of a page, none is left. */
  private readonly next: Int32Array;
  private usedRecords = 0;

  /**
   * @param wordBits a record has `1 << wordBits` words of 4 bytes, at least two
   * @param expectedRecords to begin with, for the size of a slab
   */
  constructor(
    readonly streams: number,
    readonly wordBits: number,
    expectedRecords: number,
  ) {
    const records = expectedRecords + streams * PAGE_RECORDS;
    this.slabBits = Math.min(MAX_SLAB_BITS, Math.ceil(Math.log2(records)));
    this.pages = Array.from({ length: streams }, () => []);
    this.next = new Int32Array(streams);
  }

  /** Bytes held. */
  get sizeBytes(): number {
    return this.slabs.length * (1 << (this.slabBits + this.wordBits + 2));
  }

  /** The number of a new record at the end of `stream`. */
  append(stream: number): number {
    let record = this.next[stream] as number;
    if ((record & (PAGE_RECORDS - 1)) === 0) record = this.newPage(stream);
    this.next[stream] = record + 1;
    return record;
  }

  slabOf(record: number): Slab {
    return this.slabs[record >>> this.slabBits] as Slab;
  }

  /** The first word of a record in its slab. */
  wordOf(record: number): number {
    return (record & ((1 << this.slabBits) - 1)) << this.wordBits;
  }

  pageCount(stream: number): number {
    return (this.pages[stream] as number[]).length;
  }

  /** Visits pages of a stream in order: `count` records from word `from` of a slab on. */
  forEachPage(
    stream: number,
    range: PageRange,
    visit: (slab: Slab, from: number, count: number) => void,
  ): void {
    const pages = this.pages[stream] as number[];
    for (let i = range.from; i < range.to; i++) {
      const record = pages[i] as number;
      const count = i === pages.length - 1 ? this.inLastPage(stream) : PAGE_RECORDS;
      visit(this.slabOf(record), this.wordOf(record), count);
    }
  }

  private inLastPage(stream: number): number {
    return (((this.next[stream] as number) - 1) & (PAGE_RECORDS - 1)) + 1;
  }

  private newPage(stream: number): number {
    const record = this.usedRecords;
    this.usedRecords += PAGE_RECORDS;
    if (record >>> this.slabBits === this.slabs.length) {
      const ints = new Int32Array(1 << (this.slabBits + this.wordBits));
      this.slabs.push({ ints, floats: new Float64Array(ints.buffer) });
    }
    (this.pages[stream] as number[]).push(record);
    return record;
  }
}
