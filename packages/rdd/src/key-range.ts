import { compareKeys } from '@firesteel/codec';

/** A filter for the pairs whose key lies between two bounds, both included. Runs on executors. */
export function isInRange<K>(
  lower: K,
  upper: K,
  compare: ((a: K, b: K) => number) | undefined,
): (pair: readonly [K, unknown]) => boolean {
  const order = compare ?? compareKeys;
  return ([key]) => order(lower, key) <= 0 && order(key, upper) <= 0;
}
