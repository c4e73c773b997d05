import { types } from 'node:util';
import { Deserializer, Serializer } from 'node:v8';
import { FiresteelError } from '@firesteel/common';
import { isPrimitive } from './capture-properties.js';
import { rebuildView } from './rebuild.js';
import { closureTag } from './refusal.js';
import type { MemoryTable, RevivedMemory } from './shared-memory.js';
import { viewParts } from './view-parts.js';

/**
 * Whether a value is data that V8's serializer keeps as it is: primitives, arrays, plain objects,
 * Maps and Sets of primitive keys, Dates and binary views. A graph of nodes would take some ten
 * times the time and memory for a large table. What is frozen arrives unfrozen.
 */
export function isPlainData(root: unknown): boolean {
  const seen = new Set<object>();
  const open: object[] = [];
  const isPlain = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return isPrimitive(value);
    if (!seen.has(value)) {
      seen.add(value);
      open.push(value);
    }
    return true;
  };
  if (!isPlain(root)) return false;
  for (let value = open.pop(); value !== undefined; value = open.pop())
    if (!isPlainContainer(value, isPlain)) return false;
  return true;
}

function isPlainContainer(value: object, isPlain: (part: unknown) => boolean): boolean {
  if (types.isProxy(value) || closureTag in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype)
    return !types.isArgumentsObject(value) && hasPlainFields(value, isPlain);
  if (prototype === Array.prototype) return isPlainArray(value as unknown[], isPlain);
  if (types.isMap(value)) {
    if (prototype !== Map.prototype || isDecorated(value)) return false;
    for (const [key, item] of value) if (!isPrimitive(key) || !isPlain(item)) return false;
    return true;
  }
  if (types.isSet(value))
    return prototype === Set.prototype && !isDecorated(value) && [...value].every(isPrimitive);
  if (types.isDate(value)) return prototype === Date.prototype && !isDecorated(value);
  return ArrayBuffer.isView(value) && isPlainView(value, prototype);
}

function isPlainArray(value: unknown[], isPlain: (part: unknown) => boolean): boolean {
  for (let at = 0; at < value.length; at++) {
    const item = value[at];
    // A sparse array may have billions of holes.
    if (!isPlain(item) || (item === undefined && !(at in value))) return false;
  }
  return true;
}

function hasPlainFields(value: object, isPlain: (part: unknown) => boolean): boolean {
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key !== 'string' || key === '__proto__') return false;
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (descriptor?.enumerable !== true || !('value' in descriptor)) return false;
    if (!isPlain(descriptor.value)) return false;
  }
  return true;
}

function isDecorated(value: object): boolean {
  return Reflect.ownKeys(value).length > 0;
}

function isPlainView(value: ArrayBufferView, prototype: unknown): boolean {
  const { type } = viewParts(value);
  const natural = type === 'Buffer' ? Buffer.prototype : classOf(type)?.prototype;
  return prototype === natural;
}

function classOf(type: string): { readonly prototype: object } | undefined {
  return (globalThis as unknown as Record<string, { prototype: object } | undefined>)[type];
}

/** Encodes what `isPlainData` accepts; the memory of views goes into `memory`. */
export function encodePlainData(value: unknown, memory: MemoryTable): Uint8Array {
  const serializer = new DataSerializer(memory);
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

export function decodePlainData(bytes: Uint8Array, memory: RevivedMemory): unknown {
  const deserializer = new DataDeserializer(bytes, memory);
  deserializer.readHeader();
  return withUnboxedNumbers(deserializer.readValue());
}

const viewTypes = `Uint8Array Buffer DataView Int8Array Uint8ClampedArray Int16Array Uint16Array
Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array`.split(/\s+/);

class DataSerializer extends Serializer {
  constructor(private readonly memory: MemoryTable) {
    super();
    // Documented by Node, but missing in its types.
    (
      this as unknown as { _setTreatArrayBufferViewsAsHostObjects(flag: boolean): void }
    )._setTreatArrayBufferViewsAsHostObjects(true);
  }

  /** Called by V8 for binary views. */
  protected _writeHostObject(view: ArrayBufferView): void {
    const { type, buffer, byteOffset, length } = viewParts(view);
    this.writeUint32(viewTypes.indexOf(type));
    this.writeUint32(this.memory.indexOf(buffer));
    this.writeDouble(byteOffset);
    this.writeDouble(length);
  }
}

class DataDeserializer extends Deserializer {
  constructor(
    bytes: Uint8Array,
    private readonly memory: RevivedMemory,
  ) {
    super(bytes);
  }

  /** Called by V8 for what `_writeHostObject` wrote. */
  protected _readHostObject(): ArrayBufferView {
    const type = viewTypes[this.readUint32()];
    if (type === undefined)
      throw new FiresteelError('CLOSURE_REVIVE_FAILED', 'The bytes of a value are damaged.');
    const buffer = this.memory.get(this.readUint32());
    const byteOffset = this.readDouble();
    return rebuildView({ type, byteOffset, length: this.readDouble() }, buffer);
  }
}

/**
 * V8 boxes each number of an array that it deserialises, which makes every access by user code
 * slower: arrays of numbers are replaced by copies that are not boxed.
 */
function withUnboxedNumbers(root: unknown): unknown {
  const copies = new Map<unknown, unknown>();
  const open: object[] = [];
  const unboxed = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const copy = isNumbers(value) ? value.map((item) => item) : value;
    copies.set(value, copy);
    if (copy === value && !ArrayBuffer.isView(value)) open.push(value);
    return copy;
  };
  const result = unboxed(root);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (types.isMap(value)) {
      for (const [key, item] of value) {
        const copy = unboxed(item);
        if (copy !== item) value.set(key, copy);
      }
      continue;
    }
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at++) {
        const copy = unboxed(value[at]);
        if (copy !== value[at]) value[at] = copy;
      }
      continue;
    }
    const fields = value as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      const copy = unboxed(fields[key]);
      if (copy !== fields[key]) fields[key] = copy;
    }
  }
  return result;
}

function isNumbers(value: object): value is number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    Object.keys(value).length === value.length &&
    value.every((item) => typeof item === 'number')
  );
}
