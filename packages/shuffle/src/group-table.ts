import type { Block, Column } from '@firesteel/codec';
import { CHUNK_ROWS, type GroupSide, type GroupsChunk, type PairsChunk } from './chunk.js';
import { CombineTables } from './combine-tables.js';
import { isInt32, type Numbers, numbersOfLength } from './number-runs.js';
import { isFull, isLatin1, numbersOf, pairColumns } from './pair-columns.js';
import { SampledBytes } from './sampled-bytes.js';
import { NEARLY_FULL } from './table-role.js';

const START_ROWS = 1024;

/**
 * The values of each key, from one side or several. Each row gets the number of its key's group;
 * once all are there, a counting sort brings the values of a group together: in one typed column a
 * side while they are numbers, in one array when they are not. No array is made for a key.
 */
export class GroupTable {
  /** The number of each key's group. */
  private readonly tables = new CombineTables('reduce');
  private readonly sides: Side[];
  groupCount = 0;

  constructor(
    sideCount: number,
    private readonly form: 'group' | 'cogroup',
  ) {
    this.sides = Array.from({ length: sideCount }, () => new Side());
  }

  /** Forgets all rows and keeps the memory. Chunks given out before are no longer valid. */
  clear(): void {
    this.tables.clear();
    this.groupCount = 0;
    for (const side of this.sides) side.clear();
  }

  /** Bytes held, and needed to bring the groups together. */
  get memoryBytes(): number {
    let bytes = this.tables.memoryBytes(this.groupCount) + 4 * this.groupCount * this.sides.length;
    for (const side of this.sides) bytes += side.memoryBytes;
    return bytes;
  }

  get rowCount(): number {
    let rows = 0;
    for (const side of this.sides) rows += side.length;
    return rows;
  }

  /** The key with the most values. */
  largestGroup(): { readonly key: unknown; readonly rows: number } {
    const rows = new Int32Array(this.groupCount);
    for (const side of this.sides) side.countInto(rows);
    let largest = 0;
    for (let g = 1; g < rows.length; g++)
      if ((rows[g] as number) > (rows[largest] as number)) largest = g;
    return { key: this.keysByGroup()[largest], rows: rows[largest] ?? 0 };
  }

  /** The pairs of a side, in the order in which they were added. */
  *pairChunks(side: number): Generator<PairsChunk> {
    yield* (this.sides[side] as Side).pairChunks(this.keysByGroup());
  }

  private keysByGroup(): unknown[] {
    const byGroup: unknown[] = new Array(this.groupCount);
    for (const { keys, values, length } of this.tables.chunks())
      for (let i = 0; i < length; i++) byGroup[values[i] as number] = keys[i];
    return byGroup;
  }

  add(side: number, key: unknown, value: unknown): void {
    (this.sides[side] as Side).add(this.groupOf(key), value);
  }

  /** Adds the pairs of a block; keys are only made into values where they are of no common kind. */
  addBlock(sideNumber: number, block: Block): void {
    const columns = pairColumns(block);
    if (columns === undefined)
      throw new TypeError('a block to be grouped has rows that are no pairs');
    const { keys, values } = columns;
    const side = this.sides[sideNumber] as Side;
    const ids = side.reserve(block.rowCount);
    if (isFull(keys) && (keys.kind === 'i32' || keys.kind === 'f64'))
      this.numberGroups(keys.values, ids, side.length);
    else if (isLatin1(keys)) this.latin1Groups(keys.bytes, keys.lengths, ids, side.length);
    else this.otherGroups(keys, ids, side.length);
    side.addValues(values);
  }

  private groupOf(key: unknown): number {
    const { strings, numbers, others } = this.tables;
    if (typeof key === 'string') {
      let slot = strings.find(key);
      if (slot >= 0) return strings.floats[(slot << 2) + 3] as number;
      slot = ~slot;
      strings.floats[(slot << 2) + 3] = this.groupCount;
    } else if (typeof key === 'number') {
      let slot = numbers.find(key);
      if (slot >= 0) return numbers.floats[(slot << 1) + 1] as number;
      slot = ~slot;
      numbers.floats[(slot << 1) + 1] = this.groupCount;
    } else {
      const entry = others.find(key);
      if (entry >= 0) return others.values[entry] as number;
      others.values[~entry] = this.groupCount;
    }
    return this.groupCount++;
  }

  private numberGroups(keys: Int32Array | Float64Array, ids: Int32Array, at: number): void {
    const table = this.tables.numbers;
    let { floats } = table;
    let count = this.groupCount;
    for (let i = 0; i < keys.length; i++) {
      const slot = table.find(keys[i] as number);
      if (slot >= 0) ids[at + i] = floats[(slot << 1) + 1] as number;
      else {
        floats = table.floats;
        floats[(~slot << 1) + 1] = count;
        ids[at + i] = count++;
      }
    }
    this.groupCount = count;
  }

  private latin1Groups(
    bytes: Uint8Array,
    lengths: Int8Array | Int32Array,
    ids: Int32Array,
    at: number,
  ): void {
    const table = this.tables.strings;
    let { floats } = table;
    let count = this.groupCount;
    let start = 0;
    for (let i = 0; i < lengths.length; i++) {
      const length = lengths[i] as number;
      const slot = table.findLatin1(bytes, start, length);
      start += length;
      if (slot >= 0) ids[at + i] = floats[(slot << 2) + 3] as number;
      else {
        floats = table.floats;
        floats[(~slot << 2) + 3] = count;
        ids[at + i] = count++;
      }
    }
    this.groupCount = count;
  }

  private otherGroups(keys: Column, ids: Int32Array, at: number): void {
    for (let from = 0; from < keys.length; from += CHUNK_ROWS) {
      const chunk = keys.toArray(from, from + CHUNK_ROWS);
      for (let i = 0; i < chunk.length; i++) ids[at + from + i] = this.groupOf(chunk[i]);
    }
  }

  /** All keys with their values, in an order that depends only on the data. */
  *chunks(): Generator<GroupsChunk> {
    const { form } = this;
    const sides = this.sides.map((side) => side.sorted(this.groupCount));
    for (const { keys, values, length } of this.tables.chunks())
      yield { kind: 'groups', keys, groups: values as ArrayLike<number>, sides, form, length };
  }
}

/** The rows of one side: numbers of groups, and values. */
class Side {
  length = 0;
  private groups = new Int32Array(START_ROWS);
  private numbers: Numbers = new Int32Array(START_ROWS);
  /** All values, once one of them was not a number. */
  private boxed: unknown[] | null = null;
  private readonly boxedBytes = new SampledBytes();
  /** What `sorted` gives out, over and over. */
  private sortedNumbers: Numbers = new Int32Array(0);
  private starts = new Int32Array(0);

  get memoryBytes(): number {
    const { length, groups, numbers, boxed, sortedNumbers } = this;
    const held = groups.byteLength + numbers.byteLength;
    const growth = length > groups.length * NEARLY_FULL ? 2 * held : 0;
    const values = boxed === null ? 0 : this.boxedBytes.bytesOf(boxed, length);
    const sorting = Math.max(sortedNumbers.byteLength, 8 * length);
    return held + growth + values + sorting + this.starts.byteLength;
  }

  countInto(rows: Int32Array): void {
    for (let i = 0; i < this.length; i++) {
      const group = this.groups[i] as number;
      rows[group] = (rows[group] as number) + 1;
    }
  }

  *pairChunks(keysByGroup: readonly unknown[]): Generator<PairsChunk> {
    const { groups, length } = this;
    for (let from = 0; from < length; from += CHUNK_ROWS) {
      const to = Math.min(length, from + CHUNK_ROWS);
      const keys: unknown[] = [];
      for (let i = from; i < to; i++) keys.push(keysByGroup[groups[i] as number]);
      const values = (this.boxed ?? this.numbers).slice(from, to);
      yield { kind: 'pairs', keys, values, length: to - from };
    }
  }

  clear(): void {
    this.length = 0;
    this.boxed = null;
  }

  /** The numbers of groups, with room for so many rows more. */
  reserve(rows: number): Int32Array {
    const needed = this.length + rows;
    if (needed > this.groups.length) {
      const capacity = Math.max(needed, this.groups.length * 2);
      const groups = new Int32Array(capacity);
      groups.set(this.groups.subarray(0, this.length));
      this.groups = groups;
      this.numbers = this.copied(capacity, this.numbers instanceof Int32Array);
    }
    return this.groups;
  }

  private copied(capacity: number, areInts: boolean): Numbers {
    const numbers = numbersOfLength(capacity, areInts);
    numbers.set(this.numbers.subarray(0, this.length));
    return numbers;
  }

  /** Makes room for numbers that are no words of four bytes. */
  private leaveInts(): void {
    if (this.numbers instanceof Int32Array) this.numbers = this.copied(this.numbers.length, false);
  }

  add(group: number, value: unknown): void {
    this.reserve(1)[this.length] = group;
    this.addValue(value);
  }

  private addValue(value: unknown): void {
    if (this.boxed !== null) this.boxed.push(value);
    else if (typeof value === 'number') {
      if (!isInt32(value)) this.leaveInts();
      this.numbers[this.length] = value;
    } else this.box().push(value);
    this.length++;
  }

  private box(): unknown[] {
    this.boxed ??= Array.from(this.numbers.subarray(0, this.length));
    return this.boxed;
  }

  /** The values of rows whose groups are there already. */
  addValues(column: Column): void {
    const numbers = numbersOf(column);
    if (numbers !== undefined && this.boxed === null) {
      if (numbers instanceof Float64Array) this.leaveInts();
      this.numbers.set(numbers, this.length);
      this.length += column.length;
      return;
    }
    for (let from = 0; from < column.length; from += CHUNK_ROWS)
      for (const value of column.toArray(from, from + CHUNK_ROWS)) this.addValue(value);
  }

  /**
   * The values in the order of their groups, those of one group in theirs; valid until the next
   * call.
   */
  sorted(groupCount: number): GroupSide {
    const { length, groups, numbers, boxed } = this;
    const places = groupCount + 2;
    if (this.starts.length < places) this.starts = new Int32Array(places);
    else this.starts.fill(0, 0, places);
    const { starts } = this;
    countStarts(groups, length, starts, places);
    const values = boxed === null ? this.roomToSort() : new Array<unknown>(length);
    placeValues(groups, boxed ?? numbers, length, starts, values);
    return { values, starts };
  }

  private roomToSort(): Numbers {
    const { numbers, sortedNumbers } = this;
    const areInts = numbers instanceof Int32Array;
    if (sortedNumbers.length < this.length || areInts !== sortedNumbers instanceof Int32Array)
      this.sortedNumbers = numbersOfLength(numbers.length, areInts);
    return this.sortedNumbers;
  }
}

// Loops that run for each part, and nothing behind them: V8 begins with optimised code in the middle
// of a loop, and would give it up behind the first one, part after part.

/** Counted two places ahead, the next position of a group ends as the start of its successor. */
function countStarts(groups: Int32Array, rows: number, starts: Int32Array, places: number): void {
  countGroups(groups, rows, starts);
  for (let g = 2; g < places; g++) starts[g] = (starts[g] as number) + (starts[g - 1] as number);
}

function countGroups(groups: Int32Array, rows: number, starts: Int32Array): void {
  for (let i = 0; i < rows; i++) {
    const at = (groups[i] as number) + 2;
    starts[at] = (starts[at] as number) + 1;
  }
}

function placeValues(
  groups: Int32Array,
  values: ArrayLike<unknown>,
  rows: number,
  next: Int32Array,
  sorted: { [index: number]: unknown },
): void {
  for (let i = 0; i < rows; i++) {
    const group = (groups[i] as number) + 1;
    const at = next[group] as number;
    next[group] = at + 1;
    sorted[at] = values[i];
  }
}
