/**
 * Rows that an array may hold here. V8 ends the whole process when an array that grows by `push` would
 * get more than 2^27 elements, and one of 113 million has to get half as large again.
 */
export const MAX_ARRAY_ROWS = 100_000_000;

/** Entries of a Map or a Set, above which V8 throws a bare RangeError. */
export const MAX_MAP_ENTRIES = 2 ** 24;
