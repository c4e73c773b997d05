/**
 * Writes src/messages.ts, the TypeScript shape of every message of proto/. Run `npm run generate`
 * in this package after changing a .proto file; a unit test compares the two.
 */
import { writeFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const protoFiles = ['mesos', 'scheduler', 'executor', 'master', 'agent'];

/** Calls whose payload may be left out although the message knows one. */
const optionalPayloads = new Set(['revive', 'suppress', 'get_metrics']);

const scalarTypes = {
  string: 'string',
  bytes: 'Uint8Array',
  bool: 'boolean',
  double: 'number',
  int32: 'number',
  uint32: 'number',
  int64: 'bigint',
  uint64: 'bigint',
};

const header = `/**
 * The messages of the Mesos v1 API as plain objects, under the names they have on the wire. A field
 * that is absent is not set: zero values carry meaning in Mesos. Enums are names, bytes are
 * Uint8Array, 64-bit integers are bigint.
 *
 * Generated from proto/*.proto by scripts/generate-messages.mjs, into one file, because nobody reads
 * it from end to end or changes it by hand: what is parted by topic are the .proto files.
 */
`;

export function generateMessages() {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) =>
    new URL(`../proto/${target.split('/').pop()}`, import.meta.url).pathname;
  root.loadSync(
    protoFiles.map((name) => `${name}.proto`),
    { keepCase: true },
  );
  root.resolveAll();
  const types = [];
  const out = [header];
  const visit = (namespace) => {
    for (const item of namespace.nestedArray) {
      if (item instanceof protobuf.Enum) out.push(enumSource(item));
      else if (item instanceof protobuf.Type) {
        types.push(item);
        out.push(...messageSource(item));
      }
      if (item instanceof protobuf.Namespace) visit(item);
    }
  };
  visit(root.lookup('mesos.v1'));
  out.push(
    `/** The wire form of each message, by its name below the package \`mesos.v1\`. */`,
    `export interface MessageTypes {\n${types
      .map(
        (type) =>
          `  readonly '${wireName(type)}': ${isEnvelope(type) ? `${tsName(type)}Fields` : tsName(type)};`,
      )
      .join('\n')}\n}\n`,
    `/** The messages that say by their \`type\` which other member they carry. */`,
    `export interface EnvelopeTypes {\n${types
      .filter(isEnvelope)
      .map((type) => `  readonly '${wireName(type)}': ${tsName(type)};`)
      .join('\n')}\n}\n`,
  );
  return out.join('\n');
}

const wireName = (item) => item.fullName.replace('.mesos.v1.', '');

const tsName = (item) =>
  wireName(item)
    .split('.')
    .map((part) => part[0].toUpperCase() + part.slice(1))
    .join('');

function enumSource(item) {
  const names = Object.keys(item.values)
    .map((name) => `\n  | '${name}'`)
    .join('');
  return `export type ${tsName(item)} =${names};\n`;
}

/** Calls, events, responses and offer operations: `type` names the member that is set. */
function isEnvelope(type) {
  const field = type.fields.type;
  if (!(field?.resolvedType instanceof protobuf.Enum)) return false;
  return /(^|\.)(Call|Event|Response|Operation)$/.test(wireName(type));
}

function messageSource(type) {
  const name = tsName(type);
  const fields = type.fieldsArray;
  const lines = fields.map((field) => `  ${member(field, !field.required)}`);
  if (lines.length === 0) return [`export type ${name} = Readonly<Record<string, never>>;\n`];
  if (!isEnvelope(type)) return [`export interface ${name} {\n${lines.join('\n')}\n}\n`];
  const kinds = Object.keys(type.fields.type.resolvedType.values).filter(
    (kind) => kind !== 'UNKNOWN',
  );
  const payloads = new Set(kinds.map((kind) => kind.toLowerCase()));
  const common = fields.filter((field) => field.name !== 'type' && !payloads.has(field.name));
  const variants = kinds.map((kind) => {
    const payload = type.fields[kind.toLowerCase()];
    const members = [`readonly type: '${kind}';`, ...common.map((f) => member(f, !f.required))];
    if (payload) members.push(member(payload, optionalPayloads.has(payload.name)));
    return `\n  | { ${members.join(' ')} }`;
  });
  return [
    `/** What may arrive as ${name}: nothing is certain but the types of the members. */`,
    `export interface ${name}Fields {\n${lines.join('\n')}\n}\n`,
    `export type ${name} =${variants.join('')};\n`,
  ];
}

function member(field, optional) {
  let type = scalarTypes[field.type] ?? fieldTypeName(field.resolvedType);
  if (field.map) type = `Readonly<Record<string, ${type}>>`;
  else if (field.repeated) type = `readonly ${type}[]`;
  return `readonly ${field.name}${optional ? '?' : ''}: ${type};`;
}

function fieldTypeName(type) {
  return type instanceof protobuf.Type && isEnvelope(type) ? `${tsName(type)}Fields` : tsName(type);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(new URL('../src/messages.ts', import.meta.url), generateMessages());
}
