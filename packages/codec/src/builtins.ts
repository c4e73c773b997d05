import { types } from 'node:util';

/** Built-in data types that are known by their prototype, besides plain objects and arrays. */
const builtinNames = [
  'Date',
  'RegExp',
  'Map',
  'Set',
  'ArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

export type BuiltinName = (typeof builtinNames)[number] | 'Buffer';

const byPrototype = new Map<object | null, BuiltinName>();
for (const name of builtinNames) byPrototype.set(globalThis[name].prototype, name);
byPrototype.set(Buffer.prototype, 'Buffer');

/** The built-in data type of an object of this realm, or undefined. */
export function builtinName(value: object): BuiltinName | undefined {
  return byPrototype.get(Object.getPrototypeOf(value) as object | null);
}

/**
 * The built-in data type of an object of another realm (`vm` contexts, the REPL), whose prototypes
 * are other objects; subclasses are told apart by the name of their constructor.
 */
export function foreignBuiltinName(value: object): BuiltinName | undefined {
  const name = constructorName(value);
  for (const candidate of builtinNames)
    if (candidate === name && types[`is${candidate}`](value)) return candidate;
  return undefined;
}

/** True for object literals and `Object.create(null)`, of any realm. */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null) return true;
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf') &&
    !types.isProxy(value)
  );
}

/** True for arrays that are not instances of a subclass, of any realm. */
export function isPlainArray(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  // A property load is cheaper here than getPrototypeOf.
  return value.constructor === Array || constructorName(value) === 'Array';
}

/** Words for an error message: `a function`, `an instance of class Socket`. */
export function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function')
    return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (types.isProxy(value)) return 'a Proxy';
  if (types.isPromise(value)) return 'a Promise';
  if (isPlainObject(value)) return 'a plain object';
  const name = constructorName(value);
  return name === '' ? 'an instance of an anonymous class' : `an instance of class ${name}`;
}

function constructorName(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
  const made = prototype?.constructor;
  return typeof made === 'function' ? made.name : '';
}
