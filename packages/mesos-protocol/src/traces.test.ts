import { describe, expect, test } from 'vitest';
import {
  readTrace,
  type TraceStep,
  traceNames,
} from '../../../test/fixtures/mesos-traces/traces.js';
import {
  completeMessage,
  decodeJson,
  decodeProtobuf,
  encodeJson,
  encodeProtobuf,
  encodeRecord,
  messageFromJson,
  RecordDecoder,
} from './index.js';
import type { EnvelopeTypes } from './messages.js';

/** Every message of the recordings survives decoding and encoding in both forms. */
describe.each(traceNames)('%s', (name) => {
  const trace = readTrace(name);
  const messages = trace.steps.flatMap((step, index) => {
    const message = messageNameOf(step);
    return message === undefined ? [] : [{ index, step, message }];
  });

  test('has messages', () => {
    expect(messages.length).toBeGreaterThan(0);
  });

  test('JSON bodies keep their meaning through both encodings', () => {
    for (const { index, step, message } of messages) {
      const recorded = step.json ?? step.decoded;
      if (recorded === undefined) continue;
      const decoded = messageFromJson(message, recorded);
      if (step.direction !== 'request') expect(completeMessage(message, decoded)).toBe(decoded);
      const again = decodeJson(message, encodeJson(message, decoded));
      expect(withoutDefaults(again, decoded), `${name}:${index}`).toEqual(decoded);
      expect(decodeProtobuf(message, encodeProtobuf(message, decoded))).toEqual(plain(decoded));
      // What was recorded is all there.
      expect(onlyIn(recorded, JSON.parse(encodeJson(message, decoded)))).toEqual([]);
    }
  });

  test('protobuf bytes are reproduced', () => {
    if (trace.wire !== 'protobuf') return;
    for (const { index, step, message } of messages) {
      if (step.rawBase64 === undefined) continue;
      const raw = Buffer.from(step.rawBase64, 'base64');
      const payload = step.direction === 'event' ? payloadOf(raw) : raw;
      const decoded = decodeProtobuf(message, payload);
      const encoded = Buffer.from(encodeProtobuf(message, decoded));
      // Mesos itself does not declare AgentInfo.checkpoint and so passes it on last, out of order.
      const ordered = !JSON.stringify(step.decoded ?? {}).includes('agent_info');
      expect(ordered ? encoded : encoded.length, `${name}:${index}`).toEqual(
        ordered ? payload : payload.length,
      );
      if (step.decoded !== undefined) {
        expect(plain(decoded)).toMatchObject(
          plain(messageFromJson(message, step.decoded)) as object,
        );
      }
    }
  });
});

/** Which message a step carries; undefined for error bodies and requests that are wrong on purpose. */
function messageNameOf(step: TraceStep): keyof EnvelopeTypes | undefined {
  const body = (step.json ?? step.decoded) as { type?: unknown } | undefined;
  if (body === undefined && step.rawBase64 === undefined) return undefined;
  const { who, direction } = step;
  if (step.headers?.['Content-Type']?.startsWith('text/') === true) return undefined;
  if (direction === 'request' && (step.stream === 'raw' || typeof body?.type !== 'string')) {
    return undefined;
  }
  if (who === 'operator' && direction !== 'event' && !step.path?.startsWith('/api/v1')) {
    return undefined;
  }
  const kind = direction === 'request' ? 'Call' : direction === 'event' ? 'Event' : 'Response';
  if (step.stream === 'agent-operator') return kind === 'Call' ? 'agent.Call' : 'agent.Response';
  if (who === 'operator') return `master.${kind}`;
  if (who === undefined || kind === 'Response') return undefined;
  return `${who}.${kind}`;
}

function payloadOf(record: Buffer): Buffer {
  const [payload, ...rest] = new RecordDecoder().push(record);
  expect(rest).toEqual([]);
  expect(encodeRecord(payload!)).toEqual(record);
  return payload!;
}

/** With Buffers of all kinds as one kind, so that equality looks at the bytes only. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, plain(v)]));
}

/** The members of `value` that `original` has too: printing adds explicit defaults. */
function withoutDefaults(value: unknown, original: unknown): unknown {
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value) && Array.isArray(original)) {
    return value.map((item, i) => withoutDefaults(item, original[i]));
  }
  if (typeof value !== 'object' || value === null) return value;
  const known = original as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key in known)
      .map(([key, v]) => [key, withoutDefaults(v, known[key])]),
  );
}

/** Statistics that nobody here reads. */
const undeclared = new Set(['resource_statistics']);

/** Paths of what is in `recorded` and not in `printed`. */
function onlyIn(recorded: unknown, printed: unknown, path = ''): string[] {
  if (Array.isArray(recorded)) {
    const items = Array.isArray(printed) ? printed : [];
    return recorded.flatMap((item, i) => onlyIn(item, items[i], `${path}[${i}]`));
  }
  if (typeof recorded === 'object' && recorded !== null) {
    const members = (printed ?? {}) as Record<string, unknown>;
    return Object.entries(recorded).flatMap(([key, value]) => {
      const empty = Array.isArray(value) && value.length === 0;
      return undeclared.has(key) || empty ? [] : onlyIn(value, members[key], `${path}.${key}`);
    });
  }
  return recorded === printed ? [] : [`${path}: ${recorded} became ${printed}`];
}
