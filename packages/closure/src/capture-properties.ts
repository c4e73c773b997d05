import type { Capture } from './capture.js';
import type { Properties, Ref, SpecialProperty } from './graph.js';

export const none: Properties = { keys: [], values: [] };

/** Own properties by their descriptors: accessors travel as accessors, no getter is called. */
export function captureProperties(
  capture: Capture,
  value: object,
  skip?: (key: string | symbol) => boolean,
): Properties {
  const keys: string[] = [];
  const values: Ref[] = [];
  let special: SpecialProperty[] | undefined;
  for (const key of Reflect.ownKeys(value)) {
    if (skip?.(key) === true) continue;
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (descriptor === undefined) continue;
    const { writable, enumerable, configurable } = descriptor;
    const isAccessor = !('value' in descriptor);
    const step = typeof key === 'string' ? key : `[${String(key)}]`;
    if (!isAccessor && writable && enumerable && configurable && typeof key === 'string') {
      const ref = capture.ref(descriptor.value, step);
      setHome(capture, ref, value);
      if (special === undefined) {
        keys.push(key);
        values.push(ref);
      } else special.push({ key, flags: 7, value: ref });
      continue;
    }
    special ??= [];
    const flags =
      (writable ? 1 : 0) | (enumerable ? 2 : 0) | (configurable ? 4 : 0) | (isAccessor ? 8 : 0);
    const keyRef = typeof key === 'string' ? key : capture.ref(key, step);
    if (!isAccessor) {
      special.push({ key: keyRef, flags, value: capture.ref(descriptor.value, step) });
      continue;
    }
    special.push({
      key: keyRef,
      flags,
      ...(descriptor.get && { get: capture.ref(descriptor.get, `get ${step}`) }),
      ...(descriptor.set && { set: capture.ref(descriptor.set, `set ${step}`) }),
    });
  }
  const integrity = Object.isExtensible(value)
    ? undefined
    : Object.isFrozen(value)
      ? 'frozen'
      : Object.isSealed(value)
        ? 'sealed'
        : 'fixed';
  return { keys, values, ...(special && { special }), ...(integrity && { integrity }) };
}

/** A method that uses `super` looks it up from the prototype of the object that it stands in. */
function setHome(capture: Capture, ref: Ref, home: object): void {
  const node = capture.nodes[ref];
  if (node?.kind !== 'function' || !node.usesSuper || node.homeProto !== undefined) return;
  node.homeProto = capture.ref(Object.getPrototypeOf(home), 'super');
}

export function className(value: object): string {
  const ctor: unknown = Object.getPrototypeOf(value)?.constructor;
  return typeof ctor === 'function' ? ctor.name : 'object';
}

export function isPrimitive(value: unknown): boolean {
  const type = typeof value;
  return value === null || (type !== 'object' && type !== 'function' && type !== 'symbol');
}
