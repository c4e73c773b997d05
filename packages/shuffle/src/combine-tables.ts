import type { Block } from '@firesteel/codec';
import { latin1String } from './buffer-text.js';
import { CHUNK_ROWS, type PairsChunk } from './chunk.js';
import { IntegerSet } from './integer-set.js';
import { KeyTable } from './key-table.js';
import { NumberTable } from './number-table.js';
import { isFull, isLatin1 } from './pair-columns.js';
import { SampledBytes } from './sampled-bytes.js';
import { StringTable } from './string-table.js';
import type { TableRole } from './table-role.js';

/** What stands for the values of keys that have none. */
const NO_VALUES: readonly unknown[] = new Array(CHUNK_ROWS).fill(undefined);

/**
 * The combiners of one task: a typed table for each kind of key. Keys of different kinds are never
 * equal, so mixed data needs no conversion; a table exists from its first key on.
 *
 * Generated loops reach into `strings` and `numbers`; what is here happens once a chunk or block.
 */
export class CombineTables {
  readonly strings: StringTable;
  readonly numbers: NumberTable;
  readonly others: KeyTable;
  /** Where keys have no values: those that are small whole numbers, which are in no table then. */
  readonly integers = new IntegerSet();
  private readonly stringValues = new SampledBytes();
  private readonly numberValues = new SampledBytes();
  private readonly otherValues = new SampledBytes();

  constructor(role: TableRole) {
    this.strings = new StringTable(role);
    this.numbers = new NumberTable(role);
    this.others = new KeyTable(role);
  }

  /** Keys in tables. */
  get size(): number {
    return this.strings.size + this.numbers.size + this.others.size;
  }

  /**
   * Bytes held, and needed to grow where that is near.
   *
   * @param rows that were combined so far; values may grow with each
   */
  memoryBytes(rows: number): number {
    const { strings, numbers, others } = this;
    return (
      strings.memoryBytes +
      numbers.memoryBytes +
      others.memoryBytes +
      this.integers.memoryBytes +
      this.stringValues.bytesOf(strings.boxed ?? [], rows) +
      this.numberValues.bytesOf(numbers.boxed ?? [], rows) +
      this.otherValues.bytesOf(others.values, rows)
    );
  }

  /** Forgets all keys and keeps the memory. */
  clear(): void {
    if (this.strings.size > 0) this.strings.clear();
    if (this.numbers.size > 0) this.numbers.clear();
    this.others.clear();
    this.integers.clear();
  }

  /** Adds a number as a key without a value. */
  addNumber(key: number): void {
    if (!this.integers.add(key)) this.numbers.find(key);
  }

  /** Adds the rows of a block as keys without values. */
  addKeys({ root, rowCount }: Block): void {
    const { strings, others } = this;
    if (isFull(root) && (root.kind === 'i32' || root.kind === 'f64')) {
      const { values } = root;
      for (let i = 0; i < values.length; i++) this.addNumber(values[i] as number);
    } else if (isLatin1(root)) {
      const { bytes, lengths } = root;
      for (let i = 0, start = 0; i < lengths.length; start += lengths[i++] as number)
        strings.findLatin1(bytes, start, lengths[i] as number);
    } else {
      for (let from = 0; from < rowCount; from += CHUNK_ROWS)
        for (const key of root.toArray(from, from + CHUNK_ROWS)) {
          if (typeof key === 'string') strings.find(key);
          else if (typeof key === 'number') this.addNumber(key);
          else others.find(key);
        }
    }
  }

  /** All keys with their values, in an order that depends only on the data. */
  *chunks(): Generator<PairsChunk> {
    yield* this.stringChunks();
    yield* this.numberChunks();
    for (const keys of this.integers.chunks())
      yield { kind: 'pairs', keys, values: NO_VALUES, length: keys.length };
    const { keys, values } = this.others;
    for (let from = 0; from < keys.length; from += CHUNK_ROWS) {
      const to = Math.min(keys.length, from + CHUNK_ROWS);
      yield {
        kind: 'pairs',
        keys: keys.slice(from, to),
        values: values.slice(from, to),
        length: to - from,
      };
    }
  }

  private *stringChunks(): Generator<PairsChunk> {
    const { ints, floats, bytes, boxed, capacity, longKeys, size } = this.strings;
    if (size === 0) return;
    const scratch = Buffer.allocUnsafeSlow(CHUNK_ROWS * 16);
    const ends = new Int32Array(CHUNK_ROWS);
    let keys: string[] = [];
    let values = chunkValues(boxed);
    // Short keys wait in `scratch` until a whole chunk of them is decoded by one call.
    let n = 0;
    let used = 0;
    for (let s = 0; s < capacity; s++) {
      const length = ints[(s << 3) + 4] as number;
      if (length === 0) continue;
      if (length < 0) keys[n] = longKeys[-length - 1] as string;
      else {
        const from = s << 5;
        for (let i = 0; i < length - 1; i++) scratch[used + i] = bytes[from + i] as number;
        used += length - 1;
        keys[n] = '';
      }
      ends[n] = length < 0 ? -1 : used;
      const value = floats[(s << 2) + 3] as number;
      values[n] = boxed === null ? value : boxed[value | 0];
      if (++n === CHUNK_ROWS) {
        sliceKeys(keys, latin1String(scratch, 0, used), ends, n);
        yield { kind: 'pairs', keys, values, length: n };
        keys = [];
        values = chunkValues(boxed);
        n = 0;
        used = 0;
      }
    }
    if (n === 0) return;
    sliceKeys(keys, latin1String(scratch, 0, used), ends, n);
    yield { kind: 'pairs', keys, values, length: n };
  }

  private *numberChunks(): Generator<PairsChunk> {
    const table = this.numbers;
    const { floats, boxed, slotCount, size } = table;
    if (size === 0) return;
    let keys: number[] = [];
    let values = chunkValues(boxed);
    let n = 0;
    for (let s = 0; s < slotCount; s++) {
      if (!table.isUsed(s)) continue;
      keys[n] = table.keyAt(s);
      const value = floats[(s << 1) + 1] as number;
      values[n] = boxed === null ? value : boxed[value | 0];
      if (++n === CHUNK_ROWS) {
        yield { kind: 'pairs', keys, values, length: n };
        keys = [];
        values = chunkValues(boxed);
        n = 0;
      }
    }
    if (n > 0) yield { kind: 'pairs', keys, values, length: n };
  }

  /** Calls `emit` with the place of the bytes (or the long key) and the slot of all `strings`. */
  forEachString(
    emit: (keyStart: number, keyLength: number, longKey: string, slot: number) => void,
  ): void {
    const { ints, capacity, longKeys } = this.strings;
    for (let s = 0; s < capacity; s++) {
      const length = ints[(s << 3) + 4] as number;
      if (length === 0) continue;
      if (length > 0) emit(s << 5, length - 1, '', s);
      else emit(0, -1, longKeys[-length - 1] as string, s);
    }
  }

  /** Calls `emit` with the key and slot of all `numbers`. */
  forEachNumber(emit: (key: number, slot: number) => void): void {
    const table = this.numbers;
    for (let s = 0; s < table.slotCount; s++) {
      if (!table.isUsed(s)) continue;
      emit(table.keyAt(s), s);
    }
  }

  stringValue(slot: number): unknown {
    const value = this.strings.floats[(slot << 2) + 3] as number;
    return this.strings.boxed === null ? value : this.strings.boxed[value | 0];
  }

  numberValue(slot: number): unknown {
    const value = this.numbers.floats[(slot << 1) + 1] as number;
    return this.numbers.boxed === null ? value : this.numbers.boxed[value | 0];
  }
}

function chunkValues(boxed: unknown[] | null): Float64Array | unknown[] {
  return boxed === null ? new Float64Array(CHUNK_ROWS) : [];
}

function sliceKeys(keys: string[], text: string, ends: Int32Array, n: number): void {
  let from = 0;
  for (let i = 0; i < n; i++) {
    const end = ends[i] as number;
    if (end < 0) continue;
    keys[i] = text.slice(from, end);
    from = end;
  }
}
