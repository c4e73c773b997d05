import { finishHash, hashString, mixWord } from '@firesteel/codec';
import { detached, latin1String } from './buffer-text.js';

/** Int32 words in a slot: four of packed key, one of length, one of hash, two of value. */
const WORDS_PER_SLOT = 8;
const LENGTH_WORD = 4;
const HASH_WORD = 5;
const INITIAL_CAPACITY = 1024;

/**
 * Open addressing over one ArrayBuffer for string keys with numeric values.
 *
 * A slot is 32 bytes: up to 16 latin1 characters packed into four words, the length plus one
 * (zero marks a free slot), the canonical hash, and the value as a double. A probe therefore costs
 * one cache miss and no string comparison, where a `Map` costs three (bucket, entry, key).
 * Longer keys and keys with wider characters hold a negative index into `longKeys` instead of a
 * length. When a value is no number, `box` moves all values to the array `boxed`, and the double
 * of a slot becomes an index into it; nothing that is stored gets lost.
 *
 * The text of this class is spliced into generated stages, so that each has its own copy with its
 * own type feedback: apart from the names that `tableSource` provides it must be self-contained.
 */
export class StringTable {
  ints: Int32Array;
  floats: Float64Array;
  bytes: Uint8Array;
  /** Values by entry number, once one of them was not a number. */
  boxed: unknown[] | null = null;
  longKeys: string[] = [];
  size = 0;
  capacity = 0;
  /** A slot is the top bits of the hash: the lower ones are spent on the partition number. */
  shift = 0;
  limit = 0;

  constructor(capacity = INITIAL_CAPACITY) {
    const buffer = new ArrayBuffer(capacity * WORDS_PER_SLOT * 4);
    this.ints = new Int32Array(buffer);
    this.floats = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.setCapacity(capacity);
  }

  private setCapacity(capacity: number): void {
    this.capacity = capacity;
    this.shift = 32 - Math.log2(capacity);
    this.limit = capacity >>> 1;
  }

  /** The slot of `key`; or, after inserting it without a value, the complement of its slot. */
  find(key: string): number {
    const n = key.length;
    if (n > 16) return this.findLong(key, hashString(key));
    let w0 = 0;
    let w1 = 0;
    let w2 = 0;
    let w3 = 0;
    let h = 0;
    let seen = 0;
    let i = 0;
    let word = 0;
    for (; i + 4 <= n; i += 4, word++) {
      const a = key.charCodeAt(i);
      const b = key.charCodeAt(i + 1);
      const c = key.charCodeAt(i + 2);
      const d = key.charCodeAt(i + 3);
      seen |= a | b | c | d;
      const w = a | (b << 8) | (c << 16) | (d << 24);
      h = mixWord(h, w);
      if (word === 0) w0 = w;
      else if (word === 1) w1 = w;
      else if (word === 2) w2 = w;
      else w3 = w;
    }
    if (i < n) {
      let w = key.charCodeAt(i);
      seen |= w;
      if (i + 1 < n) {
        const b = key.charCodeAt(i + 1);
        seen |= b;
        w |= b << 8;
        if (i + 2 < n) {
          const c = key.charCodeAt(i + 2);
          seen |= c;
          w |= c << 16;
        }
      }
      h = mixWord(h, w);
      if (word === 0) w0 = w;
      else if (word === 1) w1 = w;
      else if (word === 2) w2 = w;
      else w3 = w;
    }
    if (seen > 255) return this.findLong(key, hashString(key));
    return this.findPacked(w0, w1, w2, w3, n, finishHash(h, n));
  }

  /** Like `find`, for a key given as latin1 bytes; no string is made for a short one. */
  findLatin1(source: Uint8Array, start: number, n: number): number {
    if (n > 16) {
      const key = latin1String(source, start, n);
      return this.findLong(key, hashString(key));
    }
    let w0 = 0;
    let w1 = 0;
    let w2 = 0;
    let w3 = 0;
    let h = 0;
    let i = 0;
    let word = 0;
    for (; i < n; i += 4, word++) {
      const at = start + i;
      const left = n - i;
      let w = source[at] as number;
      if (left > 1) w |= (source[at + 1] as number) << 8;
      if (left > 2) w |= (source[at + 2] as number) << 16;
      if (left > 3) w |= (source[at + 3] as number) << 24;
      h = mixWord(h, w);
      if (word === 0) w0 = w;
      else if (word === 1) w1 = w;
      else if (word === 2) w2 = w;
      else w3 = w;
    }
    return this.findPacked(w0, w1, w2, w3, n, finishHash(h, n));
  }

  findPacked(w0: number, w1: number, w2: number, w3: number, n: number, h: number): number {
    const ints = this.ints;
    const mask = this.capacity - 1;
    let s = h >>> this.shift;
    for (;;) {
      const at = s << 3;
      const length = ints[at + LENGTH_WORD] as number;
      if (length === 0) break;
      if (
        ints[at] === w0 &&
        ints[at + 1] === w1 &&
        ints[at + 2] === w2 &&
        ints[at + 3] === w3 &&
        length === n + 1
      )
        return s;
      s = (s + 1) & mask;
    }
    if (this.size >= this.limit) {
      this.grow();
      return this.findPacked(w0, w1, w2, w3, n, h);
    }
    const at = s << 3;
    ints[at] = w0;
    ints[at + 1] = w1;
    ints[at + 2] = w2;
    ints[at + 3] = w3;
    ints[at + LENGTH_WORD] = n + 1;
    ints[at + HASH_WORD] = h;
    this.size++;
    return ~s;
  }

  findLong(key: string, h: number): number {
    const ints = this.ints;
    const mask = this.capacity - 1;
    let s = h >>> this.shift;
    for (;;) {
      const at = s << 3;
      const length = ints[at + LENGTH_WORD] as number;
      if (length === 0) break;
      if (length < 0 && ints[at + HASH_WORD] === h && this.longKeys[-length - 1] === key) return s;
      s = (s + 1) & mask;
    }
    if (this.size >= this.limit) {
      this.grow();
      return this.findLong(key, h);
    }
    const at = s << 3;
    // A key cut from a chunk of input would keep the whole chunk alive.
    ints[at + LENGTH_WORD] = -this.longKeys.push(detached(key));
    ints[at + HASH_WORD] = h;
    this.size++;
    return ~s;
  }

  /** From now on values live in `boxed`; `slot` gets `value` as its own. */
  box(slot: number, value: unknown): void {
    const { ints, floats } = this;
    const boxed: unknown[] = [];
    for (let s = 0; s < this.capacity; s++) {
      if (s === slot || ints[(s << 3) + LENGTH_WORD] === 0) continue;
      const at = (s << 2) + 3;
      floats[at] = boxed.push(floats[at]) - 1;
    }
    floats[(slot << 2) + 3] = boxed.push(value) - 1;
    this.boxed = boxed;
  }

  private grow(): void {
    const old = this.ints;
    const oldCapacity = this.capacity;
    const capacity = oldCapacity * 2;
    const buffer = new ArrayBuffer(capacity * WORDS_PER_SLOT * 4);
    const ints = new Int32Array(buffer);
    this.ints = ints;
    this.floats = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.setCapacity(capacity);
    const mask = capacity - 1;
    const shift = this.shift;
    for (let from = 0, end = oldCapacity << 3; from < end; from += 8) {
      if (old[from + LENGTH_WORD] === 0) continue;
      let s = (old[from + HASH_WORD] as number) >>> shift;
      while (ints[(s << 3) + LENGTH_WORD] !== 0) s = (s + 1) & mask;
      const at = s << 3;
      for (let i = 0; i < 8; i++) ints[at + i] = old[from + i] as number;
    }
  }
}
