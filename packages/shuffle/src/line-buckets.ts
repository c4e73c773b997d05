import { type BlockWriter, copyAscii, filledLatin1Column, pairBlockOf } from '@firesteel/codec';
import type { MapOutput } from '@firesteel/plan';
import type { Framed } from './files/frames.js';
import { memoryBytesOf, writeFrames } from './memory-output.js';

const PAGE_BYTES = 1 << 20;
/** An output of more is not for int32 offsets, nor its buckets for who reads them whole. */
const MAX_BYTES = 1 << 28;
const FIRST_ROWS = 1 << 10;
/** Of a row, besides its text. */
const BYTES_PER_ROW = 10;
const LONGEST_SHORT = 127;

/** Where the next row of a bucket goes in an output, as offsets of bytes: its cursors are side by side. */
const CURSORS = 4;
const KEY_LENGTH = 0;
const KEY = 1;
const LINE_LENGTH = 2;
const LINE = 3;

/** What the last task has left for the next one, unless V8 looks for garbage between the two. */
let idlePages = new WeakRef<DataView[]>([]);

function newPage(size: number): DataView {
  return new DataView(Buffer.allocUnsafeSlow(Math.max(PAGE_BYTES, size)).buffer);
}

/**
 * Pairs of keys and lines, all of them ASCII, on their way into the buckets of an output.
 *
 * They wait one behind the other as they came. When all are there, so that the size of each bucket is
 * known, each row goes to its place in the output: it is copied twice in all, from and to memory
 * that the processor walks in order or has in its caches, and nothing ever grows.
 */
export class LineBuckets {
  rowCount = 0;
  private readonly pages: DataView[] = [];
  private readonly spare = idlePages.deref() ?? [];
  /** The number of the first row in each page. */
  private readonly firstRows: number[] = [];
  private page: DataView = new DataView(new ArrayBuffer(0));
  private pageEnd = 0;
  private pageBytes = 0;
  private buckets = new Uint16Array(FIRST_ROWS);
  private keyLengths = new Int32Array(FIRST_ROWS);
  private lineLengths = new Int32Array(FIRST_ROWS);
  private longestKey = 0;
  private longestLine = 0;

  /** @param partitions the partition of each bucket */
  constructor(
    private readonly numPartitions: number,
    private readonly partitions: Uint32Array,
  ) {
    idlePages = new WeakRef([]);
  }

  /** Bytes held, and needed for an output. */
  get memoryBytes(): number {
    return 2 * this.pageBytes + BYTES_PER_ROW * this.buckets.length;
  }

  /** False, with nothing added, for a key that is not ASCII, and when there are too many lines. */
  append(bucket: number, key: string, source: DataView, from: number, length: number): boolean {
    const keyLength = key.length;
    const size = keyLength + length;
    if (this.pageEnd + size > this.page.byteLength) {
      if (this.pageBytes + size > MAX_BYTES) return false;
      this.addPage(size);
    }
    const { page, pageEnd, rowCount } = this;
    let units = 0;
    for (let i = 0; i < keyLength; i++) {
      const unit = key.charCodeAt(i);
      units |= unit;
      page.setUint8(pageEnd + i, unit);
    }
    if (units > 127) return false;
    copyAscii(source, from, page, pageEnd + keyLength, length);
    if (rowCount === this.buckets.length) this.growRows();
    this.buckets[rowCount] = bucket;
    this.keyLengths[rowCount] = keyLength;
    this.lineLengths[rowCount] = length;
    if (keyLength > this.longestKey) this.longestKey = keyLength;
    if (length > this.longestLine) this.longestLine = length;
    this.rowCount = rowCount + 1;
    this.pageEnd = pageEnd + size;
    return true;
  }

  /** The rows as an output, after which they are gone; undefined if there is no room for it. */
  output(
    shuffleId: number,
    mapPartition: number,
    hasRoom: (bytes: number) => boolean,
  ): MapOutput | undefined {
    const cursors = new Int32Array(CURSORS * this.partitions.length);
    const blocks = this.blocks(cursors);
    if (!hasRoom(memoryBytesOf(blocks))) return;
    const output = writeFrames(shuffleId, mapPartition, blocks);
    if (output.location.kind === 'memory') this.fill(output.location.buffer, cursors);
    this.spare.push(...this.pages.splice(0).filter((page) => page.byteLength === PAGE_BYTES));
    idlePages = new WeakRef(this.spare);
    return output;
  }

  /** Blocks for each partition that write no rows, but set the cursors of their buckets. */
  private blocks(cursors: Int32Array): Framed<BlockWriter>[][] {
    const { partitions } = this;
    const { rows, keyBytes, lineBytes } = this.sizes();
    const blocks: Framed<BlockWriter>[][] = Array.from({ length: this.numPartitions }, () => []);
    for (let bucket = 0; bucket < partitions.length; bucket++) {
      const count = rows[bucket] as number;
      if (count === 0) continue;
      const column = (bytes: Int32Array, longest: number, lengthCursor: number, cursor: number) =>
        filledLatin1Column(
          count,
          bytes[bucket] as number,
          (lengths, text) => {
            cursors[CURSORS * bucket + lengthCursor] = lengths.byteOffset;
            cursors[CURSORS * bucket + cursor] = text.byteOffset;
          },
          longest <= LONGEST_SHORT,
        );
      const keys = column(keyBytes, this.longestKey, KEY_LENGTH, KEY);
      const lines = column(lineBytes, this.longestLine, LINE_LENGTH, LINE);
      blocks[partitions[bucket] as number]?.push({
        block: pairBlockOf(count, keys, lines),
        bucket,
      });
    }
    return blocks;
  }

  private sizes() {
    const { buckets, keyLengths, lineLengths } = this;
    const rows = new Int32Array(this.partitions.length);
    const keyBytes = new Int32Array(rows.length);
    const lineBytes = new Int32Array(rows.length);
    for (let row = 0; row < this.rowCount; row++) {
      const bucket = buckets[row] as number;
      rows[bucket] = (rows[bucket] as number) + 1;
      keyBytes[bucket] = (keyBytes[bucket] as number) + (keyLengths[row] as number);
      lineBytes[bucket] = (lineBytes[bucket] as number) + (lineLengths[row] as number);
    }
    return { rows, keyBytes, lineBytes };
  }

  private fill(buffer: ArrayBufferLike, cursors: Int32Array): void {
    const { buckets, keyLengths, lineLengths, firstRows, pages } = this;
    const target = new DataView(buffer);
    const keyStep = this.longestKey <= LONGEST_SHORT ? 1 : 4;
    const lineStep = this.longestLine <= LONGEST_SHORT ? 1 : 4;
    for (let p = 0; p < pages.length; p++) {
      const page = pages[p] as DataView;
      const end = firstRows[p + 1] ?? this.rowCount;
      let from = 0;
      for (let row = firstRows[p] as number; row < end; row++) {
        const at = CURSORS * (buckets[row] as number);
        const key = keyLengths[row] as number;
        const line = lineLengths[row] as number;
        writeLength(target, cursors[at + KEY_LENGTH] as number, key, keyStep);
        copyAscii(page, from, target, cursors[at + KEY] as number, key);
        writeLength(target, cursors[at + LINE_LENGTH] as number, line, lineStep);
        copyAscii(page, from + key, target, cursors[at + LINE] as number, line);
        cursors[at + KEY_LENGTH] = (cursors[at + KEY_LENGTH] as number) + keyStep;
        cursors[at + KEY] = (cursors[at + KEY] as number) + key;
        cursors[at + LINE_LENGTH] = (cursors[at + LINE_LENGTH] as number) + lineStep;
        cursors[at + LINE] = (cursors[at + LINE] as number) + line;
        from += key + line;
      }
    }
  }

  private addPage(size: number): void {
    this.page = (size > PAGE_BYTES ? undefined : this.spare.pop()) ?? newPage(size);
    this.pages.push(this.page);
    this.firstRows.push(this.rowCount);
    this.pageEnd = 0;
    this.pageBytes += this.page.byteLength;
  }

  private growRows(): void {
    const length = 2 * this.buckets.length;
    const grown = <A extends Uint16Array | Int32Array>(old: A, larger: A): A => {
      larger.set(old);
      return larger;
    };
    this.buckets = grown(this.buckets, new Uint16Array(length));
    this.keyLengths = grown(this.keyLengths, new Int32Array(length));
    this.lineLengths = grown(this.lineLengths, new Int32Array(length));
  }
}

function writeLength(target: DataView, at: number, length: number, bytes: number): void {
  if (bytes === 1) target.setInt8(at, length);
  else target.setInt32(at, length, true);
}
