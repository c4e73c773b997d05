import { FiresteelError, shown } from '@firesteel/common';
import type { ColumnSlice } from './columns-of-table.js';

/** The columns of the rows of a partition, with null for what is missing; runs on executors. */
export function* columnsOfRows(rows: Iterable<unknown>): Generator<ColumnSlice> {
  const columns = new Map<string, unknown[]>();
  let rowCount = 0;
  for (const row of rows) {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new FiresteelError(
        'UNSUPPORTED_VALUE',
        `toArrow needs rows that are objects with a field for each column, but met ${shown(row)}. Map the rows to objects first.`,
      );
    for (const [name, value] of Object.entries(row)) {
      let column = columns.get(name);
      if (column === undefined) {
        column = new Array<unknown>(rowCount).fill(null);
        columns.set(name, column);
      }
      column.push(value ?? null);
    }
    rowCount++;
    for (const column of columns.values()) if (column.length < rowCount) column.push(null);
  }
  yield { names: [...columns.keys()], columns: [...columns.values()], rowCount };
}
