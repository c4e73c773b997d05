import protobuf from 'protobufjs';
import { checkMessage } from './check.js';
import type { MessageTypes } from './messages.js';
import { type MessageName, typeOf } from './schema.js';

/**
 * The JSON text of a message in Mesos's own mapping, which is not the canonical one of protobuf:
 * snake_case names, 64-bit integers as numbers with all their digits, whole doubles with a fraction
 * (`4.0`), and unset fields that have an explicit default printed with it.
 * @throws MESOS_MESSAGE_INVALID if a required field is missing or a value is not of its type
 */
export function encodeJson<N extends MessageName>(name: N, message: MessageTypes[N]): string {
  checkMessage(name, message);
  return writeObject(typeOf(name), message as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function writeObject(type: protobuf.Type, message: Fields): string {
  const members: string[] = [];
  for (const field of type.fieldsArray) {
    const value = message[field.name] ?? printedDefault(field);
    const text = value === undefined ? emptyList(field) : writeField(field, value);
    if (text !== undefined) members.push(`"${field.name}":${text}`);
  }
  return `{${members.join(',')}}`;
}

function writeField(field: protobuf.Field, value: unknown): string | undefined {
  if (field.map) {
    const entries = Object.entries(value as Fields);
    if (entries.length === 0) return undefined;
    return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${writeValue(field, v)}`).join(',')}}`;
  }
  if (field.repeated) {
    const items = value as readonly unknown[];
    if (items.length === 0) return emptyList(field);
    return `[${items.map((item) => writeValue(field, item)).join(',')}]`;
  }
  return writeValue(field, value);
}

/** The lists that operators ask for are printed though empty; all others are left out. */
const operatorLists = /\.Response\.Get(Agents|Executors|Frameworks|Tasks)$/;

function emptyList(field: protobuf.Field): string | undefined {
  const inOperatorList = field.repeated && operatorLists.test(field.parent?.fullName ?? '');
  return inOperatorList ? '[]' : undefined;
}

function writeValue(field: protobuf.Field, value: unknown): string {
  if (field.resolvedType instanceof protobuf.Type) {
    return writeObject(field.resolvedType, value as Fields);
  }
  if (field.type === 'double') return writeDouble(value as number);
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** Mesos prints fields that have a default in their .proto file, unless they are deprecated. */
function printedDefault(field: protobuf.Field): unknown {
  const options = field.options;
  if (options?.default === undefined || options.deprecated === true) return undefined;
  return field.resolvedType instanceof protobuf.Enum ? options.default : field.defaultValue;
}
