/** Operators whose speed depends on how keys are found, grouped, moved and ordered. */
export const operators = /** @type {const} */ ([
  'reduceByKey',
  'groupByKey',
  'join',
  'sortByKey',
  'distinct',
  'cogroup',
]);

export const keyKinds = /** @type {const} */ (['numbers', 'strings']);

/**
 * @typedef {typeof operators[number]} Operator
 * @typedef {typeof keyKinds[number]} KeyKind
 */

/** How often a key occurs on average. */
const rowsPerKey = 10;

/**
 * @param {number} rows
 * @returns {number} distinct keys in them
 */
export function keysOf(rows) {
  return Math.ceil(rows / rowsPerKey);
}

/**
 * The number behind the key of row `i`: keys in an order that no cache likes, each about as often
 * as any other.
 *
 * @param {number} i
 * @param {number} keys
 * @returns {number} in 0 … keys - 1
 */
export function keyNumber(i, keys) {
  return (Math.imul(i, 0x9e3779b1) >>> 0) % keys;
}

/**
 * @param {number} i
 * @returns {number} the value of row `i`
 */
export function valueOfRow(i) {
  return i % 1000;
}
