import { CHUNK_ROWS } from './chunk.js';

/** Keys from there on are left to tables: the bits of all below take 2 MB. */
const LIMIT = 1 << 24;
const START_WORDS = 256;

/** Whether `IntegerSet` takes a key. */
export function isSetInteger(key: number): boolean {
  return key >>> 0 === key && key < LIMIT;
}

/**
 * Keys without values that are small whole numbers, as ids mostly are: one bit for each number up to
 * the largest. Where a table of a million keys costs a cache miss or two for each row, this many
 * bits fit the second-level cache.
 */
export class IntegerSet {
  size = 0;
  private words = new Int32Array(START_WORDS);

  /** Adds a key; false if it is not for this set. -0 is 0. */
  add(key: number): boolean {
    if (!isSetInteger(key)) return false;
    const w = key >>> 5;
    if (w >= this.words.length) this.grow(w);
    const word = this.words[w] as number;
    const bit = 1 << key;
    if ((word & bit) === 0) {
      this.words[w] = word | bit;
      this.size++;
    }
    return true;
  }

  /** Adds all keys of another set. */
  addAll({ words, size }: IntegerSet): void {
    if (size === 0) return;
    if (words.length > this.words.length) this.grow(words.length - 1);
    for (let w = 0; w < words.length; w++) {
      const word = this.words[w] as number;
      const added = (words[w] as number) & ~word;
      if (added === 0) continue;
      this.words[w] = word | added;
      this.size += bitCount(added);
    }
  }

  private grow(word: number): void {
    const words = new Int32Array(1 << (32 - Math.clz32(word)));
    words.set(this.words);
    this.words = words;
  }

  /** Bytes held, and needed to grow. */
  get memoryBytes(): number {
    return 2 * this.words.byteLength;
  }

  /** Forgets all keys and keeps the memory. */
  clear(): void {
    if (this.size === 0) return;
    this.words.fill(0);
    this.size = 0;
  }

  /** The keys in ascending order, in arrays of at most `CHUNK_ROWS`. */
  *chunks(): Generator<number[]> {
    const { words, size } = this;
    let keys: number[] = [];
    for (let w = 0, left = size; left > 0; w++)
      for (let bits = words[w] as number; bits !== 0; bits &= bits - 1) {
        // The lowest bit that is set.
        keys.push((w << 5) + 31 - Math.clz32(bits & -bits));
        left--;
        if (keys.length < CHUNK_ROWS) continue;
        yield keys;
        keys = [];
      }
    if (keys.length > 0) yield keys;
  }
}

/** How many bits of a word are set: Henry S. Warren, Hacker's Delight (2002), chapter 5. */
function bitCount(word: number): number {
  let pairs = word - ((word >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
