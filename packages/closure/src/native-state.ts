import { types } from 'node:util';
import { isGlobalName } from './intrinsics.js';
import { moduleReference } from './module-index.js';
import { Refusal } from './refusal.js';

const mapPartitions = 'Create it inside mapPartitions, so that each task has its own.';

/** Why an object cannot be copied because its state is not in its properties, if that is so. */
export function nativeState(value: object): Refusal | undefined {
  if (types.isPromise(value))
    return new Refusal('a Promise', 'Await it before the job and capture the result.');
  if (types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef)
    return new Refusal(
      `a ${value[Symbol.toStringTag]}`,
      'What it refers to cannot be listed; use a Map, a Set or the object itself.',
    );
  if (value instanceof FinalizationRegistry)
    return new Refusal('a FinalizationRegistry', 'Executors cannot observe objects of the driver.');
  if (types.isGeneratorObject(value))
    return new Refusal(
      'a running generator',
      'Its position cannot be copied; capture the generator function, or an array of its values.',
    );
  if (types.isMapIterator(value) || types.isSetIterator(value))
    return new Refusal('an iterator', 'Capture the collection, or an array of its values.');
  if (types.isExternal(value)) return new Refusal('a native pointer', mapPartitions);
  const text = Object.prototype.toString.call(value);
  if (/^\[object (?:Array|String|RegExp String) Iterator\]$/.test(text))
    return new Refusal('an iterator', 'Capture the collection, or an array of its values.');
  for (
    let prototype: object | null = Object.getPrototypeOf(value);
    prototype !== null;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const name = nativeClass(prototype);
    if (name === undefined) continue;
    const shown = ownClassName(value) ?? name;
    const article = /^[AEIOU]/.test(shown) ? 'an' : 'a';
    const advice = /^(?:EventEmitter|AbortSignal|AbortController)$/.test(name)
      ? 'Listeners and signals do not reach executors; keep them on the driver.'
      : mapPartitions;
    return new Refusal(`${article} ${shown}`, advice);
  }
  return undefined;
}

/** The name of the class of Node (stream, socket, handle …) that a prototype belongs to. */
function nativeClass(prototype: object): string | undefined {
  const ctor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof ctor !== 'function' || ctor === Object) return undefined;
  if (moduleReference(ctor)?.via === 'builtin') return ctor.name;
  const text = Function.prototype.toString.call(ctor);
  // Classes of the platform and of bindings: `Response`, `TCP`, `FileHandle` …
  if (text.includes('[native code]')) return isLanguageClass(ctor) ? undefined : ctor.name;
  return isGlobalName(ctor.name) && isGlobal(ctor) ? ctor.name : undefined;
}

/** Classes that Node writes in JavaScript and hangs on the global object, some of them lazily. */
function isGlobal(ctor: { readonly name: string }): boolean {
  return (
    (globalThis as unknown as Record<string, unknown>)[ctor.name] === ctor && !isLanguageClass(ctor)
  );
}

function ownClassName(value: object): string | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  const ctor: unknown =
    prototype === null
      ? undefined
      : Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof ctor === 'function' && ctor.name !== '' ? ctor.name : undefined;
}

const languageNames = `Object Array Map Set Date RegExp Error AggregateError EvalError RangeError
ReferenceError SyntaxError TypeError URIError Function Promise Boolean Number String`.split(/\s+/);

function isLanguageClass(ctor: unknown): boolean {
  return languageNames.some(
    (name) => (globalThis as unknown as Record<string, unknown>)[name] === ctor,
  );
}
