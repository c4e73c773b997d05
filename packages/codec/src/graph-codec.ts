import { types } from 'node:util';
import { Deserializer, Serializer } from 'node:v8';
import { corrupt } from './block-errors.js';
import { type BuiltinName, builtinName, foreignBuiltinName } from './builtins.js';
import type { FidelityCheck } from './fidelity.js';
import { errorFields } from './fidelity.js';
import { rowClassNamed } from './row-classes.js';

/**
 * Values through V8's serializer, which keeps object graphs whole: identity, cycles, holes, -0.
 * Three things are added: binary views travel as exactly the bytes they show and come back with
 * memory of their own, errors keep their own fields and name, and instances their class.
 */
export function encodeGraph(
  value: unknown,
  { errors, instances }: Pick<FidelityCheck, 'errors' | 'instances'>,
): Uint8Array {
  const serializer = new GraphSerializer();
  serializer.writeHeader();
  // What is added comes after the value, so that errors and instances are references into it.
  serializer.writeValue([
    value,
    errors.map((error) => [error, builtinErrorName(error), errorFields(error)]),
    ...(instances.length === 0 ? [] : [instances]),
  ]);
  return serializer.releaseBuffer();
}

export function decodeGraph(bytes: Uint8Array): unknown {
  const deserializer = new GraphDeserializer(bytes);
  deserializer.readHeader();
  const [value, errors, instances = []] = deserializer.readValue() as [
    unknown,
    EncodedError[],
    FidelityCheck['instances']?,
  ];
  for (const [instance, name] of instances)
    Object.setPrototypeOf(instance, rowClassNamed(name).prototype);
  for (const [error, builtin, fields] of errors) {
    if (!types.isNativeError(error)) throw corrupt('an error in it is none');
    Object.setPrototypeOf(error, globalThis[builtin].prototype);
    for (const [name, field] of fields) restoreField(error, name, field);
  }
  return value;
}

/** V8 takes the class of an error from its name, and so takes the wrong one if it has its own. */
type EncodedError = [
  error: Error,
  builtin: BuiltinErrorName,
  fields: [name: string, value: unknown][],
];

const builtinErrorNames = [
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
] as const;

type BuiltinErrorName = (typeof builtinErrorNames)[number] | 'Error';

/** By the names on the prototype chain, which are the same in every realm. */
function builtinErrorName(error: Error): BuiltinErrorName {
  let prototype = Object.getPrototypeOf(error) as Error | null;
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype) as Error | null) {
    const name = builtinErrorNames.find((candidate) => candidate === prototype?.constructor.name);
    if (name !== undefined) return name;
  }
  return 'Error';
}

function restoreField(error: Error, name: string, value: unknown): void {
  if (Object.is((error as unknown as Record<string, unknown>)[name], value)) return;
  Object.defineProperty(error, name, {
    value,
    enumerable: name !== 'name' && name !== 'cause' && name !== 'errors',
    writable: true,
    configurable: true,
  });
}

const viewNames: readonly BuiltinName[] = [
  'Uint8Array',
  'Buffer',
  'DataView',
  'Int8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

/** Methods that Node documents on both classes but that its types leave out. */
interface ViewHooks {
  _setTreatArrayBufferViewsAsHostObjects(flag: boolean): void;
}

class GraphSerializer extends Serializer {
  constructor() {
    super();
    (this as unknown as ViewHooks)._setTreatArrayBufferViewsAsHostObjects(true);
  }

  /** Called by V8 for binary views. */
  protected _writeHostObject(view: ArrayBufferView): void {
    const name = builtinName(view) ?? foreignBuiltinName(view) ?? 'Uint8Array';
    this.writeUint32(viewNames.indexOf(name));
    this.writeUint32(view.byteLength);
    this.writeRawBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }
}

class GraphDeserializer extends Deserializer {
  /** Called by V8 for what `_writeHostObject` wrote. */
  protected _readHostObject(): ArrayBufferView {
    const name = viewNames[this.readUint32()];
    const length = this.readUint32();
    const source = this.readRawBytes(length);
    if (name === 'Buffer') return Buffer.from(source);
    const copy = new Uint8Array(length);
    copy.set(source);
    if (name === undefined || name === 'Uint8Array') return copy;
    return new (globalThis[name] as new (buffer: ArrayBuffer) => ArrayBufferView)(copy.buffer);
  }
}
