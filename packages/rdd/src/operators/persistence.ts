import { FiresteelError } from '@firesteel/common';
import {
  type ShortStorageLevel,
  StorageLevel,
  type StorageLevelName,
  storageLevelOf,
} from '@firesteel/plan';
import type { RDD } from '../rdd.js';
import { RDDBase } from './rdd-base.js';

/** Keeping the rows of an RDD between jobs. */
export abstract class Persistence extends RDDBase {
  /** `persist('MEMORY_ONLY')`. Returns this RDD. */
  cache(): this {
    return this.#persist(StorageLevel.MEMORY_ONLY, 'cache');
  }

  /**
   * Keeps the rows of each partition where it is computed first, and reads them there from then on.
   * Nothing is computed now. What is lost, or does not fit, is computed again; see docs/memory.md
   * for the budget that cached blocks share.
   *
   * | level | partitions are kept |
   * |---|---|
   * | MEMORY_ONLY | in memory: columns for numbers and for arrays of up to 16 primitives, whose rows are made anew by every scan; other rows as they are, in the thread that computed them |
   * | MEMORY_AND_DISK | likewise, and on disk when there is no memory for them |
   * | MEMORY_ONLY_SER, MEMORY_AND_DISK_SER, OFF_HEAP | encoded, in memory (and on disk): takes less memory and more time to read |
   * | DISK_ONLY | encoded, in files under `local.dir` |
   *
   * Levels with `_2` and `_3` keep all rows encoded, and have other executors copy them soon after;
   * one process keeps one copy.
   *
   * @param level in Spark's name, in short (`memory-disk`), or of `StorageLevel`; MEMORY_ONLY by
   *   default
   * @throws FiresteelError INVALID_ARGUMENT for no level, or when the RDD is persisted with another
   *   one: call `unpersist` first. Jobs fail with UNSUPPORTED_VALUE when rows cannot be encoded and
   *   the level keeps no others
   */
  persist(level: StorageLevelName | ShortStorageLevel | StorageLevel = 'MEMORY_ONLY'): this {
    return this.#persist(storageLevelOf(level), 'persist');
  }

  /**
   * Ends what `persist` began, and frees the memory and the files of its blocks at once, with those of
   * the shuffles that it was computed from. What other RDDs read stays: shuffles that lead to another
   * RDD as well, until that one is garbage, and those behind persisted RDDs of the lineage, for blocks
   * that get lost. (Spark leaves all of them to the garbage collector.) A later job computes what it
   * needs again. Without effect for an RDD that is not persisted. Returns this RDD.
   */
  unpersist(): this {
    this.context.assertRunning('unpersist');
    if (this.storageLevel === StorageLevel.NONE) return this;
    this.context.unpersistRDD(this.node);
    this.context.engine.removeUnreadShuffles(this.node);
    return this;
  }

  /** The level that the RDD is persisted with; NONE if it is not. */
  get storageLevel(): StorageLevel {
    return this.context.engine.storageLevel(this.node) ?? StorageLevel.NONE;
  }

  /** `storageLevel`, as Spark calls it. */
  getStorageLevel(): StorageLevel {
    return this.storageLevel;
  }

  #persist(level: StorageLevel, method: string): this {
    this.context.assertRunning(method);
    const before = this.storageLevel;
    if (before === level) return this;
    if (before !== StorageLevel.NONE)
      throw new FiresteelError(
        'INVALID_ARGUMENT',
        `${method} was asked to keep ${this} as ${level.name}, but it is persisted as ${before.name}. Call unpersist() first.`,
        { data: { rddId: this.id, storageLevel: before.name, requested: level.name } },
      );
    if (level !== StorageLevel.NONE)
      this.context.persistRDD(this as unknown as RDD<unknown>, level);
    return this;
  }
}
