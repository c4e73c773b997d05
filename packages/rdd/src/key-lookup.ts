import { keysEqual } from '@firesteel/codec';

/** A filter for the pairs of one key, by canonical equality. It runs on executors. */
export function hasKey(key: unknown): (pair: readonly [unknown, unknown]) => boolean {
  // Primitives need no import of the codec over there; NaN is equal to itself.
  if (typeof key !== 'object' || key === null)
    return ([other]) => other === key || (other !== other && key !== key);
  return ([other]) => keysEqual(other, key);
}
