import { BlockBuilder, type BlockWriter, hashNumber, hashString } from '@firesteel/codec';
import type { Framed } from './files/frames.js';
import type { TaskSpace } from './files/task-space.js';
import { NumberPairs } from './number-pairs.js';
import { OutputWriter } from './output-writer.js';
import { PACKED_HASH, PACKED_LENGTH, PACKED_WORDS, packString } from './packed-key.js';
import { StringPairs } from './string-pairs.js';

/** Rows after which a block is closed, so that a reader never decodes more than that at once. */
const MAX_BLOCK_ROWS = 1 << 16;
/**
 * Memory of a block that is about half full when it is first seen to be so large: the block is closed
 * after as many rows again. What is larger comes and goes at a cost, and leaves holes in memory that
 * nothing else fits.
 */
const BLOCK_BYTES = 1 << 18;
/** Where later rows are larger than the first ones. */
const MAX_BLOCK_BYTES = 1 << 20;
/** How often the memory of a block is looked at. */
const ROWS_PER_CHECK = 64;

type OpenBlock = BlockBuilder | StringPairs | NumberPairs;

/** Sorts the rows of one map task into the partitions of its reducers, where they keep their order. */
export class MapOutputWriter extends OutputWriter {
  private open: (OpenBlock | undefined)[] = [];
  private blocks: OpenBlock[][] = [];
  /** The rows after which the open block of each partition is closed. */
  private readonly rowLimits: Int32Array;
  /** Of blocks that are closed. */
  private closedBytes = 0;
  private readonly packed = new Int32Array(PACKED_WORDS);
  private readonly packedBytes = new Uint8Array(this.packed.buffer);

  constructor(numPartitions: number, space: TaskSpace) {
    super(numPartitions, space);
    this.rowLimits = new Int32Array(numPartitions);
    this.reset();
  }

  private reset(): void {
    this.open = new Array(this.numPartitions).fill(undefined);
    this.blocks = Array.from({ length: this.numPartitions }, () => []);
    this.closedBytes = 0;
  }

  appendPair(partition: number, key: unknown, value: unknown): void {
    this.builder(partition).appendPair(key, value);
  }

  appendRow(partition: number, row: unknown): void {
    this.builder(partition).appendRow(row);
  }

  /** A row that is a string of ASCII in memory. */
  appendAscii(partition: number, view: DataView, at: number, length: number): void {
    this.builder(partition).appendAscii(view, at, length);
  }

  /** A pair with such a value. */
  appendAsciiPair(
    partition: number,
    key: unknown,
    view: DataView,
    at: number,
    length: number,
  ): void {
    this.builder(partition).appendAsciiPair(key, view, at, length);
  }

  /** Writes a pair to the partition of its key's hash, without a look at the types of a column. */
  appendStringNumber(key: string, value: number): void {
    const { packed } = this;
    const isPacked = packString(key, packed, 0);
    const hash = isPacked ? (packed[PACKED_HASH] as number) : hashString(key);
    const open = this.stringPairs((hash >>> 0) % this.numPartitions);
    if (open instanceof BlockBuilder) open.appendPair(key, value);
    else if (isPacked)
      open.appendLatin1(this.packedBytes, 0, packed[PACKED_LENGTH] as number, value);
    else open.append(key, value);
  }

  /** The same for a key that is a number. */
  appendNumbers(key: number, value: number): void {
    this.appendNumbersTo((hashNumber(key) >>> 0) % this.numPartitions, key, value);
  }

  appendNumbersTo(partition: number, key: number, value: number): void {
    let open = this.open[partition];
    if (open === undefined || open instanceof StringPairs || open.rowCount >= MAX_BLOCK_ROWS)
      open = this.openBlock(partition, new NumberPairs());
    if (open instanceof NumberPairs) open.append(key, value);
    else open.appendPair(key, value);
  }

  private stringPairs(partition: number): BlockBuilder | StringPairs {
    const open = this.open[partition];
    if (open === undefined || open instanceof NumberPairs || this.isFull(partition, open))
      return this.openBlock(partition, new StringPairs());
    return open;
  }

  private builder(partition: number): BlockBuilder {
    const open = this.open[partition];
    return open instanceof BlockBuilder && !this.isFull(partition, open)
      ? open
      : this.openBlock(partition, new BlockBuilder());
  }

  private isFull(partition: number, open: OpenBlock): boolean {
    const { rowLimits } = this;
    const { rowCount } = open;
    if (rowCount % ROWS_PER_CHECK === 0) {
      const { memoryBytes } = open;
      if (memoryBytes >= MAX_BLOCK_BYTES) rowLimits[partition] = rowCount;
      else if (memoryBytes >= BLOCK_BYTES && rowLimits[partition] === MAX_BLOCK_ROWS)
        rowLimits[partition] = Math.min(2 * rowCount, MAX_BLOCK_ROWS);
    }
    return rowCount >= (rowLimits[partition] as number);
  }

  private openBlock<B extends OpenBlock>(partition: number, block: B): B {
    this.closedBytes += this.open[partition]?.memoryBytes ?? 0;
    this.open[partition] = block;
    this.rowLimits[partition] = MAX_BLOCK_ROWS;
    (this.blocks[partition] as OpenBlock[]).push(block);
    return block;
  }

  get memoryBytes(): number {
    let bytes = this.closedBytes;
    for (const block of this.open) if (block !== undefined) bytes += block.memoryBytes;
    return bytes;
  }

  takeBlocks(): Framed<BlockWriter>[][] {
    const { blocks } = this;
    this.reset();
    return blocks.map((ofPartition) => ofPartition.map((block) => ({ block, bucket: undefined })));
  }
}
