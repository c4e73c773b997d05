import { checkMessage } from './check.js';
import { invalidMessage } from './invalid-message.js';
import type { MessageTypes } from './messages.js';
import { type MessageName, typeOf } from './schema.js';

/**
 * The protobuf bytes of a message, fields in ascending order of their numbers as protoc writes them.
 * @throws MESOS_MESSAGE_INVALID if a required field is missing or a value is not of its type
 */
export function encodeProtobuf<N extends MessageName>(
  name: N,
  message: MessageTypes[N],
): Uint8Array {
  checkMessage(name, message);
  const type = typeOf(name);
  return type.encode(type.fromObject(message as Record<string, unknown>)).finish();
}

/**
 * Checks and converts a message once that is a member of many others, which {@link encodeProtobuf}
 * then takes as it is. It is good for nothing else: its members are not those of the original.
 * @throws MESOS_MESSAGE_INVALID as {@link encodeProtobuf}
 */
export function prepareMessage<N extends MessageName>(
  name: N,
  message: MessageTypes[N],
): MessageTypes[N] {
  checkMessage(name, message);
  return typeOf(name).fromObject(message as Record<string, unknown>) as unknown as MessageTypes[N];
}

/**
 * Reads protobuf bytes. What is not set is absent; fields and enum values that the schema does not
 * know are skipped. Members of type bytes are views of `bytes`.
 * @throws MESOS_MESSAGE_INVALID if the bytes are no such message or a required field is missing
 */
export function decodeProtobuf<N extends MessageName>(name: N, bytes: Uint8Array): MessageTypes[N] {
  const type = typeOf(name);
  try {
    return type.toObject(type.decode(bytes), {
      enums: String,
      longs: BigInt,
    }) as unknown as MessageTypes[N];
  } catch (cause) {
    throw invalidMessage(`Failed to parse body into ${type.name} protobuf`, cause);
  }
}
