import { FiresteelError } from '@firesteel/common';
import type { BlockCompression } from '@firesteel/io';
import type { BlockUpdate, CachedBlockId, StorageLevel } from '@firesteel/plan';
import {
  DiskStore,
  LocalDirs,
  MemoryBudget,
  SharedBlocks,
  type SharedPartition,
} from '@firesteel/storage';
import { MapOutputStore } from './map-output-store.js';
import type { ThreadReport, ThreadStorage } from './thread/messages.js';

/** What `executor.memory` leaves to cached blocks and to tasks. */
export interface ExecutorMemory {
  /** For both together. */
  readonly totalBytes: number;
  /** What tasks must leave to cached blocks. */
  readonly storageShareBytes: number;
  /** What the process may take, of which this is for Node and the engine. */
  readonly processBytes: number;
  readonly reservedBytes: number;
  /** The part of its heap limit that the cached rows of a thread may take. */
  readonly heapFraction: number;
  /** Absent where Node decides. */
  readonly threadHeap?: ThreadHeap;
}

/** The limits of the heap of a thread, and of its part for young objects. */
export interface ThreadHeap {
  readonly maxHeapMib: number;
  readonly maxYoungMib: number;
}

/** Where a process keeps files. */
interface StoragePlaces {
  /** Directories in which the application gets one of its own. */
  readonly localDirs: readonly string[];
  /** Where map outputs go that a shuffle service keeps. */
  readonly outputDirectory: string | undefined;
}

/**
 * What the main thread of an executor process keeps for its threads: the memory budget, the cached
 * blocks in shared memory, the map outputs, and the local directories.
 */
export class ProcessStorage {
  readonly budget: MemoryBudget;
  private readonly dirs: LocalDirs;
  private readonly blocks: SharedBlocks;
  readonly outputs: MapOutputStore;
  private readonly warned = new Set<string>();
  private readonly onExit = () => this.dirs.remove();

  constructor(
    threads: number,
    private readonly memory: ExecutorMemory,
    private readonly places: StoragePlaces,
    private readonly compression: BlockCompression,
    report: (update: BlockUpdate) => void,
  ) {
    this.budget = MemoryBudget.create({ ...memory, threads });
    this.dirs = LocalDirs.forApplication(places.localDirs);
    this.outputs = new MapOutputStore(this.budget, this.dirs, places.outputDirectory);
    this.blocks = new SharedBlocks({
      budget: this.budget,
      disk: new DiskStore(this.dirs),
      report,
      warn: (error) => this.warn(error),
    });
    process.once('exit', this.onExit);
  }

  /** What a thread needs to know of it. */
  ofThread(thread: number): ThreadStorage {
    return {
      budget: this.budget.shared,
      thread,
      heapFraction: this.memory.heapFraction,
      localDirs: this.dirs.paths,
      outputDirectory: this.places.outputDirectory,
      compression: this.compression,
    };
  }

  receive(report: Extract<ThreadReport, { kind: 'sharedBlock' | 'warning' }>): void {
    if (report.kind === 'warning') this.warn(report);
    else this.blocks.add(report.partition);
  }

  lend(ids: readonly CachedBlockId[]): SharedPartition[] {
    return this.blocks.lend(ids);
  }

  read(id: CachedBlockId): Promise<Uint8Array[] | undefined> {
    return this.blocks.read(id);
  }

  /** Keeps a copy of a partition of another process, as far as there is room. */
  async adopt(
    rddId: number,
    partition: number,
    level: StorageLevel,
    blocks: readonly Uint8Array[],
  ): Promise<void> {
    try {
      await this.blocks.adopt(rddId, partition, level, blocks);
    } catch (error) {
      if (!FiresteelError.is(error)) throw error;
      this.warn(error);
    }
  }

  /** Drops evicted blocks, and names the threads that have to do the same. */
  letGo(): number[] {
    this.blocks.letGo();
    return this.budget.threadsWithEvictions();
  }

  removeRdd(rddId: number): void {
    this.blocks.removeRdd(rddId);
  }

  forgetThread(thread: number): void {
    this.budget.forgetThread(thread);
  }

  /** Removes all files. */
  remove(): void {
    process.off('exit', this.onExit);
    this.dirs.remove();
  }

  /** Once for each kind of trouble: the cache goes on without what could not be kept. */
  private warn({ code, message }: Pick<FiresteelError, 'message'> & { code: string }): void {
    if (this.warned.has(code)) return;
    this.warned.add(code);
    process.emitWarning(
      `A cached partition could not be kept, and is computed again when it is needed: ${message}`,
      { type: 'FiresteelWarning', code },
    );
  }
}
