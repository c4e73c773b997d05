/**
 * How generated code names the row at a point of a pipeline: as one expression, or as a key and a
 * value that no array was made for yet.
 */
export type Row =
  | { readonly kind: 'row'; readonly expression: string }
  | { readonly kind: 'pair'; readonly key: string; readonly value: string };

/** The row as one expression. Only called where its value is needed. */
export function asExpression(row: Row): string {
  return row.kind === 'row' ? row.expression : `[${row.key}, ${row.value}]`;
}
