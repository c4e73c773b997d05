import protobuf from 'protobufjs';
import type { MessageTypes } from './messages.js';
import { type MessageName, typeOf } from './schema.js';

/** A message in protobuf's text format, as Mesos prints it in some of its errors. */
export function messageText<N extends MessageName>(name: N, message: MessageTypes[N]): string {
  return fieldsText(typeOf(name), message as Fields, '');
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsText(type: protobuf.Type, message: Fields, indent: string): string {
  return [...type.fieldsArray]
    .sort((a, b) => a.id - b.id)
    .flatMap((field) => {
      const value = message[field.name];
      if (value === undefined) return [];
      if (field.map) {
        return Object.entries(value as Fields).map(([key, entry]) => {
          const inner = `${indent}  `;
          return `${indent}${field.name} {\n${inner}key: ${JSON.stringify(key)}\n${fieldText(field, 'value', entry, inner)}${indent}}\n`;
        });
      }
      const values = field.repeated ? (value as readonly unknown[]) : [value];
      return values.map((item) => fieldText(field, field.name, item, indent));
    })
    .join('');
}

function fieldText(field: protobuf.Field, name: string, value: unknown, indent: string): string {
  if (field.resolvedType instanceof protobuf.Type) {
    const inner = fieldsText(field.resolvedType, value as Fields, `${indent}  `);
    return `${indent}${name} {\n${inner}${indent}}\n`;
  }
  return `${indent}${name}: ${valueText(field, value)}\n`;
}

function valueText(field: protobuf.Field, value: unknown): string {
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('latin1')}"`;
  if (field.resolvedType instanceof protobuf.Enum) return String(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
