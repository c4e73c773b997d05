import { hashKey } from './key-hash.js';
import {
  bytesOf,
  bytesTypeName,
  type KeyInstance,
  KeyKind,
  keyKind,
  keyTooDeep,
  MAX_KEY_DEPTH,
  recordName,
} from './key-kind.js';

/**
 * Canonical equality of keys: by value, whatever the identity.
 *
 * NaN equals NaN and 0 equals -0; `1`, `1n` and `true` are three keys, and so are null and
 * undefined. Arrays are equal element by element (a hole is undefined), plain objects when they
 * have the same own enumerable string keys with equal values in any order, Maps and Sets as
 * multisets of their entries, binary values when type and bytes agree (a Buffer counts as
 * Uint8Array), class instances by their own `equals`, or by class and
 * fields where the class is a key by its fields. Values that are no keys equal only themselves.
 */
export function keysEqual(a: unknown, b: unknown): boolean {
  return equalAt(a, b, 0);
}

function equalAt(a: unknown, b: unknown, depth: number): boolean {
  if (a === b) return true;
  if (typeof a !== typeof b) return false;
  if (typeof a === 'number') return Number.isNaN(a) && Number.isNaN(b);
  if (typeof a !== 'object' || a === null || b === null) return false;
  if (depth > MAX_KEY_DEPTH) throw keyTooDeep();
  const kind = keyKind(a);
  if (kind !== keyKind(b)) return false;
  switch (kind) {
    case KeyKind.Date:
      return Object.is((a as Date).getTime(), (b as Date).getTime());
    case KeyKind.Bytes:
      return (
        bytesTypeName(a) === bytesTypeName(b as object) &&
        Buffer.compare(bytesOf(a), bytesOf(b as object)) === 0
      );
    case KeyKind.Array:
      return arraysEqual(a as readonly unknown[], b as readonly unknown[], depth);
    case KeyKind.Object:
      return objectsEqual(a as Record<string, unknown>, b as Record<string, unknown>, depth);
    case KeyKind.Map:
      return multisetsEqual([...(a as Map<unknown, unknown>)], [...(b as Map<unknown, unknown>)]);
    case KeyKind.Set:
      return multisetsEqual([...(a as Set<unknown>)], [...(b as Set<unknown>)]);
    case KeyKind.Record:
      return (
        recordName(a) === recordName(b as object) &&
        objectsEqual(a as Record<string, unknown>, b as Record<string, unknown>, depth)
      );
    case KeyKind.Instance:
      return (a as KeyInstance).equals(b);
    default:
      return false;
  }
}

function arraysEqual(a: readonly unknown[], b: readonly unknown[], depth: number): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!equalAt(a[i], b[i], depth + 1)) return false;
  return true;
}

function objectsEqual(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  depth: number,
): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) {
    if (!Object.prototype.propertyIsEnumerable.call(b, name)) return false;
    if (!equalAt(a[name], b[name], depth + 1)) return false;
  }
  return true;
}

/** Pairs every item of `a` with an equal one of `b` that is not taken yet, found by hash. */
function multisetsEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  const buckets = new Map<number, unknown[]>();
  for (const item of a) {
    const hash = hashKey(item);
    const bucket = buckets.get(hash);
    if (bucket === undefined) buckets.set(hash, [item]);
    else bucket.push(item);
  }
  for (const item of b) {
    const bucket = buckets.get(hashKey(item));
    const index = bucket?.findIndex((candidate) => keysEqual(candidate, item)) ?? -1;
    if (index < 0) return false;
    bucket?.splice(index, 1);
  }
  return true;
}
