import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import type { MessageTypes } from './messages.js';

/** The name of a message below the package `mesos.v1`, such as `'scheduler.Call'`. */
export type MessageName = keyof MessageTypes;

const protoFiles = ['mesos', 'scheduler', 'executor', 'master', 'agent'];

let root: protobuf.Root | undefined;
const found = new Map<MessageName, protobuf.Type>();

/** The reflected type of a message. Reads and parses the .proto files on the first call (10 ms). */
export function typeOf(name: MessageName): protobuf.Type {
  let type = found.get(name);
  if (type === undefined) {
    root ??= loadSchema();
    type = root.lookupType(`mesos.v1.${name}`);
    found.set(name, type);
  }
  return type;
}

function loadSchema(): protobuf.Root {
  const schema = new protobuf.Root();
  for (const name of protoFiles) {
    const text = readFileSync(new URL(`../proto/${name}.proto`, import.meta.url), 'utf8');
    // Names stay as they are in the files: they are the names of Mesos's JSON as well.
    protobuf.parse(text, schema, { keepCase: true });
  }
  schema.resolveAll();
  return schema;
}
