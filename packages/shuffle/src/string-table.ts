import { hashString } from '@firesteel/codec';
import { detached, latin1String } from './buffer-text.js';
import {
  MAX_PACKED_LENGTH,
  PACKED_HASH,
  PACKED_LENGTH,
  PACKED_WORDS,
  packLatin1,
  packString,
} from './packed-key.js';
import { SampledBytes } from './sampled-bytes.js';
import { NEARLY_FULL, slotMultipliers, type TableRole } from './table-role.js';

/** Int32 words in a slot: four of packed key, one of length, one of hash, two of value. */
const WORDS_PER_SLOT = 8;
const LENGTH_WORD = PACKED_LENGTH;
const HASH_WORD = PACKED_HASH;
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
 */
export class StringTable {
  ints: Int32Array;
  floats: Float64Array;
  bytes: Uint8Array;
  /** Values by entry number, once one of them was not a number. */
  boxed: unknown[] | null = null;
  longKeys: string[] = [];
  size = 0;
  private readonly packed = new Int32Array(PACKED_WORDS);
  capacity = 0;
  /** A slot is the top bits of the hash: the lower ones are spent on the partition number. */
  private readonly multiplier: number;
  private shift = 0;
  private limit = 0;
  private readonly longValues = new SampledBytes();

  /** @param capacity slots to begin with, a power of two; half of them get used */
  constructor(role: TableRole, capacity = INITIAL_CAPACITY) {
    this.multiplier = slotMultipliers[role];
    const buffer = new ArrayBuffer(capacity * WORDS_PER_SLOT * 4);
    this.ints = new Int32Array(buffer);
    this.floats = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.setCapacity(capacity);
  }

  /** Bytes held, and needed to grow when that is near. */
  get memoryBytes(): number {
    const { byteLength } = this.ints;
    const growth = this.size > this.limit * NEARLY_FULL ? 2 * byteLength : 0;
    return byteLength + growth + this.longValues.bytesOf(this.longKeys, this.longKeys.length);
  }

  private setCapacity(capacity: number): void {
    this.capacity = capacity;
    this.shift = 32 - Math.log2(capacity);
    this.limit = capacity >>> 1;
  }

  /** Forgets all keys and keeps the memory. */
  clear(): void {
    this.ints.fill(0);
    this.boxed = null;
    this.longKeys = [];
    this.size = 0;
  }

  /** The slot of `key`; or, after inserting it without a value, the complement of its slot. */
  find(key: string): number {
    const packed = this.packed;
    if (!packString(key, packed, 0)) return this.findLong(key, hashString(key));
    return this.findPacked(packed, 0);
  }

  /** Like `find`, for a key given as latin1 bytes; no string is made for a short one. */
  findLatin1(source: Uint8Array, start: number, length: number): number {
    if (length > MAX_PACKED_LENGTH) {
      const key = latin1String(source, start, length);
      return this.findLong(key, hashString(key));
    }
    packLatin1(source, start, length, this.packed);
    return this.findPacked(this.packed, 0);
  }

  /** Like `find`, for the packed key in the words of `key` from `at` on. */
  findPacked(key: Int32Array, at: number): number {
    const ints = this.ints;
    const mask = this.capacity - 1;
    const w0 = key[at] as number;
    const w1 = key[at + 1] as number;
    const w2 = key[at + 2] as number;
    const w3 = key[at + 3] as number;
    const stored = (key[at + PACKED_LENGTH] as number) + 1;
    const hash = key[at + PACKED_HASH] as number;
    let s = Math.imul(hash, this.multiplier) >>> this.shift;
    for (;;) {
      const from = s << 3;
      const length = ints[from + LENGTH_WORD] as number;
      if (length === 0) break;
      if (
        ints[from] === w0 &&
        ints[from + 1] === w1 &&
        ints[from + 2] === w2 &&
        ints[from + 3] === w3 &&
        length === stored
      )
        return s;
      s = (s + 1) & mask;
    }
    if (this.size >= this.limit) {
      this.grow();
      return this.findPacked(key, at);
    }
    const to = s << 3;
    ints[to] = w0;
    ints[to + 1] = w1;
    ints[to + 2] = w2;
    ints[to + 3] = w3;
    ints[to + LENGTH_WORD] = stored;
    ints[to + HASH_WORD] = hash;
    this.size++;
    return ~s;
  }

  findLong(key: string, h: number): number {
    const ints = this.ints;
    const mask = this.capacity - 1;
    let s = Math.imul(h, this.multiplier) >>> this.shift;
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
    const { shift, multiplier } = this;
    for (let from = 0, end = oldCapacity << 3; from < end; from += 8) {
      if (old[from + LENGTH_WORD] === 0) continue;
      let s = Math.imul(old[from + HASH_WORD] as number, multiplier) >>> shift;
      while (ints[(s << 3) + LENGTH_WORD] !== 0) s = (s + 1) & mask;
      const at = s << 3;
      for (let i = 0; i < 8; i++) ints[at + i] = old[from + i] as number;
    }
  }
}
