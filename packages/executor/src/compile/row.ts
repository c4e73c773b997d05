/**
 * How generated code names the row at a point of a pipeline: as one expression, or as a key and a
 * value that no array was made for yet.
 */
export type Row =
  | { readonly kind: 'row'; readonly expression: string; readonly line?: LineAt | undefined }
  | {
      readonly kind: 'pair';
      readonly key: string;
      readonly value: string;
      readonly valueLine?: LineAt | undefined;
    }
  /** An array of these elements, of another length than 2. */
  | { readonly kind: 'tuple'; readonly fields: readonly string[] }
  /** A pair whose key is the bytes `bytes[at]` … as latin1: for combine tables only. */
  | {
      readonly kind: 'latin1Pair';
      readonly bytes: string;
      readonly at: string;
      readonly length: string;
      readonly value: string;
    }
  /** A key and the number of its group in the chunk: for joins only. */
  | { readonly kind: 'group'; readonly key: string; readonly group: string };

/**
 * Where a row that is a line of ASCII lies, for those who pass it on as it is: in the DataView
 * `view` from `at` on, with a newline at `end`.
 */
export interface LineAt {
  readonly view: string;
  readonly at: string;
  readonly end: string;
}

/** The row as one expression. Only called where its value is needed. */
export function asExpression(row: Row): string {
  if (row.kind === 'row') return row.expression;
  if (row.kind === 'tuple') return `[${row.fields.join(', ')}]`;
  const { key, value } = asPair(row);
  return pairOf(key, value);
}

/** An array of two values. */
export function pairOf(first: string, second: string): string {
  return `pair(${first}, ${second})`;
}

/** Key and value of a row that is known to be a pair. */
export function asPair(row: Exclude<Row, { kind: 'row' | 'tuple' }>): {
  key: string;
  value: string;
} {
  if (row.kind === 'pair') return row;
  if (row.kind === 'latin1Pair')
    return { key: `latin1String(${row.bytes}, ${row.at}, ${row.length})`, value: row.value };
  throw new TypeError('groups only go into joins');
}
