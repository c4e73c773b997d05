import {
  BlockBuilder,
  decodeRows,
  encodeBlock,
  encodeRows,
  estimateRowsBytes,
} from '@firesteel/codec';
import { FiresteelError, MAX_ARRAY_ROWS } from '@firesteel/common';
import type { StorageLevel } from '@firesteel/plan';
import type { BlockFile, BlockFileWriter } from './block-file.js';
import type { BlockEntry } from './block-table.js';
import type { DiskStore } from './disk-store.js';
import { flatShapeOf, isFlat, isFlatPair } from './flat-rows.js';
import type { MemoryBudget } from './memory-budget.js';

/** Rows of a partition in one of the forms in which they are kept, in order. */
export type StoredRows =
  /** Live rows. */
  | { readonly kind: 'rows'; readonly rows: readonly unknown[] }
  /** Encoded blocks in shared memory. */
  | { readonly kind: 'blocks'; readonly blocks: readonly SharedArrayBuffer[] }
  | { readonly kind: 'file'; readonly file: BlockFile };

/** What became of a partition: where it is, and what it takes there. */
export type StoredPartition = StoredRows & {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Its place in the budget, if it takes memory. */
  readonly entry?: BlockEntry;
};

export interface WriterEnvironment {
  readonly budget: MemoryBudget;
  readonly disk: DiskStore;
  warn(error: FiresteelError): void;
}

const MAX_BLOCK_ROWS = 1 << 16;
/** A block is closed when it has about so many bytes. */
const BLOCK_BYTES = 1 << 20;
const FIRST_CHECK_ROWS = 1024;
/** Live rows are measured again when there are so many times more. */
const GROWTH = 1.25;

type Mode = 'undecided' | 'live' | 'encoded' | 'file' | 'gaveUp';

/**
 * Takes the rows of one partition as they are computed and keeps them as the level wants: flat
 * rows as columns in shared memory, others live (deserialized levels) or encoded. Memory is asked
 * for while it grows. When there is no more, what is there moves to disk, if the level has disk;
 * otherwise the writer gives up and hands back what it has, so that a partition that is too large
 * is passed on without being in memory as a whole.
 */
export class PartitionWriter {
  private mode: Mode = 'undecided';
  private entry: BlockEntry | undefined;
  private reservedBytes = 0;
  /** Of flat rows, while only those have come. */
  private shape: number | undefined;
  private rows: unknown[] = [];
  private blocks: SharedArrayBuffer[] = [];
  private readonly builder = new BlockBuilder();
  /** Other executors could not copy rows that only one thread has. */
  private readonly keepsRows: boolean;
  private nextCheck = FIRST_CHECK_ROWS;
  private file: BlockFileWriter | undefined;

  constructor(
    private readonly rddId: number,
    private readonly partition: number,
    private readonly level: StorageLevel,
    private readonly environment: WriterEnvironment,
  ) {
    this.keepsRows = level.deserialized && level.replication === 1;
  }

  /**
   * Rows `from` … `to - 1`. False when the writer gave up, these rows included: then
   * `takeRows` gives back all of them.
   *
   * @throws FiresteelError UNSUPPORTED_VALUE for rows that a level of encoded rows cannot keep
   */
  appendRows(rows: readonly unknown[], from: number, to: number): boolean {
    if (from === to) return true;
    if (this.mode === 'undecided') this.decide(flatShapeOf(rows[from]));
    for (let i = from; i < to; i++) this.append(rows[i]);
    return this.check();
  }

  /** The rows `[keys[i], values[i]]`. */
  appendPairs(keys: ArrayLike<unknown>, values: ArrayLike<unknown>, length: number): boolean {
    if (length === 0) return true;
    if (this.mode === 'undecided') this.decide(isFlatPair(keys[0], values[0]) ? 2 : undefined);
    const { keepsRows } = this;
    for (let i = 0; i < length; i++) {
      const key = keys[i];
      const value = values[i];
      const isBuilt = keepsRows
        ? this.mode === 'encoded' && this.shape === 2 && isFlatPair(key, value)
        : this.mode === 'encoded' || this.mode === 'file';
      if (isBuilt) this.builder.appendPair(key, value);
      else this.append([key, value]);
    }
    return this.check();
  }

  /**
   * The complete partition, not yet given over; undefined when the writer gave up.
   *
   * @throws FiresteelError UNSUPPORTED_VALUE
   */
  finish(): StoredPartition | undefined {
    if (this.mode === 'undecided') this.decide(0);
    if (this.mode === 'live') this.reserve(estimateRowsBytes(this.rows));
    else if (this.mode === 'encoded') this.closeBlock();
    // Which may have moved all to the disk.
    if (this.mode === 'file') this.closeFileBlock();
    const { entry, reservedBytes: memoryBytes } = this;
    switch (this.mode as Mode) {
      case 'live':
        return { kind: 'rows', rows: this.rows, memoryBytes, diskBytes: 0, ...withEntry(entry) };
      case 'encoded':
        return {
          kind: 'blocks',
          blocks: this.blocks,
          memoryBytes,
          diskBytes: 0,
          ...withEntry(entry),
        };
      case 'file':
        return this.finishFile();
      default:
        return undefined;
    }
  }

  /** After the writer gave up: all rows that it was given. */
  takeRows(): StoredRows[] {
    const parts: StoredRows[] = [];
    if (this.file !== undefined) parts.push({ kind: 'file', file: this.file.abandon() });
    this.file = undefined;
    if (this.blocks.length > 0) parts.push({ kind: 'blocks', blocks: this.blocks });
    if (this.builder.rowCount > 0)
      parts.push({ kind: 'blocks', blocks: [encodeBlock(this.builder)] });
    if (this.rows.length > 0) parts.push({ kind: 'rows', rows: this.rows });
    return parts;
  }

  /** Forgets everything, when the rows could not be computed to the end. */
  discard(): void {
    this.releaseMemory();
    this.file?.discard();
    this.file = undefined;
  }

  private decide(shape: number | undefined): void {
    const { level, environment, keepsRows } = this;
    this.shape = keepsRows ? shape : undefined;
    this.mode = 'encoded';
    if (!level.useMemory) {
      this.shape = undefined;
      this.openFile();
    } else {
      const isLive = keepsRows && shape === undefined;
      if (isLive) this.mode = 'live';
      this.entry = environment.budget.beginBlock(this.rddId, this.partition, isLive);
      if (this.entry === undefined) this.leaveMemory();
    }
  }

  private append(row: unknown): void {
    switch (this.mode) {
      case 'encoded':
        if (this.shape !== undefined && !isFlat(row, this.shape)) {
          this.becomeLive();
          this.rows.push(row);
        } else this.builder.appendRow(row);
        return;
      case 'file':
        // Rows that were not encoded before may turn out to be of no kind that can be.
        if (this.keepsRows) this.rows.push(row);
        else this.builder.appendRow(row);
        return;
      default:
        this.rows.push(row);
    }
  }

  /** Between chunks: whether there is still room. */
  private check(): boolean {
    const { mode, builder } = this;
    if (mode === 'live' && this.rows.length >= this.nextCheck) {
      this.nextCheck = Math.min(Math.ceil(this.rows.length * GROWTH), MAX_ARRAY_ROWS + 1);
      this.reserve(estimateRowsBytes(this.rows));
    } else if (mode === 'file' && this.rows.length >= FIRST_CHECK_ROWS) this.closeFileBlock();
    else if ((mode === 'encoded' || mode === 'file') && builder.rowCount >= this.nextCheck) {
      this.nextCheck = 2 * builder.rowCount;
      const isFull = builder.rowCount >= MAX_BLOCK_ROWS || builder.sizeBytes() >= BLOCK_BYTES;
      if (isFull && mode === 'file') this.closeFileBlock();
      else if (isFull) this.closeBlock();
    }
    return this.mode !== 'gaveUp';
  }

  /** Changes what is reserved for live rows to this size. */
  private reserve(bytes: number): void {
    const { budget } = this.environment;
    const entry = this.entry as BlockEntry;
    if (bytes < this.reservedBytes) budget.releaseStorage(entry, this.reservedBytes - bytes);
    else if (
      this.rows.length > MAX_ARRAY_ROWS ||
      !budget.acquireStorage(entry, bytes - this.reservedBytes)
    ) {
      this.leaveMemory();
      return;
    }
    this.reservedBytes = bytes;
  }

  /** The rows in the builder become a block in memory. */
  private closeBlock(): void {
    const { builder } = this;
    this.nextCheck = FIRST_CHECK_ROWS;
    if (builder.rowCount === 0) return;
    const sizeBytes = builder.sizeBytes();
    if (!this.environment.budget.acquireStorage(this.entry as BlockEntry, sizeBytes)) {
      this.leaveMemory();
      return;
    }
    this.reservedBytes += sizeBytes;
    this.blocks.push(encodeBlock(builder));
    builder.reset();
  }

  /** The rows that wait for it become a block of the file. */
  private closeFileBlock(): void {
    this.nextCheck = FIRST_CHECK_ROWS;
    if (this.rows.length > 0) this.moveRows(this.rows);
    else this.writeBuilt();
  }

  private writeBuilt(): void {
    if (this.builder.rowCount === 0) return;
    this.writeBlock(encodeBlock(this.builder));
    if (this.mode === 'file') this.builder.reset();
  }

  /** A row came that has another shape: what is there becomes live rows again. */
  private becomeLive(): void {
    const { budget } = this.environment;
    this.rows = this.blocks.flatMap((block) => decodeRows(new Uint8Array(block)));
    if (this.builder.rowCount > 0)
      for (const row of decodeRows(new Uint8Array(encodeBlock(this.builder)))) this.rows.push(row);
    this.builder.reset();
    this.blocks = [];
    this.shape = undefined;
    this.releaseMemory();
    this.mode = 'live';
    this.nextCheck = FIRST_CHECK_ROWS;
    this.entry = budget.beginBlock(this.rddId, this.partition, true);
    if (this.entry === undefined) this.leaveMemory();
  }

  /** There is no memory for more: on to the disk, or no further. */
  private leaveMemory(): void {
    this.releaseMemory();
    if (!this.level.useDisk) {
      this.mode = 'gaveUp';
      return;
    }
    const { rows, blocks } = this;
    this.shape = undefined;
    this.openFile();
    let written = 0;
    for (; this.mode === 'file' && written < blocks.length; written++)
      this.writeBlock(blocks[written] as SharedArrayBuffer);
    // The last one is not in the file if that failed.
    this.blocks = this.mode === 'file' ? [] : blocks.slice(Math.max(0, written - 1));
    if (this.mode === 'file') this.writeBuilt();
    if (this.mode === 'file') this.moveRows(rows);
  }

  /** Live rows to the file; rows that cannot be encoded make the writer give up. */
  private moveRows(rows: readonly unknown[]): void {
    let next = 0;
    try {
      while (this.mode === 'file' && next < rows.length) {
        const end = Math.min(rows.length, next + FIRST_CHECK_ROWS);
        const block = encodeRows(rows.slice(next, end));
        this.writeBlock(block);
        if (this.mode === 'file') next = end;
      }
    } catch (error) {
      if (!FiresteelError.is(error, 'UNSUPPORTED_VALUE')) throw error;
      this.environment.warn(error);
      this.mode = 'gaveUp';
    }
    this.rows = rows.slice(next);
  }

  private openFile(): void {
    this.mode = 'file';
    try {
      this.file = this.environment.disk.create(this.rddId, this.partition);
    } catch (error) {
      this.giveUpDisk(error);
    }
  }

  private writeBlock(block: SharedArrayBuffer): void {
    try {
      this.file?.append(new Uint8Array(block));
    } catch (error) {
      this.giveUpDisk(error);
    }
  }

  private finishFile(): StoredPartition | undefined {
    const writer = this.file as BlockFileWriter;
    try {
      const file = writer.finish();
      this.file = undefined;
      return { kind: 'file', file, memoryBytes: 0, diskBytes: file.sizeBytes };
    } catch (error) {
      this.giveUpDisk(error);
      return undefined;
    }
  }

  private giveUpDisk(error: unknown): void {
    if (!FiresteelError.is(error, 'LOCAL_DISK_FAILED')) throw error;
    this.environment.warn(error);
    this.mode = 'gaveUp';
  }

  private releaseMemory(): void {
    if (this.entry !== undefined) this.environment.budget.removeBlock(this.entry);
    this.entry = undefined;
    this.reservedBytes = 0;
  }
}

function withEntry(entry: BlockEntry | undefined): { entry?: BlockEntry } {
  return entry === undefined ? {} : { entry };
}
