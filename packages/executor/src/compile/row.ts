/**
 * How generated code names the row at a point of a pipeline: as one expression, or as a key and a
 * value that no array was made for yet.
 */
export type Row =
  | { readonly kind: 'row'; readonly expression: string }
  | { readonly kind: 'pair'; readonly key: string; readonly value: string }
  /** A pair whose key is the bytes `bytes[at]` … as latin1: for combine tables only. */
  | {
      readonly kind: 'latin1Pair';
      readonly bytes: string;
      readonly at: string;
      readonly length: string;
      readonly value: string;
    };

/** The row as one expression. Only called where its value is needed. */
export function asExpression(row: Row): string {
  if (row.kind === 'row') return row.expression;
  return `[${keyExpression(row)}, ${row.value}]`;
}

export function keyExpression(row: Exclude<Row, { kind: 'row' }>): string {
  return row.kind === 'pair' ? row.key : `latin1String(${row.bytes}, ${row.at}, ${row.length})`;
}
