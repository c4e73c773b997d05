import { assertKey, hashKey, keysEqual } from '@firesteel/codec';
import { SampledBytes } from './sampled-bytes.js';
import { slotMultipliers, type TableRole } from './table-role.js';

const INITIAL_CAPACITY = 256;

/**
 * Open addressing for keys of every other kind (tuples, dates, null, bigint, objects …) by
 * canonical hash and equality. Entries keep the order of insertion; the slots hold entry numbers.
 */
export class KeyTable {
  keys: unknown[] = [];
  values: unknown[] = [];
  hashes: Int32Array = new Int32Array(INITIAL_CAPACITY >>> 1);
  private slots: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private shift = 32 - Math.log2(INITIAL_CAPACITY);
  private readonly multiplier: number;
  private readonly keyBytes = new SampledBytes();

  constructor(role: TableRole) {
    this.multiplier = slotMultipliers[role];
  }

  get size(): number {
    return this.keys.length;
  }

  /** Bytes held without the values. */
  get memoryBytes(): number {
    const typed = this.slots.byteLength + this.hashes.byteLength;
    return typed + this.keyBytes.bytesOf(this.keys, this.keys.length);
  }

  /** Forgets all keys. */
  clear(): void {
    if (this.keys.length === 0) return;
    this.keys = [];
    this.values = [];
    this.slots.fill(0);
  }

  /** The entry of `key`; or, after inserting it with an undefined value, its complement. */
  find(key: unknown): number {
    const h = hashKey(key);
    const mask = this.slots.length - 1;
    let s = Math.imul(h, this.multiplier) >>> this.shift;
    for (;;) {
      const entry = (this.slots[s] as number) - 1;
      if (entry < 0) break;
      if (this.hashes[entry] === h && keysEqual(this.keys[entry], key)) return entry;
      s = (s + 1) & mask;
    }
    assertKey(key);
    if (this.keys.length === this.hashes.length) {
      this.grow();
      return this.find(key);
    }
    const entry = this.keys.push(key) - 1;
    this.values.push(undefined);
    this.hashes[entry] = h;
    this.slots[s] = entry + 1;
    return ~entry;
  }

  private grow(): void {
    const capacity = this.slots.length * 2;
    const hashes = new Int32Array(capacity >>> 1);
    hashes.set(this.hashes);
    const slots = new Int32Array(capacity);
    const mask = capacity - 1;
    this.shift--;
    for (let entry = 0; entry < this.keys.length; entry++) {
      let s = Math.imul(hashes[entry] as number, this.multiplier) >>> this.shift;
      while (slots[s] !== 0) s = (s + 1) & mask;
      slots[s] = entry + 1;
    }
    this.hashes = hashes;
    this.slots = slots;
  }
}
