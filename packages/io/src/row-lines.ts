import { FiresteelError, shown } from '@firesteel/common';

/** A row as a line of text: strings as they are, other primitives by `String`, objects as JSON. */
export function textLine(row: unknown): string {
  if (typeof row === 'string') return row;
  if (row === null || row === undefined)
    throw new FiresteelError(
      'UNSUPPORTED_VALUE',
      `saveAsTextFile met a row that is ${row}, which has no text form. Filter such rows out or map them to strings first.`,
    );
  if (typeof row !== 'object') return String(row);
  return JSON.stringify(row, bigintsAsStrings);
}

/** A row as a line of JSON. */
export function jsonLine(row: unknown): string {
  const line = JSON.stringify(row, bigintsAsStrings) as string | undefined;
  if (line !== undefined) return line;
  throw new FiresteelError(
    'UNSUPPORTED_VALUE',
    `saveAsJsonLines met the row ${shown(row)}, which has no JSON form. Filter such rows out or map them to values that have one.`,
  );
}

function bigintsAsStrings(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
