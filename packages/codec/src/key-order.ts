import { FiresteelError } from '@firesteel/common';
import { describeKind } from './builtins.js';
import {
  bytesOf,
  bytesTypeName,
  type KeyInstance,
  KeyKind,
  keyKind,
  keyTooDeep,
  MAX_KEY_DEPTH,
  recordName,
  unsupportedKey,
} from './key-kind.js';

/**
 * The canonical ascending order of keys; 0 exactly for equal keys.
 *
 * Kinds first: null, undefined, booleans (false, true), numbers and bigints, strings, dates, binary
 * values, arrays, plain objects, class instances. Numbers and bigints mix by value, a number
 * before the equal bigint, NaN after all of both. Strings go by UTF-16 code unit, like `<`; dates
 * by time, invalid ones last; binary values by type name, then unsigned byte by byte; arrays
 * element by element, a prefix first; plain objects by their sorted keys, then by the values in
 * that order; instances by their own `compareTo`, or by the name of their class and their fields.
 *
 * @returns a negative number, 0 or a positive number
 * @throws FiresteelError UNSUPPORTED_KEY for two Maps, two Sets, two instances without
 * `compareTo`, and whatever is no key.
 */
export function compareKeys(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  return compareOthers(a, b, 0);
}

function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function compareOthers(a: unknown, b: unknown, depth: number): number {
  if (depth > MAX_KEY_DEPTH) throw keyTooDeep();
  const kind = keyKind(a);
  const otherKind = keyKind(b);
  if (kind === undefined) throw unsupportedKey(a);
  if (otherKind === undefined) throw unsupportedKey(b);
  if (isNumeric(kind) && isNumeric(otherKind))
    return compareNumeric(a as number | bigint, b as number | bigint);
  if (kind !== otherKind) return kind - otherKind;
  switch (kind) {
    case KeyKind.Boolean:
      return Number(a) - Number(b);
    case KeyKind.String:
      return (a as string) < (b as string) ? -1 : a === b ? 0 : 1;
    case KeyKind.Date:
      return compareNumbers((a as Date).getTime(), (b as Date).getTime());
    case KeyKind.Bytes:
      return compareBytes(a as object, b as object);
    case KeyKind.Array:
      return compareArrays(a as readonly unknown[], b as readonly unknown[], depth);
    case KeyKind.Object:
      return compareObjects(a as Record<string, unknown>, b as Record<string, unknown>, depth);
    case KeyKind.Map:
    case KeyKind.Set:
      throw noOrder(a);
    case KeyKind.Record: {
      const [nameA, nameB] = [recordName(a as object), recordName(b as object)];
      if (nameA !== nameB) return nameA < nameB ? -1 : 1;
      return compareObjects(a as Record<string, unknown>, b as Record<string, unknown>, depth);
    }
    case KeyKind.Instance:
      return compareInstances(a as KeyInstance, b as KeyInstance);
    default:
      return 0;
  }
}

function isNumeric(kind: KeyKind): boolean {
  return kind === KeyKind.Number || kind === KeyKind.Bigint;
}

/** JavaScript compares a number with a bigint by their exact values. */
function compareNumeric(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  const nanA = typeof a === 'number' && Number.isNaN(a);
  const nanB = typeof b === 'number' && Number.isNaN(b);
  if (nanA || nanB) return Number(nanA) - Number(nanB);
  return Number(typeof a === 'bigint') - Number(typeof b === 'bigint');
}

function compareBytes(a: object, b: object): number {
  const typeA = bytesTypeName(a);
  const typeB = bytesTypeName(b);
  if (typeA !== typeB) return typeA < typeB ? -1 : 1;
  return Buffer.compare(bytesOf(a), bytesOf(b));
}

function comparePart(a: unknown, b: unknown, depth: number): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  return compareOthers(a, b, depth);
}

function compareArrays(a: readonly unknown[], b: readonly unknown[], depth: number): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = comparePart(a[i], b[i], depth + 1);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareObjects(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  depth: number,
): number {
  // Sorting without a comparator is by UTF-16 code unit.
  const names = Object.keys(a).sort();
  const order = compareArrays(names, Object.keys(b).sort(), depth);
  if (order !== 0) return order;
  for (const name of names) {
    const valueOrder = comparePart(a[name], b[name], depth + 1);
    if (valueOrder !== 0) return valueOrder;
  }
  return 0;
}

function compareInstances(a: KeyInstance, b: KeyInstance): number {
  if (a.compareTo === undefined) throw noOrder(a);
  return a.compareTo(b);
}

function noOrder(value: unknown): FiresteelError {
  return new FiresteelError(
    'UNSUPPORTED_KEY',
    `Keys were to be sorted, but ${describeKind(value)} has no canonical order. ` +
      'Sort by another key, pass { compare }, or give the class compareTo(other).',
    { data: { kind: describeKind(value) } },
  );
}
