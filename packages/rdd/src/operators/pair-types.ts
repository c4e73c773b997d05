/** The key of a `[key, value]` row. */
export type KeyOf<Row> = Row extends readonly [infer K, unknown] ? K : never;

/**
 * The value of a `[key, value]` row. Methods whose function returns a value of the type that it is
 * given use this rather than a type parameter of their own: TypeScript would read an array literal
 * that such a function returns as an array, also where the values are tuples.
 */
export type ValueOf<Row> = Row extends readonly [unknown, infer V] ? V : never;
