import protobuf from 'protobufjs';
import { checkMessage } from './check.js';
import { invalidMessage, maxDepth } from './invalid-message.js';
import type { MessageTypes } from './messages.js';
import { type MessageName, typeOf } from './schema.js';

/**
 * Reads JSON text by the rules of Mesos: unknown members and nulls are skipped, enums are names, an
 * unknown name counts as not set, bytes are base64, 64-bit integers are numbers or numeric strings
 * (none of their digits is lost), one value may stand for a repeated field.
 * @throws MESOS_MESSAGE_INVALID in the words of Mesos
 */
export function decodeJson<N extends MessageName>(name: N, text: string): MessageTypes[N] {
  return messageFromJson(name, parseLossless(text));
}

/** {@link decodeJson} for a value that was parsed already. */
export function messageFromJson<N extends MessageName>(name: N, value: unknown): MessageTypes[N] {
  const message = readObject(typeOf(name), value, 0) as unknown as MessageTypes[N];
  checkMessage(name, message);
  return message;
}

/** The integers that a double cannot hold are quoted first, because JSON.parse would round them. */
function parseLossless(text: string): unknown {
  const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  const quoted = /\d{16}/.test(text)
    ? text.replace(token, (found) => (/^-?\d{16,}$/.test(found) ? `"${found}"` : found))
    : text;
  try {
    return JSON.parse(quoted);
  } catch (cause) {
    throw invalidMessage('Failed to parse body into JSON: syntax error at line 1 near: ', cause);
  }
}

function readObject(type: protobuf.Type, value: unknown, depth: number): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidMessage('Expecting a JSON object');
  }
  if (depth > maxDepth) throw invalidMessage('The JSON is nested too deeply');
  const message: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const field = type.fields[name];
    if (field === undefined || member === null) continue;
    const read = readField(field, member, depth);
    if (read !== undefined) message[name] = read;
  }
  return message;
}

function readField(field: protobuf.Field, value: unknown, depth: number): unknown {
  if (field.map) {
    if (typeof value !== 'object' || Array.isArray(value)) throw unexpected(field, value);
    const entries = Object.entries(value as object).map(([key, entry]) => [
      key,
      readValue(field, entry, depth),
    ]);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  if (!field.repeated) return readValue(field, value, depth);
  const items = (Array.isArray(value) ? value : [value])
    .map((item) => readValue(field, item, depth))
    .filter((item) => item !== undefined);
  return items.length === 0 ? undefined : items;
}

function readValue(field: protobuf.Field, value: unknown, depth: number): unknown {
  const type = field.resolvedType;
  if (type instanceof protobuf.Type) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unexpected(field, value);
    }
    return readObject(type, value, depth + 1);
  }
  if (type instanceof protobuf.Enum) return readEnum(field, type, value);
  const read = scalarReaders[field.type]?.(value);
  if (read === undefined) throw unexpected(field, value);
  return read;
}

function readEnum(field: protobuf.Field, type: protobuf.Enum, value: unknown): string | undefined {
  if (typeof value !== 'string') throw unexpected(field, value);
  if (type.values[value] !== undefined) return value;
  if (field.required) throw invalidMessage(`Failed to find enum for '${value}'`);
  return undefined;
}

/** Each gives undefined for a value of another kind. */
const scalarReaders: Readonly<Record<string, (value: unknown) => unknown>> = {
  string: (value) => (typeof value === 'string' ? value : undefined),
  bool: (value) => (typeof value === 'boolean' ? value : undefined),
  bytes: (value) => (typeof value === 'string' ? Buffer.from(value, 'base64') : undefined),
  double: readNumber,
  int32: readNumber,
  uint32: readNumber,
  int64: readBigint,
  uint64: readBigint,
};

function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function readBigint(value: unknown): bigint | undefined {
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value);
  return Number.isInteger(value) ? BigInt(value as number) : undefined;
}

function unexpected(field: protobuf.Field, value: unknown): Error {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return invalidMessage(`Not expecting a JSON ${kind} for field '${field.name}'`);
}
