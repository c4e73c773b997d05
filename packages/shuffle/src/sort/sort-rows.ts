import {
  type AsciiLinesBuilder,
  type Block,
  type Column,
  estimateRowsBytes,
  lineStrings,
  type StringColumn,
} from '@firesteel/codec';
import { CHUNK_ROWS, type PairsChunk } from '../chunk.js';
import { isLatin1, numbersOf, pairColumns } from '../pair-columns.js';
import { AsciiRows, chunkLines, LinePairs } from './line-pairs.js';
import { type Compare, latin1Order, numberOrder, sortedOrder } from './order.js';

/** What sorting takes for each row: its key as two words, its position, and a copy of both. */
const BYTES_PER_ROW = 40;

/** So many strings are made all at once for less than what reading them at random costs. */
const MAX_LIVE_ROWS = 1 << 18;

export type ChunkMemory = Record<'keys' | 'values', AsciiLinesBuilder>;

export function chunkMemory(): ChunkMemory {
  return { keys: chunkLines(), values: chunkLines() };
}

/** Rows that came together. */
interface Segment {
  readonly keys: Column | ArrayLike<unknown>;
  readonly values: Column | ArrayLike<unknown>;
  /** The number of its first row. */
  readonly start: number;
  readonly length: number;
}

/**
 * Pairs to be sorted, as they came: blocks stay the bytes that they are, so that a row costs no
 * objects until it is read, and live values stay alive.
 */
export class SortRows {
  private readonly segments: Segment[] = [];
  private rowCount = 0;
  private heldBytes = 0;

  /** @param chunks where the lines of a chunk are brought together, for one sort at a time */
  constructor(private readonly chunks: ChunkMemory) {}

  get length(): number {
    return this.rowCount;
  }

  /** Bytes held, and needed to sort. */
  get memoryBytes(): number {
    return this.heldBytes + BYTES_PER_ROW * this.rowCount;
  }

  /** False for a block with rows that are no pairs. */
  addBlock(block: Block, sizeBytes: number): boolean {
    const columns = pairColumns(block);
    if (columns === undefined) return false;
    // Strings get offsets when they are read at random.
    this.add(columns.keys, columns.values, block.rowCount, sizeBytes + 8 * block.rowCount);
    return true;
  }

  addPairs({ keys, values, length }: PairsChunk): void {
    this.add(keys, values, length, bytesOf(keys) + bytesOf(values));
  }

  /** The rows in the order of their keys, stably, a chunk at a time. */
  *sorted(ascending: boolean, compare: Compare | undefined): Generator<PairsChunk> {
    const order = this.order(ascending, compare);
    const segmentOf = new Uint32Array(this.rowCount);
    for (const [s, { start, length }] of this.segments.entries())
      segmentOf.fill(s, start, start + length);
    const values = this.asciiRows('values', segmentOf);
    if (values !== undefined) {
      yield* this.sortedLines(order, values, segmentOf);
      return;
    }
    const isLive = this.rowCount <= MAX_LIVE_ROWS;
    const segments = this.segments.map((segment) => (isLive ? liveSegment(segment) : segment));
    for (let from = 0; from < order.length; from += CHUNK_ROWS) {
      const positions = order.subarray(from, from + CHUNK_ROWS);
      const keys: unknown[] = new Array(positions.length);
      const values: unknown[] = new Array(positions.length);
      for (let i = 0; i < positions.length; i++) {
        const at = positions[i] as number;
        const segment = segments[segmentOf[at] as number] as Segment;
        keys[i] = valueAt(segment.keys, at - segment.start);
        values[i] = valueAt(segment.values, at - segment.start);
      }
      yield { kind: 'pairs', keys, values, length: positions.length };
    }
  }

  private asciiRows(side: 'keys' | 'values', segmentOf: Uint32Array): AsciiRows | undefined {
    const columns = this.segments.map((segment) => segment[side]);
    const firstRows = this.segments.map(({ start }) => start);
    return AsciiRows.of(columns, firstRows, segmentOf, this.chunks[side]);
  }

  private *sortedLines(
    order: Uint32Array,
    values: AsciiRows,
    segmentOf: Uint32Array,
  ): Generator<PairsChunk> {
    const keys = this.asciiRows('keys', segmentOf);
    const keyOf = (row: number) => {
      const { keys: column, start } = this.segments[segmentOf[row] as number] as Segment;
      return valueAt(column, row - start);
    };
    for (let from = 0; from < order.length; from += CHUNK_ROWS) {
      const rows = order.subarray(from, from + CHUNK_ROWS);
      yield new LinePairs(values.gather(rows), () =>
        keys === undefined ? Array.from(rows, keyOf) : lineStrings(keys.gather(rows)),
      );
    }
  }

  private add(
    keys: Segment['keys'],
    values: Segment['values'],
    length: number,
    bytes: number,
  ): void {
    this.segments.push({ keys, values, start: this.rowCount, length });
    this.rowCount += length;
    this.heldBytes += bytes;
  }

  private order(ascending: boolean, compare: Compare | undefined): Uint32Array {
    const columns = this.segments.map(({ keys }) => keys);
    if (compare === undefined && columns.every(isColumn)) {
      if (columns.every((column) => column.kind !== 'constant' && numbersOf(column) !== undefined))
        return numberOrder(this.numberKeys(columns), ascending);
      if (columns.every((column) => isLatin1(column)))
        return latin1Order(columns as StringColumn[], ascending);
    }
    return sortedOrder(this.liveKeys(), ascending, compare);
  }

  private numberKeys(columns: readonly Column[]): Float64Array {
    const keys = new Float64Array(this.rowCount);
    for (const [s, column] of columns.entries())
      keys.set(numbersOf(column) as Float64Array, (this.segments[s] as Segment).start);
    return keys;
  }

  private liveKeys(): unknown[] {
    const all: unknown[] = [];
    for (const segment of this.segments) {
      const keys = liveValues(segment.keys);
      for (let i = 0; i < segment.length; i++) all.push(keys[i]);
    }
    return all;
  }
}

function liveSegment({ keys, values, ...rest }: Segment): Segment {
  return { keys: liveValues(keys), values: liveValues(values), ...rest };
}

function liveValues(values: Column | ArrayLike<unknown>): ArrayLike<unknown> {
  if (!isColumn(values)) return values;
  const all: unknown[] = [];
  for (let from = 0; from < values.length; from += CHUNK_ROWS)
    for (const value of values.toArray(from, from + CHUNK_ROWS)) all.push(value);
  return all;
}

function isColumn(values: Column | ArrayLike<unknown>): values is Column {
  return 'kind' in values;
}

function valueAt(values: Column | ArrayLike<unknown>, row: number): unknown {
  return isColumn(values) ? values.get(row) : values[row];
}

function bytesOf(values: ArrayLike<unknown>): number {
  return ArrayBuffer.isView(values)
    ? values.byteLength
    : estimateRowsBytes(values as readonly unknown[]);
}
