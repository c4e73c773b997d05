import { hashKey, keysEqual, mixWord } from '@firesteel/codec';
import { CHUNK_ROWS, type PairsChunk } from '../chunk.js';
import type { InputFrame } from '../files/input-frame.js';
import type { TaskSpace } from '../files/task-space.js';
import { MapOutputWriter } from '../map-output-writer.js';

const SPLIT_BITS = 4;
const SPLITS = 1 << SPLIT_BITS;
/** The number of the part that holds a heavy key alone. */
export const HEAVY_PART = SPLITS;
/** So often can rows be split by other bits of the hash of their key. */
export const MAX_SPLIT_LEVEL = 6;

/**
 * Divides rows that are too many for memory into parts on disk, equal keys in one part, to be worked
 * on one after the other: what hash joins call Grace partitioning (Kitsuregawa et al., 1983). A part
 * that is still too large is split again, by other bits of the hash.
 */
export class KeySplitter {
  private readonly writer: MapOutputWriter;

  /**
   * @param level how often these rows were split before
   * @param heavy a key with so many rows that it gets a part of its own
   */
  constructor(
    space: TaskSpace,
    private readonly level: number,
    private readonly heavy?: { readonly key: unknown },
  ) {
    this.writer = new MapOutputWriter(heavy === undefined ? SPLITS : SPLITS + 1, space);
  }

  addPairs({ keys, values, length }: Omit<PairsChunk, 'kind'>): void {
    for (let i = 0; i < length; i++) {
      const key = keys[i];
      this.writer.appendPair(this.partOf(key), key, values[i]);
    }
    this.writer.checkMemory();
  }

  /** Adds rows that are keys themselves. */
  addKeys(keys: ArrayLike<unknown>): void {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      this.writer.appendRow(this.partOf(key), key);
      // All keys of a map may come at once.
      if (i % CHUNK_ROWS === CHUNK_ROWS - 1) this.writer.checkMemory();
    }
    this.writer.checkMemory();
  }

  /** The parts, to be read before `discard`; rows of one key keep their order. */
  finish(): InputFrame[][] {
    return this.writer.finishInput().map((frames) => [...frames]);
  }

  /** Gives back what the parts take, in memory or on disk. */
  discard(): void {
    this.writer.discard();
  }

  private partOf(key: unknown): number {
    if (this.heavy !== undefined && keysEqual(key, this.heavy.key)) return HEAVY_PART;
    return mixWord(hashKey(key), this.level + 1) >>> (32 - SPLIT_BITS);
  }
}
