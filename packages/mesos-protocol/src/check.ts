import protobuf from 'protobufjs';
import { invalidMessage, maxDepth } from './invalid-message.js';
import type { MessageTypes } from './messages.js';
import { type MessageName, typeOf } from './schema.js';

/**
 * Throws MESOS_MESSAGE_INVALID unless the message may be encoded: every required field set, no
 * member that the schema does not know, every value of its type. The encoder of protobufjs does
 * not check: it would write a default for what is missing.
 */
export function checkMessage<N extends MessageName>(name: N, message: MessageTypes[N]): void {
  const missing: string[] = [];
  checkFields(typeOf(name), message as Fields, '', missing, 0);
  if (missing.length > 0) throw invalidMessage(`Missing required fields: ${missing.join(', ')}`);
}

type Fields = Readonly<Record<string, unknown>>;

function checkFields(
  type: protobuf.Type,
  message: Fields,
  path: string,
  missing: string[],
  depth: number,
): void {
  if (depth > maxDepth) throw invalidMessage(`'${path}' is nested too deeply`);
  for (const name of Object.keys(message)) {
    if (message[name] !== undefined && type.fields[name] === undefined) {
      throw invalidMessage(`'${path}${name}' is not a field of ${type.name}`);
    }
  }
  for (const field of type.fieldsArray) {
    const value = message[field.name];
    const at = `${path}${field.name}`;
    if (value === undefined) {
      if (field.required) missing.push(at);
    } else if (field.map) {
      for (const [key, entry] of Object.entries(asObject(value, at))) {
        checkValue(field, entry, `${at}["${key}"]`, missing, depth);
      }
    } else if (field.repeated) {
      if (!Array.isArray(value)) throw invalidMessage(`'${at}' must be an array`);
      value.forEach((entry, i) => {
        checkValue(field, entry, `${at}[${i}]`, missing, depth);
      });
    } else checkValue(field, value, at, missing, depth);
  }
}

function checkValue(
  field: protobuf.Field,
  value: unknown,
  at: string,
  missing: string[],
  depth: number,
): void {
  const type = field.resolvedType;
  if (type instanceof protobuf.Type) {
    // Checked before, when it was prepared.
    if (value instanceof protobuf.Message && value.$type === type) return;
    checkFields(type, asObject(value, at), `${at}.`, missing, depth + 1);
  } else if (type instanceof protobuf.Enum) {
    if (typeof value !== 'string' || type.values[value] === undefined) {
      throw invalidMessage(`'${at}' must be a name of ${type.name}, not ${String(value)}`);
    }
  } else if (!scalarChecks[field.type]?.(value)) {
    throw invalidMessage(`'${at}' must be of type ${field.type}, not ${typeof value}`);
  }
}

function asObject(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidMessage(`'${at}' must be an object`);
  }
  return value as Fields;
}

const inRange = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max;

const scalarChecks: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  bytes: (value) => value instanceof Uint8Array,
  bool: (value) => typeof value === 'boolean',
  double: (value) => typeof value === 'number',
  int32: (value) => inRange(value, -(2 ** 31), 2 ** 31 - 1),
  uint32: (value) => inRange(value, 0, 2 ** 32 - 1),
  int64: (value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  uint64: (value) => typeof value === 'bigint' && BigInt.asUintN(64, value) === value,
};
