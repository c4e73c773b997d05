import { finishHash, hashNumber, hashString, Multiplier, mixWord } from './hash.js';
import {
  bytesOf,
  bytesTypeName,
  isNested,
  type KeyInstance,
  KeyKind,
  keyKind,
  keyTooDeep,
  MAX_KEY_DEPTH,
  recordName,
  unsupportedKey,
} from './key-kind.js';

// Start values that keep kinds apart. They are part of hash version 1 and never change.
const NULL_HASH = finishHash(0x4e554c, 0);
const UNDEFINED_HASH = finishHash(0x554e44, 0);
const FALSE_HASH = finishHash(0x424f4f, 0);
const TRUE_HASH = finishHash(0x424f4f, 1);
const BIGINT_SEED = 0x424947;
const DATE_SEED = 0x444154;
const BYTES_SEED = 0x425954;
const ARRAY_SEED = 0x415252;
const OBJECT_SEED = 0x4f424a;
const MAP_SEED = 0x4d4150;
const SET_SEED = 0x534554;
const INSTANCE_SEED = 0x494e53;

/**
 * The canonical hash of a key, an int32: equal keys (see `keysEqual`) hash alike in every thread,
 * process and Node version. About 1 ns a character for strings, 2 ns for numbers; composite keys
 * cost a walk.
 *
 * @throws FiresteelError UNSUPPORTED_KEY for functions, symbols, promises, class instances without
 * `hashCode()`/`equals()`, and cyclic values.
 */
export function hashKey(key: unknown): number {
  if (typeof key === 'string') return hashString(key);
  if (typeof key === 'number') return hashNumber(key);
  return hashOther(key, 0, Multiplier.CANONICAL);
}

/**
 * A second hash of a key, an int32 independent of `hashKey` and as stable: the two together are a
 * hash of 64 bits. Instances of classes with `hashCode()` stay at its 32 bits.
 *
 * @throws FiresteelError UNSUPPORTED_KEY, as `hashKey` does
 */
export function secondHashKey(key: unknown): number {
  return hashPart(key, 0, Multiplier.SECOND);
}

function hashPart(key: unknown, depth: number, multiplier: number): number {
  if (typeof key === 'string') return hashString(key, multiplier);
  if (typeof key === 'number') return hashNumber(key, multiplier);
  return hashOther(key, depth, multiplier);
}

function hashOther(key: unknown, depth: number, multiplier: number): number {
  const kind = keyKind(key);
  if (depth >= MAX_KEY_DEPTH && kind !== undefined && isNested(kind)) throw keyTooDeep();
  switch (kind) {
    case KeyKind.Null:
      return NULL_HASH;
    case KeyKind.Undefined:
      return UNDEFINED_HASH;
    case KeyKind.Boolean:
      return key === true ? TRUE_HASH : FALSE_HASH;
    case KeyKind.Bigint:
      return hashBigint(key as bigint, multiplier);
    case KeyKind.Date:
      return hashDate(key as Date, multiplier);
    case KeyKind.Bytes:
      return hashBytes(key as object, multiplier);
    case KeyKind.Array:
      return hashArray(key as readonly unknown[], depth, multiplier);
    case KeyKind.Object:
      return hashObject(key as Readonly<Record<string, unknown>>, depth, multiplier);
    case KeyKind.Map:
      return hashMap(key as ReadonlyMap<unknown, unknown>, depth, multiplier);
    case KeyKind.Set:
      return hashSet(key as ReadonlySet<unknown>, depth, multiplier);
    case KeyKind.Record:
      return finishHash(
        mixWord(
          hashString(recordName(key as object), multiplier),
          hashObject(key as Readonly<Record<string, unknown>>, depth, multiplier),
          multiplier,
        ),
        3,
      );
    case KeyKind.Instance:
      return finishHash(mixWord(INSTANCE_SEED, (key as KeyInstance).hashCode() | 0, multiplier), 1);
    default:
      throw unsupportedKey(key);
  }
}

function hashDate(key: Date, multiplier: number): number {
  return finishHash(mixWord(DATE_SEED, hashNumber(key.getTime(), multiplier), multiplier), 1);
}

function hashBigint(key: bigint, multiplier: number): number {
  let rest = key < 0n ? -key : key;
  let hash = key < 0n ? BIGINT_SEED ^ 1 : BIGINT_SEED;
  let count = 0;
  for (; rest > 0n; count++) {
    hash = mixWord(hash, Number(rest & 0xffffffffn) | 0, multiplier);
    rest >>= 32n;
  }
  return finishHash(hash, count);
}

function hashBytes(key: object, multiplier: number): number {
  const bytes = bytesOf(key);
  const n = bytes.length;
  let hash = mixWord(BYTES_SEED, hashString(bytesTypeName(key)), multiplier);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    hash = mixWord(
      hash,
      (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24),
      multiplier,
    );
  }
  for (; i < n; i++) hash = mixWord(hash, bytes[i] as number, multiplier);
  return finishHash(hash, n);
}

function hashArray(key: readonly unknown[], depth: number, multiplier: number): number {
  let hash = ARRAY_SEED;
  for (let i = 0; i < key.length; i++)
    hash = mixWord(hash, hashPart(key[i], depth + 1, multiplier), multiplier);
  return finishHash(hash, key.length);
}

// Entries without an order are added up: no sort, and every order gives the same sum.

function hashObject(
  key: Readonly<Record<string, unknown>>,
  depth: number,
  multiplier: number,
): number {
  const names = Object.keys(key);
  let sum = 0;
  for (const name of names)
    sum = (sum + entryHash(hashString(name, multiplier), key[name], depth, multiplier)) | 0;
  return finishHash(mixWord(OBJECT_SEED, sum, multiplier), names.length);
}

function hashMap(key: ReadonlyMap<unknown, unknown>, depth: number, multiplier: number): number {
  let sum = 0;
  for (const [name, value] of key)
    sum = (sum + entryHash(hashPart(name, depth + 1, multiplier), value, depth, multiplier)) | 0;
  return finishHash(mixWord(MAP_SEED, sum, multiplier), key.size);
}

function hashSet(key: ReadonlySet<unknown>, depth: number, multiplier: number): number {
  let sum = 0;
  for (const item of key) sum = (sum + finishHash(hashPart(item, depth + 1, multiplier), 1)) | 0;
  return finishHash(mixWord(SET_SEED, sum, multiplier), key.size);
}

function entryHash(nameHash: number, value: unknown, depth: number, multiplier: number): number {
  return finishHash(mixWord(nameHash, hashPart(value, depth + 1, multiplier), multiplier), 2);
}
