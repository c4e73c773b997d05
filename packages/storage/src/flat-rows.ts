/** Longer arrays are no tuples. */
const MAX_FIELDS = 16;

/**
 * The shape of a row that is kept in columns: a number, bigint or boolean (0), or an array of so
 * many primitives. Undefined for all others, which stay as they are: objects have an identity, and
 * strings alone gain nothing.
 */
export function flatShapeOf(row: unknown): number | undefined {
  if (Array.isArray(row))
    return row.length > 0 && row.length <= MAX_FIELDS && isFlat(row, row.length)
      ? row.length
      : undefined;
  return isFlat(row, 0) && row !== null && row !== undefined ? 0 : undefined;
}

/** Whether a row has that shape; a null or undefined may stand in place of a number. */
export function isFlat(row: unknown, shape: number): boolean {
  if (shape === 0) {
    const type = typeof row;
    return (
      type === 'number' ||
      type === 'boolean' ||
      type === 'bigint' ||
      row === null ||
      row === undefined
    );
  }
  if (!Array.isArray(row) || row.length !== shape || row.constructor !== Array) return false;
  for (let i = 0; i < shape; i++) {
    const field: unknown = row[i];
    if (!isPrimitive(field) || (field === undefined && !(i in row))) return false;
  }
  return true;
}

/** Whether a pair has the shape of an array of two primitives. */
export function isFlatPair(key: unknown, value: unknown): boolean {
  return isPrimitive(key) && isPrimitive(value);
}

function isPrimitive(value: unknown): boolean {
  const type = typeof value;
  return (type !== 'object' || value === null) && type !== 'function' && type !== 'symbol';
}
