import { hashNumber } from '@firesteel/codec';

const INITIAL_CAPACITY = 1024;

/**
 * Open addressing for number keys with numeric values: 16-byte slots of key and value.
 *
 * A free slot holds NaN as its key, so the key NaN itself lives in the slot after the last.
 * Values that are no numbers go to `boxed` as in `StringTable`, and as there the text of the class
 * is spliced into generated stages.
 */
export class NumberTable {
  floats: Float64Array;
  boxed: unknown[] | null = null;
  size = 0;
  capacity: number;
  hasNaN = false;
  shift: number;
  limit: number;

  constructor(capacity = INITIAL_CAPACITY) {
    this.capacity = capacity;
    this.shift = 32 - Math.log2(capacity);
    this.limit = capacity >>> 1;
    this.floats = new Float64Array((capacity + 1) * 2).fill(Number.NaN);
  }

  /** The slot of `key`; or, after inserting it without a value, the complement of its slot. */
  find(key: number): number {
    if (key !== key) return this.findNaN();
    const floats = this.floats;
    const mask = this.capacity - 1;
    let s = hashNumber(key) >>> this.shift;
    for (;;) {
      const k = floats[s << 1] as number;
      if (k === key) return s;
      if (k !== k) break;
      s = (s + 1) & mask;
    }
    if (this.size >= this.limit) {
      this.grow();
      return this.find(key);
    }
    // Adding zero turns -0 into 0: they are one key.
    floats[s << 1] = key + 0;
    this.size++;
    return ~s;
  }

  /** Whether a slot, including the one behind the last, holds a key. */
  isUsed(s: number): boolean {
    if (s === this.capacity) return this.hasNaN;
    const k = this.floats[s << 1] as number;
    return k === k;
  }

  /** From now on values live in `boxed`; `slot` gets `value` as its own. */
  box(slot: number, value: unknown): void {
    const floats = this.floats;
    const boxed: unknown[] = [];
    for (let s = 0; s <= this.capacity; s++) {
      if (s === slot || !this.isUsed(s)) continue;
      const at = (s << 1) + 1;
      floats[at] = boxed.push(floats[at]) - 1;
    }
    floats[(slot << 1) + 1] = boxed.push(value) - 1;
    this.boxed = boxed;
  }

  private findNaN(): number {
    const s = this.capacity;
    if (this.hasNaN) return s;
    this.hasNaN = true;
    this.size++;
    return ~s;
  }

  private grow(): void {
    const old = this.floats;
    const oldCapacity = this.capacity;
    const capacity = oldCapacity * 2;
    const floats = new Float64Array((capacity + 1) * 2).fill(Number.NaN);
    const mask = capacity - 1;
    this.capacity = capacity;
    this.shift = 32 - Math.log2(capacity);
    this.limit = capacity >>> 1;
    this.floats = floats;
    for (let from = 0; from < oldCapacity; from++) {
      const key = old[from << 1] as number;
      if (key !== key) continue;
      let s = hashNumber(key) >>> this.shift;
      for (let k = floats[s << 1] as number; k === k; k = floats[s << 1] as number)
        s = (s + 1) & mask;
      floats[s << 1] = key;
      floats[(s << 1) + 1] = old[(from << 1) + 1] as number;
    }
    // The value of the NaN key moves with its slot.
    floats[(capacity << 1) + 1] = old[(oldCapacity << 1) + 1] as number;
  }
}
