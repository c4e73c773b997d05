import { FiresteelError } from '@firesteel/common';
import { builtinName, describeKind, foreignBuiltinName, isPlainObject } from './builtins.js';
import { rowClassOf } from './row-classes.js';

/** Kinds of keys in their canonical order; numbers and bigints share a rank and mix by value. */
export const KeyKind = {
  Null: 0,
  Undefined: 1,
  Boolean: 2,
  Number: 3,
  Bigint: 4,
  String: 5,
  Date: 6,
  Bytes: 7,
  Array: 8,
  Object: 9,
  Map: 10,
  Set: 11,
  Instance: 12,
  /** An instance of a class that is a key by its fields. */
  Record: 13,
} as const;

export type KeyKind = (typeof KeyKind)[keyof typeof KeyKind];

/** A class instance that opts in to be a key; `compareTo` only if keys are sorted. */
export interface KeyInstance {
  hashCode(): number;
  equals(other: unknown): boolean;
  compareTo?(other: unknown): number;
}

/** Deeper nesting than this is refused, which also ends the walk of a cyclic key. */
export const MAX_KEY_DEPTH = 100;

/** The kind of a key, or undefined for a value that has no canonical equality. */
export function keyKind(value: unknown): KeyKind | undefined {
  switch (typeof value) {
    case 'string':
      return KeyKind.String;
    case 'number':
      return KeyKind.Number;
    case 'boolean':
      return KeyKind.Boolean;
    case 'bigint':
      return KeyKind.Bigint;
    case 'undefined':
      return KeyKind.Undefined;
    case 'object':
      return value === null ? KeyKind.Null : objectKeyKind(value);
    default:
      return undefined;
  }
}

/** Whether keys of a kind hold other keys. */
export function isNested(kind: KeyKind): boolean {
  return kind >= KeyKind.Array && kind !== KeyKind.Instance;
}

function objectKeyKind(value: object): KeyKind | undefined {
  if (Array.isArray(value)) return KeyKind.Array;
  if (isPlainObject(value)) return KeyKind.Object;
  if (isKeyInstance(value)) return KeyKind.Instance;
  if (rowClassOf(value)?.keyedByFields) return KeyKind.Record;
  switch (builtinName(value) ?? foreignBuiltinName(value)) {
    case undefined:
    case 'RegExp':
      return undefined;
    case 'Date':
      return KeyKind.Date;
    case 'Map':
      return KeyKind.Map;
    case 'Set':
      return KeyKind.Set;
    default:
      return KeyKind.Bytes;
  }
}

function isKeyInstance(value: object): value is KeyInstance {
  const candidate = value as Partial<KeyInstance>;
  return typeof candidate.hashCode === 'function' && typeof candidate.equals === 'function';
}

/** The type of a binary key: only keys of one type are equal; a Buffer counts as Uint8Array. */
export function bytesTypeName(value: object): string {
  const name = builtinName(value) ?? foreignBuiltinName(value) ?? '';
  return name === 'Buffer' ? 'Uint8Array' : name;
}

/** The bytes that a binary key stands for, without a copy. */
export function bytesOf(value: object): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new Uint8Array(value as ArrayBuffer);
}

/** The name of the class of a key by its fields. */
export function recordName(value: object): string {
  return rowClassOf(value)?.name ?? '';
}

export function unsupportedKey(value: unknown, path = ''): FiresteelError {
  const where = path === '' ? '' : ` at ${path}`;
  return new FiresteelError(
    'UNSUPPORTED_KEY',
    `A key is or contains ${describeKind(value)}${where}, which has no canonical equality. ` +
      'Use strings, numbers, bigints, booleans, null, undefined, dates, bytes, or arrays and plain ' +
      'objects of them; or give the class hashCode() and equals(other), or make it a key by its ' +
      "fields: sc.registerClass(Class, { key: 'fields' }).",
    { data: { kind: describeKind(value), path } },
  );
}

export function keyTooDeep(path = ''): FiresteelError {
  return new FiresteelError(
    'UNSUPPORTED_KEY',
    `A key is cyclic or nested deeper than ${MAX_KEY_DEPTH} levels. ` +
      'Use a flat key, such as an array of the few fields that identify the record.',
    { data: { kind: 'cyclic', path } },
  );
}
