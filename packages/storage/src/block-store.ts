import { encodeRows } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import type { BlockUpdate, CachedBlockId, StorageLevel } from '@firesteel/plan';
import type { BlockEntry } from './block-table.js';
import { PartitionMap } from './partition-map.js';
import {
  PartitionWriter,
  type StoredPartition,
  type StoredRows,
  type WriterEnvironment,
} from './partition-writer.js';

/** A partition as encoded blocks, which every thread of the process may read. */
export interface SharedPartition extends CachedBlockId {
  readonly blocks: readonly SharedArrayBuffer[];
}

/** A shared partition on its way from the thread that computed it to the process. */
export interface NewSharedPartition extends SharedPartition {
  readonly level: StorageLevel;
  readonly entry: BlockEntry;
  readonly memoryBytes: number;
}

export interface BlockStoreEnvironment extends WriterEnvironment {
  /** Tells the scheduler. */
  report(update: BlockUpdate): void;
  /** Gives a partition to the process, which tells the scheduler. */
  share(partition: NewSharedPartition): void;
}

interface LivePartition {
  readonly rows: readonly unknown[];
  readonly entry: BlockEntry;
  readonly level: StorageLevel;
}

/**
 * The cached partitions that one executor thread can read: live rows, which it keeps itself, shared
 * ones, which the process keeps and lends to tasks, and files.
 */
export class BlockStore {
  private readonly live = new PartitionMap<LivePartition>();
  /** What the running task was lent, and what it has shared itself. */
  private readonly lent = new PartitionMap<readonly SharedArrayBuffer[]>();

  constructor(private readonly environment: BlockStoreEnvironment) {}

  beginTask(lent: readonly SharedPartition[]): void {
    this.letGo();
    for (const { rddId, partition, blocks } of lent) this.lent.set(rddId, partition, blocks);
  }

  endTask(): void {
    this.lent.clear();
    this.environment.budget.releaseAllExecution();
  }

  find(rddId: number, partition: number, level: StorageLevel): StoredRows | undefined {
    const live = this.live.get(rddId, partition);
    if (live !== undefined) {
      this.environment.budget.touchBlock(live.entry);
      return { kind: 'rows', rows: live.rows };
    }
    const blocks = this.lent.get(rddId, partition);
    if (blocks !== undefined) return { kind: 'blocks', blocks };
    const file = level.useDisk ? this.environment.disk.find(rddId, partition) : undefined;
    return file === undefined ? undefined : { kind: 'file', file };
  }

  /** What `read` gives, or undefined for a file that is gone or damaged, which is told. */
  readable<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      const isLost =
        FiresteelError.is(error, 'LOCAL_DISK_FAILED') || FiresteelError.is(error, 'BLOCK_CORRUPT');
      if (!isLost) throw error;
      this.environment.warn(error as FiresteelError);
      return undefined;
    }
  }

  writer(rddId: number, partition: number, level: StorageLevel): PartitionWriter {
    return new PartitionWriter(rddId, partition, level, this.environment);
  }

  /** Keeps what a writer has finished. */
  put(rddId: number, partition: number, level: StorageLevel, stored: StoredPartition): void {
    const { memoryBytes, diskBytes, entry } = stored;
    const { budget } = this.environment;
    if (stored.kind === 'blocks') {
      const blocks = stored.blocks;
      this.lent.set(rddId, partition, blocks);
      if (entry !== undefined)
        this.environment.share({ rddId, partition, level, blocks, entry, memoryBytes });
      return;
    }
    const scope = stored.kind === 'rows' ? 'slot' : 'executor';
    if (stored.kind === 'rows' && entry !== undefined) {
      this.drop(rddId, partition);
      this.live.set(rddId, partition, { rows: stored.rows, entry, level });
      budget.storeBlock(entry);
    }
    this.environment.report({
      rddId,
      partition,
      level,
      scope,
      isStored: true,
      memoryBytes,
      diskBytes,
    });
  }

  /** Drops live rows that were evicted, to the disk if their level has it. */
  letGo(): void {
    const { budget, report } = this.environment;
    if (!budget.hasEvictions) return;
    for (const [rddId, partition, { rows, entry, level }] of this.live.entries()) {
      if (!budget.isEvicted(entry)) continue;
      const diskBytes = level.useDisk ? this.moveToDisk(rddId, partition, rows) : 0;
      this.drop(rddId, partition);
      if (diskBytes > 0)
        report({
          rddId,
          partition,
          level,
          scope: 'executor',
          isStored: true,
          memoryBytes: 0,
          diskBytes,
        });
      report({
        rddId,
        partition,
        level,
        scope: 'slot',
        isStored: false,
        memoryBytes: 0,
        diskBytes: 0,
      });
    }
  }

  removeRdd(rddId: number): void {
    for (const partition of this.live.partitionsOf(rddId)) this.drop(rddId, partition);
  }

  private drop(rddId: number, partition: number): void {
    const live = this.live.delete(rddId, partition);
    if (live !== undefined) this.environment.budget.removeBlock(live.entry);
  }

  /** The bytes written; 0 if the rows could not be written, and have to be computed again. */
  private moveToDisk(rddId: number, partition: number, rows: readonly unknown[]): number {
    try {
      const writer = this.environment.disk.create(rddId, partition);
      try {
        for (let from = 0; from < rows.length; from += FILE_BLOCK_ROWS)
          writer.append(new Uint8Array(encodeRows(rows.slice(from, from + FILE_BLOCK_ROWS))));
      } catch (error) {
        writer.discard();
        throw error;
      }
      return writer.finish().sizeBytes;
    } catch (error) {
      if (!FiresteelError.is(error)) throw error;
      this.environment.warn(error);
      return 0;
    }
  }
}

const FILE_BLOCK_ROWS = 4096;
