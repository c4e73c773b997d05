/** Names of the global object of Node 20 that a revived function finds where it runs. */
const globalNames = `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean
String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError
TypeError URIError globalThis JSON Math Intl ArrayBuffer Atomics Uint8Array Int8Array Uint16Array
Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray BigUint64Array
BigInt64Array DataView Map BigInt Set WeakMap WeakSet WeakRef Proxy Reflect FinalizationRegistry
SharedArrayBuffer decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite
isNaN console process global WebAssembly URL URLSearchParams TextEncoder TextDecoder AbortController
AbortSignal Event EventTarget MessageChannel MessagePort MessageEvent BroadcastChannel DOMException Blob
File FormData Headers Request Response fetch WebSocket Buffer atob btoa setTimeout clearTimeout
setInterval clearInterval setImmediate clearImmediate queueMicrotask structuredClone performance
Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver crypto Crypto
CryptoKey SubtleCrypto navigator Navigator ReadableStream WritableStream TransformStream
ByteLengthQueuingStrategy CountQueuingStrategy CompressionStream DecompressionStream TextDecoderStream
TextEncoderStream CustomEvent`.split(/\s+/);

const globals: ReadonlySet<string> = new Set(globalNames);

/** Whether a name that no scope declares is one of Node's own globals. */
export function isGlobalName(name: string): boolean {
  return globals.has(name);
}

/** How to reach an intrinsic from the global object; `get x` and `set x` step into an accessor. */
export type IntrinsicPath = readonly string[];

let index: Map<unknown, IntrinsicPath> | undefined;

/** The path of a built-in object or function such as `Math.max`, if it has one. */
export function intrinsicPath(value: unknown): IntrinsicPath | undefined {
  index ??= buildIndex();
  return index.get(value);
}

// Steps that no property of the global object leads to.
const hidden: Readonly<Record<string, () => object>> = {
  '%GeneratorFunction%': () => Object.getPrototypeOf(function* () {}),
  '%AsyncFunction%': () => Object.getPrototypeOf(async () => {}),
  '%AsyncGeneratorFunction%': () => Object.getPrototypeOf(async function* () {}),
  '%TypedArray%': () => Object.getPrototypeOf(Uint8Array),
  '%ArrayIteratorPrototype%': () => Object.getPrototypeOf([][Symbol.iterator]()),
  '%IteratorPrototype%': () => Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
};

/** The inverse of {@link intrinsicPath}, in any thread of any process. */
export function resolveIntrinsic(path: IntrinsicPath): unknown {
  let value: unknown = globalThis;
  for (const step of path) {
    if (step in hidden) value = (hidden[step] as () => object)();
    else if (step.startsWith('get ') || step.startsWith('set ')) {
      const descriptor = Object.getOwnPropertyDescriptor(value as object, keyOf(step.slice(4)));
      value = descriptor?.[step.slice(0, 3) as 'get' | 'set'];
    } else value = (value as Record<string | symbol, unknown>)[keyOf(step)];
  }
  return value;
}

function keyOf(step: string): string | symbol {
  return step.startsWith('@@')
    ? ((Symbol as unknown as Record<string, symbol>)[step.slice(2)] ?? step)
    : step;
}

/** Walks the plain data properties of the global object; no getter of the process is invoked. */
function buildIndex(): Map<unknown, IntrinsicPath> {
  const found = new Map<unknown, IntrinsicPath>([[globalThis, []]]);
  const queue: { value: object; path: IntrinsicPath }[] = [];
  const add = (value: unknown, path: IntrinsicPath) => {
    const isObject = typeof value === 'object' ? value !== null : typeof value === 'function';
    if (!isObject || found.has(value)) return;
    found.set(value, path);
    // Properties of `process` and `console` are found by name too; `env` is a view on the process.
    if (path.length < 4) queue.push({ value: value as object, path });
  };
  for (const name of globalNames) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (descriptor !== undefined && 'value' in descriptor) add(descriptor.value, [name]);
  }
  // Node defines these two as accessors.
  add(process, ['process']);
  add(Buffer, ['Buffer']);
  for (const [name, get] of Object.entries(hidden)) add(get(), [name]);
  for (let at = 0; at < queue.length; at++) {
    const { value, path } = queue[at] as { value: object; path: IntrinsicPath };
    if (path[0] === 'process' && path.length > 1) continue;
    for (const key of Reflect.ownKeys(value)) {
      const step =
        typeof key === 'string' ? key : (key.description?.replace(/^Symbol\./, '@@') ?? '');
      if (typeof key === 'symbol' && !step.startsWith('@@')) continue;
      const descriptor = Object.getOwnPropertyDescriptor(value, key);
      if (descriptor === undefined) continue;
      if ('value' in descriptor) add(descriptor.value, [...path, step]);
      else {
        if (descriptor.get !== undefined) add(descriptor.get, [...path, `get ${step}`]);
        if (descriptor.set !== undefined) add(descriptor.set, [...path, `set ${step}`]);
      }
    }
  }
  return found;
}
