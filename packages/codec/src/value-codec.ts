import { createRequire } from 'node:module';
import { FiresteelError } from '@firesteel/common';
import type { Packr } from 'msgpackr';
import { corrupt } from './block-errors.js';
import { FidelityCheck, unsupportedValue } from './fidelity.js';
import { decodeGraph, encodeGraph } from './graph-codec.js';
import { asBuffer, isLatin1 } from './text.js';

/** The first byte of an encoded value. */
const Tag = {
  Undefined: 0,
  Null: 1,
  False: 2,
  True: 3,
  Float64: 4,
  Latin1: 5,
  Utf16: 6,
  Msgpack: 7,
  Graph: 8,
  /** A graph with instances of classes in it: what does not know them must not read it. */
  InstanceGraph: 9,
} as const;

const require = createRequire(import.meta.url);
let loadedPackr: Packr | undefined;

/** msgpackr, loaded for the first object: most threads never see one, and each would wait 30 ms. */
function packr(): Packr {
  if (loadedPackr === undefined) {
    const msgpackr = require('msgpackr') as typeof import('msgpackr');
    // Its defaults corrupt typed arrays and large bigints.
    loadedPackr = new msgpackr.Packr({ moreTypes: true, useBigIntExtension: true });
  }
  return loadedPackr;
}

/**
 * Encodes one value: a partial result of a task, a zero, a constant column.
 *
 * Faithful, by Object.is on the leaves, for primitives (lone surrogates, -0 and bigints of any
 * size included), arrays with holes, plain objects, Date, RegExp, Map, Set, ArrayBuffer and its
 * views, Buffer, boxed primitives, and errors; with cycles and shared identity. An error comes back
 * as the built-in class it extends, with name, message, stack and own fields; an object without a
 * prototype as a plain one; named properties of arrays and symbol keys are left out.
 *
 * Instances of known classes (see `RowClass`) come back as such, with their own fields.
 *
 * @throws FiresteelError UNSUPPORTED_VALUE that names the path to a function, symbol, promise,
 * proxy or instance of another class.
 */
export function encodeValue(value: unknown): Uint8Array {
  switch (typeof value) {
    case 'undefined':
      return Uint8Array.of(Tag.Undefined);
    case 'boolean':
      return Uint8Array.of(value ? Tag.True : Tag.False);
    case 'number': {
      const bytes = new Uint8Array(9);
      bytes[0] = Tag.Float64;
      new DataView(bytes.buffer).setFloat64(1, value, true);
      return bytes;
    }
    case 'string':
      return encodeString(value);
    default: {
      if (value === null) return Uint8Array.of(Tag.Null);
      const check = new FidelityCheck();
      check.check(value, '');
      return encodeChecked(value, check, '');
    }
  }
}

/**
 * Encodes the rows of a column in one call; decodes with `decodeValue` to an array.
 *
 * @param path where the values lie in the user's rows, for messages
 */
export function encodeValues(values: readonly unknown[], path: string): Uint8Array {
  const check = new FidelityCheck();
  for (const value of values) check.check(value, path);
  return encodeChecked(values, check, path);
}

function encodeChecked(value: unknown, check: FidelityCheck, path: string): Uint8Array {
  try {
    return check.needsGraph
      ? tagged(
          check.instances.length > 0 ? Tag.InstanceGraph : Tag.Graph,
          encodeGraph(value, check),
        )
      : tagged(Tag.Msgpack, packr().pack(value));
  } catch (error) {
    // What the check cannot see: a proxy of a plain object, or nesting near the stack's limit.
    throw unsupportedValue('a proxy, or a value nested too deeply', path, error);
  }
}

function encodeString(text: string): Uint8Array {
  return isLatin1(text)
    ? tagged(Tag.Latin1, Buffer.from(text, 'latin1'))
    : tagged(Tag.Utf16, Buffer.from(text, 'utf16le'));
}

function tagged(tag: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(payload.length + 1);
  bytes[0] = tag;
  bytes.set(payload, 1);
  return bytes;
}

/**
 * The value that `encodeValue` encoded; it shares no memory with `bytes`.
 *
 * @throws FiresteelError BLOCK_CORRUPT
 */
export function decodeValue(bytes: Uint8Array): unknown {
  switch (bytes[0]) {
    case Tag.Undefined:
      return undefined;
    case Tag.Null:
      return null;
    case Tag.False:
      return false;
    case Tag.True:
      return true;
    case Tag.Float64:
      if (bytes.length !== 9) throw corrupt('a number does not have 8 bytes');
      return new DataView(bytes.buffer, bytes.byteOffset, 9).getFloat64(1, true);
    case Tag.Latin1:
      return asBuffer(bytes).toString('latin1', 1);
    case Tag.Utf16:
      return asBuffer(bytes).toString('utf16le', 1);
    case Tag.Msgpack:
    case Tag.Graph:
    case Tag.InstanceGraph:
      return decodeObject(bytes);
    default:
      throw corrupt(`it has a value of the unknown kind ${bytes[0]}, perhaps of a newer version`);
  }
}

function decodeObject(bytes: Uint8Array): unknown {
  const payload = bytes.subarray(1);
  try {
    return bytes[0] === Tag.Msgpack ? (packr().unpack(payload) as unknown) : decodeGraph(payload);
  } catch (error) {
    if (FiresteelError.is(error)) throw error;
    throw corrupt('a value cannot be decoded', error);
  }
}
