import { types } from 'node:util';
import { isSharedArrayBuffer } from 'node:util/types';
import type { Capture } from './capture.js';
import { isNaturalMember } from './class-members.js';
import type { GraphNode, Properties, RebuiltType, Ref, SpecialProperty } from './graph.js';
import { isModuleObject, moduleMembers } from './module-object.js';
import { nativeState } from './native-state.js';
import { privateOwners } from './private-fields.js';
import { type ClosureTag, closureTag, Refusal } from './refusal.js';

/** Adds the node of an object; its parts are visited later. */
export function captureObject(capture: Capture, value: object, step: string): Ref {
  if (types.isProxy(value))
    throw new Refusal('a Proxy', 'Capture the object behind it, or what you read from it.');
  const tag = (value as { [closureTag]?: ClosureTag })[closureTag];
  if (tag?.kind === 'refuse')
    throw new Refusal(
      tag.what,
      tag.advice,
      /\b(RDD|context)\b/i.test(tag.what) ? 'RDD_IN_TASK' : 'CLOSURE_NOT_SERIALIZABLE',
    );
  if (tag?.kind === 'carry')
    return capture.add({ kind: 'carried', type: tag.type, data: tag.data }, step);
  if (Array.isArray(value)) return captureArray(capture, value, step);
  if (isModuleObject(value)) return moduleMembers(capture, value, undefined, step);
  const prototype: object | null = Object.getPrototypeOf(value);
  const owner = prototypeOwner(value);
  if (owner !== undefined) return capturePrototype(capture, value, owner, step);
  if (prototype === Object.prototype || prototype === null) {
    if (!types.isArgumentsObject(value))
      return captureFields(capture, value, prototype === null ? 'null' : 'plain', step);
  }
  const builtin = captureBuiltin(capture, value, prototype, step);
  if (builtin !== undefined) return builtin;
  const refusal = nativeState(value);
  if (refusal !== undefined) throw refusal;
  const owners = privateOwners(value);
  if (owners.length > 0) {
    const node = {
      kind: 'privateInstance' as const,
      proto: -1,
      owners: [] as Extract<GraphNode, { kind: 'privateInstance' }>['owners'],
      properties: none,
    };
    return capture.addPending(node, step, () => {
      node.proto = capture.ref(prototype, className(value));
      node.owners = owners.map(({ owner: ctor, fields }) => {
        const ref = capture.ref(ctor, className(value));
        const ownerNode = capture.nodes[ref];
        if (ownerNode?.kind !== 'function' || ownerNode.class === undefined)
          throw new Refusal(
            `an instance of ${ctor.name} with private fields`,
            'Its class lives in a package and hides its state; create the object inside mapPartitions.',
          );
        const captured = fields.map((field) => ({
          name: field.name,
          value: capture.ref(field.value, field.name),
        }));
        return { owner: ref, fields: captured };
      });
      hookChain(capture, prototype);
      node.properties = captureProperties(capture, value);
    });
  }
  const node: Extract<GraphNode, { kind: 'object' }> = {
    kind: 'object',
    proto: 'plain',
    properties: none,
  };
  return capture.addPending(node, step, () => {
    if (prototype !== Object.prototype && prototype !== null)
      node.proto = capture.ref(prototype, `prototype of ${className(value)}`);
    node.properties = captureProperties(capture, value);
  });
}

/** No constructor of the chain may run its body when the instance is built again. */
function hookChain(capture: Capture, prototype: object | null): void {
  for (let at = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const ctor: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    const node = capture.nodes[capture.known(ctor) ?? -1];
    if (node?.kind === 'function' && node.class !== undefined) node.class.hooked = true;
  }
}

const none: Properties = { keys: [], values: [] };

function className(value: object): string {
  const ctor: unknown = Object.getPrototypeOf(value)?.constructor;
  return typeof ctor === 'function' ? ctor.name : 'object';
}

/** The function whose `prototype` an object is. */
function prototypeOwner(value: object): ((...args: never[]) => unknown) | undefined {
  const ctor: unknown = Object.getOwnPropertyDescriptor(value, 'constructor')?.value;
  if (typeof ctor !== 'function' || types.isProxy(ctor)) return undefined;
  return Object.getOwnPropertyDescriptor(ctor, 'prototype')?.value === value
    ? (ctor as (...args: never[]) => unknown)
    : undefined;
}

function capturePrototype(
  capture: Capture,
  value: object,
  owner: (...args: never[]) => unknown,
  step: string,
): Ref {
  const ownerRef = capture.ref(owner, owner.name || step);
  const node: Extract<GraphNode, { kind: 'prototype' }> = {
    kind: 'prototype',
    owner: ownerRef,
    properties: none,
  };
  const isClass =
    capture.nodes[ownerRef]?.kind === 'function' &&
    (capture.nodes[ownerRef] as { class?: unknown }).class !== undefined;
  return capture.addPending(node, step, () => {
    const parent: unknown = Object.getPrototypeOf(value);
    if (!isClass && parent !== Object.prototype) node.proto = capture.ref(parent, '[[Prototype]]');
    node.properties = captureProperties(
      capture,
      value,
      (key) => key === 'constructor' || isNaturalMember(capture, value, key),
    );
  });
}

function captureFields(
  capture: Capture,
  value: object,
  proto: 'plain' | 'null',
  step: string,
): Ref {
  const node: Extract<GraphNode, { kind: 'object' }> = { kind: 'object', proto, properties: none };
  return capture.addPending(node, step, () => {
    node.properties = captureProperties(capture, value);
  });
}

function isPrimitive(value: unknown): boolean {
  const type = typeof value;
  return value === null || (type !== 'object' && type !== 'function' && type !== 'symbol');
}

function captureArray(capture: Capture, value: unknown[], step: string): Ref {
  const keys = Object.keys(value);
  const dense = keys.length === value.length;
  const prototype = Object.getPrototypeOf(value);
  const plain =
    prototype === Array.prototype &&
    Object.isExtensible(value) &&
    Reflect.ownKeys(value).length === keys.length + 1;
  // The usual lookup table: nothing in it needs a node of its own.
  if (plain && dense && value.every(isPrimitive) && !hasAccessor(value))
    return capture.add({ kind: 'value', value }, step);
  const node: Extract<GraphNode, { kind: 'array' }> = {
    kind: 'array',
    length: value.length,
    items: [],
  };
  return capture.addPending(node, step, () => {
    if (prototype !== Array.prototype)
      node.proto = capture.ref(prototype, `prototype of ${className(value)}`);
    if (plain && dense && !hasAccessor(value)) {
      node.items = value.map((item, at) => capture.ref(item, `[${at}]`));
      return;
    }
    // Sparse or decorated: every element as a property.
    node.properties = captureProperties(capture, value, (key) => key === 'length');
  });
}

function hasAccessor(value: unknown[]): boolean {
  for (let at = 0; at < value.length; at++) {
    const descriptor = Object.getOwnPropertyDescriptor(value, at);
    if (descriptor === undefined || !('value' in descriptor)) return true;
    // One look is enough for arrays that V8 keeps packed: accessors and odd flags make it a dictionary.
    if (at >= 64) return false;
  }
  return false;
}

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

/** Objects of the language with internal state that can be read and rebuilt. */
function captureBuiltin(
  capture: Capture,
  value: object,
  prototype: object | null,
  step: string,
): Ref | undefined {
  /** Adds prototype and own properties where they are not what a fresh object has. */
  const decorate = (
    node: { proto?: Ref; properties?: Properties },
    natural: object,
    skip?: (key: string | symbol) => boolean,
  ) => {
    if (prototype !== natural)
      node.proto = capture.ref(prototype, `prototype of ${className(value)}`);
    const properties = captureProperties(capture, value, skip);
    if (properties.keys.length > 0 || properties.special || properties.integrity)
      node.properties = properties;
  };
  const rebuilt = (
    type: RebuiltType,
    data: readonly unknown[],
    natural: object,
    skip?: (key: string | symbol) => boolean,
  ) => {
    const node: Extract<GraphNode, { kind: 'rebuilt' }> = { kind: 'rebuilt', type, data };
    return capture.addPending(node, step, () => decorate(node, natural, skip));
  };
  if (types.isMap(value)) {
    const node: Extract<GraphNode, { kind: 'map' }> = { kind: 'map', entries: [] };
    return capture.addPending(node, step, () => {
      decorate(node, Map.prototype);
      Map.prototype.forEach.call(value, (item, key) => {
        const name = isPrimitive(key) ? String(key) : 'key';
        node.entries.push(capture.ref(key, `key ${name}`), capture.ref(item, `get(${name})`));
      });
    });
  }
  if (types.isSet(value)) {
    const node: Extract<GraphNode, { kind: 'set' }> = { kind: 'set', items: [] };
    return capture.addPending(node, step, () => {
      decorate(node, Set.prototype);
      Set.prototype.forEach.call(value, (item) => {
        node.items.push(capture.ref(item, 'element'));
      });
    });
  }
  if (types.isDate(value)) return rebuilt('date', [value.getTime()], Date.prototype);
  if (types.isRegExp(value)) {
    const { source, flags, lastIndex } = value;
    const skip = (key: string | symbol) => key === 'lastIndex';
    return rebuilt('regexp', [source, flags, lastIndex], RegExp.prototype, skip);
  }
  if (types.isNativeError(value)) {
    const node: Extract<GraphNode, { kind: 'error' }> = {
      kind: 'error',
      proto: -1,
      properties: none,
    };
    return capture.addPending(node, step, () => {
      node.proto = capture.ref(prototype, `prototype of ${className(value)}`);
      void value.stack; // formatted on first reading
      node.properties = captureProperties(capture, value);
    });
  }
  if (isSharedArrayBuffer(value))
    throw new Refusal(
      'a SharedArrayBuffer',
      'Memory is not shared with executors; send its contents with sc.broadcast(new Uint8Array(…)).',
    );
  if (types.isArrayBuffer(value)) return capture.add({ kind: 'value', value }, step);
  if (ArrayBuffer.isView(value)) return captureView(capture, value, step, decorate);
  if (types.isBoxedPrimitive(value)) {
    const inner: unknown = (value as { valueOf(): unknown }).valueOf();
    if (typeof inner === 'symbol') throw new Refusal('a boxed symbol', 'Use the symbol itself.');
    const isString = typeof inner === 'string';
    const skip = (key: string | symbol) =>
      isString && (key === 'length' || /^\d+$/.test(String(key)));
    return rebuilt('boxed', [inner], Object.getPrototypeOf(Object(inner)), skip);
  }
  if (value instanceof URL && prototype === URL.prototype)
    return capture.add({ kind: 'rebuilt', type: 'url', data: [value.href] }, step);
  if (value instanceof URLSearchParams && prototype === URLSearchParams.prototype)
    return capture.add(
      { kind: 'rebuilt', type: 'urlSearchParams', data: [value.toString()] },
      step,
    );
  if (value instanceof TextEncoder && prototype === TextEncoder.prototype)
    return capture.add({ kind: 'rebuilt', type: 'textEncoder', data: [] }, step);
  if (value instanceof TextDecoder && prototype === TextDecoder.prototype) {
    const { encoding, fatal, ignoreBOM } = value;
    return capture.add(
      { kind: 'rebuilt', type: 'textDecoder', data: [encoding, { fatal, ignoreBOM }] },
      step,
    );
  }
  return captureIntl(capture, value, prototype, step);
}

type ViewNode = Extract<GraphNode, { kind: 'view' }>;

function captureView(
  capture: Capture,
  value: ArrayBufferView,
  step: string,
  decorate: (
    node: { proto?: Ref; properties?: Properties },
    natural: object,
    skip: (key: string | symbol) => boolean,
  ) => void,
): Ref {
  let { buffer, byteOffset } = value;
  const { byteLength } = value;
  // Small Buffers are windows on a pool that holds other people's bytes.
  if (Buffer.isBuffer(value) && buffer.byteLength === Buffer.poolSize) {
    buffer = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    byteOffset = 0;
  }
  const isDataView = value instanceof DataView;
  const type = Buffer.isBuffer(value)
    ? 'Buffer'
    : isDataView
      ? 'DataView'
      : ((value as Uint8Array)[Symbol.toStringTag] as string);
  const length = isDataView ? byteLength : (value as Uint8Array).length;
  const node: ViewNode = { kind: 'view', type, buffer: -1, byteOffset, length };
  return capture.addPending(node, step, () => {
    node.buffer = capture.ref(buffer, 'buffer');
    const natural = type === 'Buffer' ? Buffer.prototype : intrinsicPrototype(type);
    decorate(node, natural, (key) => typeof key === 'string' && /^\d+$/.test(key));
  });
}

function intrinsicPrototype(name: string): object {
  return (
    (globalThis as unknown as Record<string, { prototype: object }>)[name]?.prototype ??
    Object.prototype
  );
}

const intlClasses = [
  'Collator',
  'DateTimeFormat',
  'DisplayNames',
  'ListFormat',
  'NumberFormat',
  'PluralRules',
  'RelativeTimeFormat',
  'Segmenter',
] as const;

function captureIntl(
  capture: Capture,
  value: object,
  prototype: object | null,
  step: string,
): Ref | undefined {
  const name = intlClasses.find((candidate) => Intl[candidate].prototype === prototype);
  if (name === undefined) return undefined;
  const { locale, ...options } = (
    value as { resolvedOptions(): { locale: string } }
  ).resolvedOptions();
  return capture.add({ kind: 'rebuilt', type: 'intl', data: [name, locale, options] }, step);
}
