import type { Column } from '@firesteel/codec';
import { FiresteelError, shown } from '@firesteel/common';
import { CHUNK_ROWS } from '../chunk.js';
import type { InputFrame } from '../files/input-frame.js';
import { pairColumns } from '../pair-columns.js';

/** The values of a key in blocks of its pairs. */
export interface StoredGroup {
  readonly key: unknown;
  readonly frames: readonly InputFrame[];
  /** Whether the blocks are gone. */
  readonly isOver: () => boolean;
}

/**
 * The values as an array that reads them where they lie, so that a function may go through more of
 * them than fit into memory. It cannot be changed.
 */
export function storedValues(group: StoredGroup): readonly unknown[] {
  const reader = new StoredReader(group);
  // Few values are not worth the detour.
  if (reader.length <= CHUNK_ROWS) return [...reader.values()];
  return new Proxy<unknown[]>([], new StoredArray(reader, group.key));
}

/** Reads values by their position; the block and the values around the last one stay at hand. */
class StoredReader {
  readonly length: number;
  /** Positions of the first values of blocks. */
  private readonly starts: number[] = [];
  private column: Column | undefined;
  private block = -1;
  private near: readonly unknown[] = [];
  private nearFrom = 0;

  constructor(private readonly group: StoredGroup) {
    let length = 0;
    for (const { header } of group.frames) {
      this.starts.push(length);
      length += header.rowCount;
    }
    this.length = length;
  }

  at(position: number): unknown {
    const offset = position - this.nearFrom;
    if (offset >= 0 && offset < this.near.length) return this.near[offset];
    this.moveTo(position);
    return this.near[position - this.nearFrom];
  }

  *values(): Generator<unknown> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  private moveTo(position: number): void {
    const { key, frames, isOver } = this.group;
    if (isOver())
      throw new FiresteelError(
        'GROUP_TOO_LARGE',
        `The values of key ${shown(key)} are too many for memory and were read from disk while the task ran that had grouped them. It is over: take from them what is needed in the functions behind groupByKey or cogroup, or persist them as DISK_ONLY.`,
        { data: { key: shown(key), rows: this.length } },
      );
    const block = this.blockOf(position);
    if (block !== this.block) {
      this.column = pairColumns((frames[block] as InputFrame).open())?.values;
      this.block = block;
    }
    const start = this.starts[block] as number;
    const from = Math.floor((position - start) / CHUNK_ROWS) * CHUNK_ROWS;
    this.near = (this.column as Column).toArray(from, from + CHUNK_ROWS);
    this.nearFrom = start + from;
  }

  /** The last block that begins at the position or before. */
  private blockOf(position: number): number {
    let from = 0;
    for (let to = this.starts.length - 1; from < to; ) {
      const middle = (from + to + 1) >>> 1;
      if ((this.starts[middle] as number) <= position) from = middle;
      else to = middle - 1;
    }
    return from;
  }
}

/** What makes an empty array look like one with the values of a reader. */
class StoredArray implements ProxyHandler<unknown[]> {
  constructor(
    private readonly reader: StoredReader,
    private readonly key: unknown,
  ) {}

  get(target: unknown[], property: string | symbol): unknown {
    if (property === 'length') return this.reader.length;
    if (property === Symbol.iterator || property === 'values') return () => this.reader.values();
    const position = this.positionOf(property);
    return position === undefined ? Reflect.get(target, property) : this.reader.at(position);
  }

  has(target: unknown[], property: string | symbol): boolean {
    return this.positionOf(property) !== undefined || Reflect.has(target, property);
  }

  ownKeys(): string[] {
    return [...Array.from({ length: this.reader.length }, (_, i) => String(i)), 'length'];
  }

  getOwnPropertyDescriptor(
    target: unknown[],
    property: string | symbol,
  ): PropertyDescriptor | undefined {
    const position = this.positionOf(property);
    if (position !== undefined)
      return {
        value: this.reader.at(position),
        writable: true,
        enumerable: true,
        configurable: true,
      };
    const own = Reflect.getOwnPropertyDescriptor(target, property);
    return property === 'length' ? { ...own, value: this.reader.length } : own;
  }

  set(): never {
    return this.refuse();
  }

  defineProperty(): never {
    return this.refuse();
  }

  deleteProperty(): never {
    return this.refuse();
  }

  private positionOf(property: string | symbol): number | undefined {
    if (typeof property === 'symbol') return undefined;
    const position = Number(property);
    const isPosition = Number.isInteger(position) && position >= 0 && position < this.reader.length;
    return isPosition && String(position) === property ? position : undefined;
  }

  private refuse(): never {
    throw new FiresteelError(
      'GROUP_TOO_LARGE',
      `The values of key ${shown(this.key)} are too many for memory (${this.reader.length}) and are read from disk, so they cannot be changed or sorted in place. Copy those that are needed, use reduceByKey, aggregateByKey or repartitionAndSortWithinPartitions, or set executor.memory to more.`,
      { data: { key: shown(this.key), rows: this.reader.length } },
    );
  }
}
