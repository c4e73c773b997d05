import { types } from 'node:util';
import type { Capture } from './capture.js';
import { captureProperties, className, isPrimitive, none } from './capture-properties.js';
import type { GraphNode, Properties, RebuiltType, Ref } from './graph.js';
import { Refusal } from './refusal.js';
import { viewParts } from './view-parts.js';

/** Objects of the language with internal state that can be read and rebuilt. */
export function captureBuiltin(
  capture: Capture,
  value: object,
  prototype: object | null,
  step: string,
): Ref | undefined {
  /** Adds prototype and own properties where they are not what a fresh object has. */
  const decorate = (
    node: { proto?: Ref; properties?: Properties },
    natural: object,
    skip?: (key: string | symbol) => boolean,
  ) => {
    if (prototype !== natural)
      node.proto = capture.ref(prototype, `prototype of ${className(value)}`);
    const properties = captureProperties(capture, value, skip);
    if (properties.keys.length > 0 || properties.special || properties.integrity)
      node.properties = properties;
  };
  const rebuilt = (
    type: RebuiltType,
    data: readonly unknown[],
    natural: object,
    skip?: (key: string | symbol) => boolean,
  ) => {
    const node: Extract<GraphNode, { kind: 'rebuilt' }> = { kind: 'rebuilt', type, data };
    return capture.addPending(node, step, () => decorate(node, natural, skip));
  };
  if (types.isMap(value)) {
    const node: Extract<GraphNode, { kind: 'map' }> = { kind: 'map', entries: [] };
    return capture.addPending(node, step, () => {
      decorate(node, Map.prototype);
      Map.prototype.forEach.call(value, (item, key) => {
        const name = isPrimitive(key) ? String(key) : 'key';
        node.entries.push(capture.ref(key, `key ${name}`), capture.ref(item, `get(${name})`));
      });
    });
  }
  if (types.isSet(value)) {
    const node: Extract<GraphNode, { kind: 'set' }> = { kind: 'set', items: [] };
    return capture.addPending(node, step, () => {
      decorate(node, Set.prototype);
      Set.prototype.forEach.call(value, (item) => {
        node.items.push(capture.ref(item, 'element'));
      });
    });
  }
  if (types.isDate(value)) return rebuilt('date', [value.getTime()], Date.prototype);
  if (types.isRegExp(value)) {
    const { source, flags, lastIndex } = value;
    const skip = (key: string | symbol) => key === 'lastIndex';
    return rebuilt('regexp', [source, flags, lastIndex], RegExp.prototype, skip);
  }
  if (types.isNativeError(value)) {
    const node: Extract<GraphNode, { kind: 'error' }> = {
      kind: 'error',
      proto: -1,
      properties: none,
    };
    return capture.addPending(node, step, () => {
      node.proto = capture.ref(prototype, `prototype of ${className(value)}`);
      void value.stack; // formatted on first reading
      node.properties = captureProperties(capture, value);
    });
  }
  if (capture.memory !== undefined && types.isAnyArrayBuffer(value))
    return capture.add({ kind: 'memory', index: capture.memory.indexOf(value) }, step);
  if (types.isSharedArrayBuffer(value))
    throw new Refusal(
      'a SharedArrayBuffer',
      'Memory is not shared with executors; send its contents with sc.broadcast(new Uint8Array(…)).',
    );
  if (types.isArrayBuffer(value)) return capture.add({ kind: 'value', value }, step);
  if (ArrayBuffer.isView(value)) return captureView(capture, value, step, decorate);
  if (types.isBoxedPrimitive(value)) {
    const inner: unknown = (value as { valueOf(): unknown }).valueOf();
    if (typeof inner === 'symbol') throw new Refusal('a boxed symbol', 'Use the symbol itself.');
    const isString = typeof inner === 'string';
    const skip = (key: string | symbol) =>
      isString && (key === 'length' || /^\d+$/.test(String(key)));
    return rebuilt('boxed', [inner], Object.getPrototypeOf(Object(inner)), skip);
  }
  if (value instanceof URL && prototype === URL.prototype)
    return capture.add({ kind: 'rebuilt', type: 'url', data: [value.href] }, step);
  if (value instanceof URLSearchParams && prototype === URLSearchParams.prototype)
    return capture.add(
      { kind: 'rebuilt', type: 'urlSearchParams', data: [value.toString()] },
      step,
    );
  if (value instanceof TextEncoder && prototype === TextEncoder.prototype)
    return capture.add({ kind: 'rebuilt', type: 'textEncoder', data: [] }, step);
  if (value instanceof TextDecoder && prototype === TextDecoder.prototype) {
    const { encoding, fatal, ignoreBOM } = value;
    return capture.add(
      { kind: 'rebuilt', type: 'textDecoder', data: [encoding, { fatal, ignoreBOM }] },
      step,
    );
  }
  return captureIntl(capture, value, prototype, step);
}

type ViewNode = Extract<GraphNode, { kind: 'view' }>;

function captureView(
  capture: Capture,
  value: ArrayBufferView,
  step: string,
  decorate: (
    node: { proto?: Ref; properties?: Properties },
    natural: object,
    skip: (key: string | symbol) => boolean,
  ) => void,
): Ref {
  const { type, buffer, byteOffset, length } = viewParts(value);
  const node: ViewNode = { kind: 'view', type, buffer: -1, byteOffset, length };
  return capture.addPending(node, step, () => {
    node.buffer = capture.ref(buffer, 'buffer');
    const natural = type === 'Buffer' ? Buffer.prototype : intrinsicPrototype(type);
    decorate(node, natural, (key) => typeof key === 'string' && /^\d+$/.test(key));
  });
}

function intrinsicPrototype(name: string): object {
  return (
    (globalThis as unknown as Record<string, { prototype: object }>)[name]?.prototype ??
    Object.prototype
  );
}

const intlClasses = [
  'Collator',
  'DateTimeFormat',
  'DisplayNames',
  'ListFormat',
  'NumberFormat',
  'PluralRules',
  'RelativeTimeFormat',
  'Segmenter',
] as const;

function captureIntl(
  capture: Capture,
  value: object,
  prototype: object | null,
  step: string,
): Ref | undefined {
  const name = intlClasses.find((candidate) => Intl[candidate].prototype === prototype);
  if (name === undefined) return undefined;
  const { locale, ...options } = (
    value as { resolvedOptions(): { locale: string } }
  ).resolvedOptions();
  return capture.add({ kind: 'rebuilt', type: 'intl', data: [name, locale, options] }, step);
}
