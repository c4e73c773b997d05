import { inspect } from 'node:util';

/** How `rowTable` writes rows. */
export interface RowTableOptions {
  /** Characters of a cell before it is cut; 40 by default. */
  readonly maxCellWidth?: number;
}

/** Rows of more fields than this stay in one column. */
const maxTupleLength = 12;
/** Objects with more different keys than this stay in one column. */
const maxColumns = 24;

/**
 * Rows as a table of text: objects have a column for each key, pairs the columns `key` and
 * `value`, longer tuples `_1`, `_2`…, and all other rows the column `value`. Numbers stand at the
 * right. Ends without a line break.
 */
export function rowTable(rows: readonly unknown[], options: RowTableOptions = {}): string {
  const { maxCellWidth = 40 } = options;
  const { heads, cellsOf } = columnsOf(rows);
  const columns = heads.map((head, at) => {
    const values = rows.map((row) => cellsOf(row)[at]);
    const texts = values.map((value) => cut(cellText(value), maxCellWidth));
    const width = Math.max(...[head, ...texts].map(widthOf));
    const isNumeric = values.length > 0 && values.every(isNumber);
    return { head, texts, width, isNumeric };
  });
  const line = (cells: readonly string[]) =>
    cells
      .map((text, at) => {
        const { width = 0, isNumeric = false } = columns[at] ?? {};
        const padding = ' '.repeat(width - widthOf(text));
        return isNumeric ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(({ head }) => head)),
    line(columns.map(({ width }) => '─'.repeat(width))),
    ...rows.map((_row, at) => line(columns.map(({ texts }) => texts[at] ?? ''))),
  ].join('\n');
}

interface Columns {
  readonly heads: readonly string[];
  cellsOf(row: unknown): readonly unknown[];
}

function columnsOf(rows: readonly unknown[]): Columns {
  const length = Array.isArray(rows[0]) ? rows[0].length : 0;
  if (length > 1 && length <= maxTupleLength && rows.every((row) => isTuple(row, length))) {
    const heads = length === 2 ? ['key', 'value'] : Array.from({ length }, (_, at) => `_${at + 1}`);
    return { heads, cellsOf: (row) => row as unknown[] };
  }
  if (rows.length > 0 && rows.every(isPlainObject)) {
    const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    if (keys.length > 0 && keys.length <= maxColumns) {
      const cellsOf = (row: unknown) => keys.map((key) => (row as Record<string, unknown>)[key]);
      return { heads: keys.map(cellText), cellsOf };
    }
  }
  return { heads: ['value'], cellsOf: (row) => [row] };
}

function isTuple(row: unknown, length: number): boolean {
  return Array.isArray(row) && row.length === length;
}

/** Whether `rowTable` would give rows of this kind columns of their own. */
export function hasColumns(rows: readonly unknown[]): boolean {
  return rows.length > 0 && columnsOf(rows).heads[0] !== 'value';
}

function isPlainObject(row: unknown): row is object {
  if (typeof row !== 'object' || row === null) return false;
  const prototype: unknown = Object.getPrototypeOf(row);
  return prototype === Object.prototype || prototype === null;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function cellText(value: unknown): string {
  if (value === undefined) return '';
  const text =
    typeof value === 'string'
      ? value
      : inspect(value, { depth: 3, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 20 });
  // Control characters would break the lines, or reach the terminal as commands.
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function cut(text: string, maxWidth: number): string {
  return widthOf(text) <= maxWidth ? text : `${[...text].slice(0, maxWidth - 1).join('')}…`;
}

function widthOf(text: string): number {
  return [...text].length;
}
