import { hashNumber } from '@firesteel/codec';
import { NEARLY_FULL, slotMultipliers, type TableRole } from './table-role.js';

/** Small whole numbers are their own slot: dense ids, the most common keys, need no hash. */
const DENSE_KEYS = 2048;
const INITIAL_CAPACITY = 1024;

/**
 * A table for number keys with numeric values: 16-byte slots of key and value in one array.
 *
 * The first `DENSE_KEYS` slots belong to the keys 0 … DENSE_KEYS - 1; behind them lies a table
 * with open addressing, and last the slot of NaN, since a free slot is one whose key is NaN.
 * Values that are no numbers go to `boxed` as in `StringTable`.
 */
export class NumberTable {
  floats: Float64Array;
  boxed: unknown[] | null = null;
  size = 0;
  private capacity: number;
  private hasNaN = false;
  private readonly multiplier: number;
  private shift: number;
  private limit: number;
  private hashed = 0;

  constructor(role: TableRole, capacity = INITIAL_CAPACITY) {
    this.multiplier = slotMultipliers[role];
    this.capacity = capacity;
    this.shift = 32 - Math.log2(capacity);
    this.limit = capacity >>> 1;
    this.floats = new Float64Array((DENSE_KEYS + capacity + 1) * 2).fill(Number.NaN);
  }

  /** Forgets all keys and keeps the memory. */
  clear(): void {
    this.floats.fill(Number.NaN);
    this.boxed = null;
    this.size = 0;
    this.hashed = 0;
    this.hasNaN = false;
  }

  /** Bytes held, and needed to grow when that is near. */
  get memoryBytes(): number {
    const { byteLength } = this.floats;
    return this.hashed > this.limit * NEARLY_FULL ? 3 * byteLength : byteLength;
  }

  /** Slots that may hold a key: 0 … `slotCount - 1`. */
  get slotCount(): number {
    return DENSE_KEYS + this.capacity + 1;
  }

  /** The slot of `key`; or, after inserting it without a value, the complement of its slot. */
  find(key: number): number {
    const i = key | 0;
    if (i === key && i >= 0 && i < DENSE_KEYS) {
      if (this.floats[i << 1] === i) return i;
      this.floats[i << 1] = i;
      this.size++;
      return ~i;
    }
    return this.findHashed(key);
  }

  private findHashed(key: number): number {
    if (key !== key) return this.findNaN();
    const floats = this.floats;
    const mask = this.capacity - 1;
    let s = Math.imul(hashNumber(key), this.multiplier) >>> this.shift;
    for (;;) {
      const k = floats[(DENSE_KEYS + s) << 1] as number;
      if (k === key) return DENSE_KEYS + s;
      if (k !== k) break;
      s = (s + 1) & mask;
    }
    if (this.hashed >= this.limit) {
      this.grow();
      return this.findHashed(key);
    }
    floats[(DENSE_KEYS + s) << 1] = key;
    this.hashed++;
    this.size++;
    return ~(DENSE_KEYS + s);
  }

  private findNaN(): number {
    const s = this.slotCount - 1;
    if (this.hasNaN) return s;
    this.hasNaN = true;
    this.size++;
    return ~s;
  }

  isUsed(slot: number): boolean {
    if (slot === this.slotCount - 1) return this.hasNaN;
    const k = this.floats[slot << 1] as number;
    return k === k;
  }

  /** The key of a used slot. */
  keyAt(slot: number): number {
    return this.floats[slot << 1] as number;
  }

  /** From now on values live in `boxed`; `slot` gets `value` as its own. */
  box(slot: number, value: unknown): void {
    const floats = this.floats;
    const boxed: unknown[] = [];
    for (let s = 0; s < this.slotCount; s++) {
      if (s === slot || !this.isUsed(s)) continue;
      const at = (s << 1) + 1;
      floats[at] = boxed.push(floats[at]) - 1;
    }
    floats[(slot << 1) + 1] = boxed.push(value) - 1;
    this.boxed = boxed;
  }

  private grow(): void {
    const old = this.floats;
    const oldSlots = this.slotCount;
    this.capacity *= 2;
    this.shift--;
    this.limit *= 2;
    const mask = this.capacity - 1;
    const floats = new Float64Array(this.slotCount * 2).fill(Number.NaN);
    floats.set(old.subarray(0, DENSE_KEYS * 2));
    for (let from = DENSE_KEYS; from < oldSlots - 1; from++) {
      const key = old[from << 1] as number;
      if (key !== key) continue;
      let s = Math.imul(hashNumber(key), this.multiplier) >>> this.shift;
      while (!Number.isNaN(floats[(DENSE_KEYS + s) << 1])) s = (s + 1) & mask;
      floats[(DENSE_KEYS + s) << 1] = key;
      floats[((DENSE_KEYS + s) << 1) + 1] = old[(from << 1) + 1] as number;
    }
    // The value of the NaN key moves with its slot.
    floats[floats.length - 1] = old[old.length - 1] as number;
    this.floats = floats;
  }
}
