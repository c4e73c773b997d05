import {
  type AsciiLines,
  AsciiLinesBuilder,
  type AsciiStrings,
  type Column,
  lineStrings,
} from '@firesteel/codec';
import { CHUNK_ROWS, type PairsChunk } from '../chunk.js';

const FIRST_LINE_BYTES = 128;

/** Lines of a chunk, in memory that the next chunk uses again. */
export function chunkLines(): AsciiLinesBuilder {
  return new AsciiLinesBuilder(CHUNK_ROWS, CHUNK_ROWS * FIRST_LINE_BYTES);
}

/** Where the strings of a column lie, if all of them are ASCII in a block. */
export function asciiOf(column: Column | ArrayLike<unknown>): AsciiStrings | undefined {
  return 'kind' in column && column.kind === 'string' ? (column.ascii() ?? undefined) : undefined;
}

/** Pairs with lines as values. Strings are made of keys and values only where somebody asks. */
export class LinePairs implements PairsChunk {
  readonly kind = 'pairs';
  private readKeys: readonly unknown[] | undefined;
  private readValues: readonly unknown[] | undefined;

  constructor(
    readonly lines: AsciiLines,
    private readonly keysOf: () => readonly unknown[],
  ) {}

  get length(): number {
    return this.lines.length;
  }

  get keys(): readonly unknown[] {
    this.readKeys ??= this.keysOf();
    return this.readKeys;
  }

  get values(): readonly unknown[] {
    this.readValues ??= lineStrings(this.lines);
    return this.readValues;
  }
}

/** Columns of ASCII, one behind the other, of which rows are brought together in any order. */
export class AsciiRows {
  /** Where the rows of a chunk lie. */
  private readonly columnsOfChunk = new Int32Array(CHUNK_ROWS);
  private readonly starts = new Int32Array(CHUNK_ROWS);
  private readonly lengths = new Int32Array(CHUNK_ROWS);
  /** Keeps the reads of `locate` from being optimised away. */
  protected seen = 0;

  private constructor(
    private readonly columns: readonly AsciiStrings[],
    private readonly firstRows: readonly number[],
    private readonly columnOf: Uint32Array,
    private readonly lines: AsciiLinesBuilder,
  ) {}

  /**
   * Undefined if there is anything else in the columns.
   *
   * @param firstRows the number of the first row of each column
   * @param columnOf the column of each row
   * @param lines where rows are brought together
   */
  static of(
    columns: readonly (Column | ArrayLike<unknown>)[],
    firstRows: readonly number[],
    columnOf: Uint32Array,
    lines: AsciiLinesBuilder,
  ): AsciiRows | undefined {
    const all: AsciiStrings[] = [];
    for (const column of columns) {
      const strings = asciiOf(column);
      if (strings === undefined) return undefined;
      all.push(strings);
    }
    return new AsciiRows(all, firstRows, columnOf, lines);
  }

  /** These rows, a chunk of them at most, as lines until the next call. */
  gather(rows: Uint32Array): AsciiLines {
    this.locate(rows);
    const { lines, columns, columnsOfChunk, starts, lengths } = this;
    lines.clear();
    for (let i = 0; i < rows.length; i++) {
      const { view } = columns[columnsOfChunk[i] as number] as AsciiStrings;
      lines.add(view, starts[i] as number, lengths[i] as number);
    }
    return lines;
  }

  /**
   * Rows in random order miss all caches. Here no miss waits for the one before, as it would if each
   * row were copied at once: looking at a byte of each brings them all on their way.
   */
  private locate(rows: Uint32Array): void {
    const { columns, firstRows, columnOf } = this;
    let seen = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      const c = columnOf[row] as number;
      const { view, starts } = columns[c] as AsciiStrings;
      const at = row - (firstRows[c] as number);
      const from = starts[at] as number;
      const to = starts[at + 1] as number;
      this.columnsOfChunk[i] = c;
      this.starts[i] = from;
      this.lengths[i] = to - from;
      if (from < to) seen ^= view.getUint8(from) ^ view.getUint8(to - 1);
    }
    this.seen = seen;
  }
}
