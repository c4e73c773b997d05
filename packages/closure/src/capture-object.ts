import { types } from 'node:util';
import type { Capture } from './capture.js';
import { captureBuiltin } from './capture-builtin.js';
import { captureProperties, className, isPrimitive, none } from './capture-properties.js';
import { isNaturalMember } from './class-members.js';
import type { GraphNode, Ref } from './graph.js';
import { isModuleObject, moduleMembers } from './module-object.js';
import { nativeState } from './native-state.js';
import { privateOwners } from './private-fields.js';
import { type ClosureTag, closureTag, Refusal } from './refusal.js';

/** Adds the node of an object; its parts are visited later. */
export function captureObject(capture: Capture, value: object, step: string): Ref {
  if (types.isProxy(value))
    throw new Refusal('a Proxy', 'Capture the object behind it, or what you read from it.');
  const tag = (value as { [closureTag]?: ClosureTag })[closureTag];
  if (tag !== undefined) return captureTagged(capture, value, tag, step);
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

/** What an engine object wants to be done with it. */
export function captureTagged(capture: Capture, value: object, tag: ClosureTag, step: string): Ref {
  if (tag.kind === 'refuse') throw new Refusal(tag.what, tag.advice, tag.code);
  const node: Extract<GraphNode, { kind: 'carried' }> = {
    kind: 'carried',
    type: tag.type,
    data: tag.data,
  };
  capture.carried.push(value);
  if (!('value' in tag)) return capture.add(node, step);
  return capture.addPending(node, step, () => {
    node.value = capture.ref(tag.value, '');
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
