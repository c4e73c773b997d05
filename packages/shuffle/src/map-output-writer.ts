import { BlockBuilder, type BlockWriter, hashString } from '@firesteel/codec';
import type { MapOutput } from '@firesteel/plan';
import { latin1String } from './buffer-text.js';
import type { CombineTables } from './combine-tables.js';
import { PACKED_HASH, PACKED_LENGTH, PACKED_WORDS, packString } from './packed-key.js';
import type { Partitioner } from './partitioner.js';
import { StringPairs } from './string-pairs.js';

/** Rows after which a block is closed, so that a reader never decodes more than that at once. */
const MAX_BLOCK_ROWS = 1 << 18;

/** Bytes before each block that hold its length; keeps blocks 8-aligned. */
export const FRAME_BYTES = 8;

/**
 * Sorts the rows of one map task into the partitions of its reducers and writes them as one
 * shared buffer: partition after partition, each a run of frames of 8 bytes (block length as
 * uint32, then zero) and a block.
 */
export class MapOutputWriter {
  private readonly open: (BlockBuilder | StringPairs | undefined)[];
  private readonly blocks: BlockWriter[][];
  private rowCount = 0;
  /** Long and wide keys get blocks of their own, so that readers find plain bytes in the others. */
  private readonly short: (StringPairs | undefined)[];
  private readonly long: (StringPairs | undefined)[];
  private readonly packed = new Int32Array(PACKED_WORDS);
  private readonly packedBytes = new Uint8Array(this.packed.buffer);

  constructor(readonly numPartitions: number) {
    this.open = new Array(numPartitions).fill(undefined);
    this.short = new Array(numPartitions).fill(undefined);
    this.long = new Array(numPartitions).fill(undefined);
    this.blocks = Array.from({ length: numPartitions }, () => []);
  }

  appendPair(partition: number, key: unknown, value: unknown): void {
    this.builder(partition).appendPair(key, value);
  }

  appendRow(partition: number, row: unknown): void {
    this.builder(partition).appendRow(row);
  }

  /** Writes a pair to the partition of its key's hash, without a look at the types of a column. */
  appendStringNumber(key: string, value: number): void {
    const { packed } = this;
    const isPacked = packString(key, packed);
    const hash = isPacked ? (packed[PACKED_HASH] as number) : hashString(key);
    const partition = (hash >>> 0) % this.numPartitions;
    let open = this.open[partition];
    if (open === undefined || open.rowCount >= MAX_BLOCK_ROWS)
      open = this.openBlock(this.open, partition, new StringPairs());
    this.rowCount++;
    // Rows of other kinds have come before in this block: rows of a partition keep their order.
    if (open instanceof BlockBuilder) open.appendPair(key, value);
    else if (isPacked)
      open.appendLatin1(this.packedBytes, 0, packed[PACKED_LENGTH] as number, value);
    else open.append(key, value);
  }

  private builder(partition: number): BlockBuilder {
    let open = this.open[partition];
    if (!(open instanceof BlockBuilder) || open.rowCount >= MAX_BLOCK_ROWS)
      open = this.openBlock(this.open, partition, new BlockBuilder());
    this.rowCount++;
    return open;
  }

  private openBlock<B extends BlockWriter>(
    open: (BlockWriter | undefined)[],
    partition: number,
    block: B,
  ): B {
    open[partition] = block;
    (this.blocks[partition] as BlockWriter[]).push(block);
    return block;
  }

  /** Writes what a map side combine left in its tables. `keyed: 'row'` writes keys alone. */
  appendTables(tables: CombineTables, partitioner: Partitioner, keyed: 'pair' | 'row'): void {
    if (keyed === 'pair' && partitioner.byHash) {
      this.appendStringKeys(tables);
      tables.forEachNumber((hash, key, slot) =>
        this.appendPair((hash >>> 0) % this.numPartitions, key, tables.numberValue(slot)),
      );
      const { keys, values } = tables.others;
      for (let i = 0; i < keys.length; i++)
        this.appendPair(partitioner.partitionOf(keys[i]), keys[i], values[i]);
      return;
    }
    for (const { keys, values, length } of tables.chunks()) {
      for (let i = 0; i < length; i++) {
        const partition = partitioner.partitionOf(keys[i]);
        if (keyed === 'row') this.appendRow(partition, keys[i]);
        else this.appendPair(partition, keys[i], values[i]);
      }
    }
  }

  /** String keys with numeric values go from slots to columns without becoming strings. */
  private appendStringKeys(tables: CombineTables): void {
    const { strings } = tables;
    const n = this.numPartitions;
    if (strings.size === 0) return;
    if (strings.boxed !== null) {
      tables.forEachString((hash, start, length, longKey, slot) => {
        const key = length < 0 ? longKey : latin1String(strings.bytes, start, length);
        this.appendPair((hash >>> 0) % n, key, tables.stringValue(slot));
      });
      return;
    }
    tables.forEachString((hash, start, length, longKey, slot) => {
      const partition = (hash >>> 0) % n;
      const value = strings.floats[(slot << 2) + 3] as number;
      if (length < 0) this.stringPairs(this.long, partition).append(longKey, value);
      else
        this.stringPairs(this.short, partition).appendLatin1(strings.bytes, start, length, value);
    });
  }

  /**
   * Writes a combined pair to the partition of its key's hash; its key is in no table.
   * False, with nothing written, for a key that cannot be packed.
   */
  appendCombined(key: string, value: number): boolean {
    const { packed } = this;
    if (!packString(key, packed)) return false;
    const partition = ((packed[PACKED_HASH] as number) >>> 0) % this.numPartitions;
    const pairs = this.stringPairs(this.short, partition);
    pairs.appendLatin1(this.packedBytes, 0, packed[PACKED_LENGTH] as number, value);
    return true;
  }

  private stringPairs(open: (StringPairs | undefined)[], partition: number): StringPairs {
    let pairs = open[partition];
    if (pairs === undefined || pairs.rowCount >= MAX_BLOCK_ROWS)
      pairs = this.openBlock(open, partition, new StringPairs());
    this.rowCount++;
    return pairs;
  }

  finish(shuffleId: number, mapPartition: number): MapOutput {
    const offsets = new Float64Array(this.numPartitions + 1);
    const sizes = this.blocks.map((blocks) => blocks.map((block) => block.sizeBytes()));
    for (let p = 0; p < this.numPartitions; p++) {
      let at = offsets[p] as number;
      for (const size of sizes[p] as number[]) at += FRAME_BYTES + size;
      offsets[p + 1] = at;
    }
    const buffer = new SharedArrayBuffer(offsets[this.numPartitions] as number);
    const bytes = new Uint8Array(buffer);
    const lengths = new Uint32Array(buffer);
    for (let p = 0; p < this.numPartitions; p++) {
      let at = offsets[p] as number;
      (this.blocks[p] as BlockWriter[]).forEach((block, i) => {
        const size = (sizes[p] as number[])[i] as number;
        lengths[at / 4] = size;
        block.writeTo(bytes, at + FRAME_BYTES);
        at += FRAME_BYTES + size;
      });
    }
    const location = { kind: 'memory', buffer } as const;
    return { shuffleId, mapPartition, location, offsets, rowCount: this.rowCount };
  }
}
