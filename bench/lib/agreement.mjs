/**
 * Compares what two programs computed: objects and arrays by structure, fractions to a relative
 * tolerance of 1e-6 (sums of floats depend on their order), everything else exactly.
 *
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {readonly string[]} [lacks] top-level keys that `actual` need not have
 * @returns {string | undefined} the first difference, or `undefined` when they agree
 */
export function difference(actual, expected, lacks = []) {
  return compare(actual, expected, 'result', lacks);
}

/**
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} path
 * @param {readonly string[]} lacks
 * @returns {string | undefined}
 */
function compare(actual, expected, path, lacks) {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const exact = Number.isInteger(actual) && Number.isInteger(expected);
    const tolerance = exact ? 0 : 1e-6 * Math.max(1, Math.abs(expected));
    return Math.abs(actual - expected) <= tolerance
      ? undefined
      : `${path} is ${actual}, expected ${expected}`;
  }
  if (isObject(actual) && isObject(expected)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    for (const key of keys) {
      if (lacks.includes(key)) continue;
      const found = compare(actual[key], expected[key], `${path}.${key}`, []);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return Object.is(actual, expected)
    ? undefined
    : `${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}
