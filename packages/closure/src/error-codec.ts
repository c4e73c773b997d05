import { deserialize, serialize } from 'node:v8';
import { type ErrorCode, FiresteelError, shown } from '@firesteel/common';
import { asOnDriver } from './mirror.js';
import { mapStack } from './source-map.js';

interface EncodedError {
  readonly kind: 'error';
  readonly className: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Own enumerable fields that structured clone takes. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly firesteel?: { readonly code: ErrorCode; readonly data: Record<string, unknown> };
  readonly cause?: Encoded;
  readonly errors?: readonly Encoded[];
}

type Encoded = EncodedError | { readonly kind: 'value'; readonly value: unknown };

/** Longer chains of causes are cut; they can be cyclic. */
const maxDepth = 20;

/** What a task threw, as bytes: class name, message, own fields, causes and the stack as it is. */
export function encodeError(error: unknown): Uint8Array {
  return serialize(encode(error, 0));
}

/**
 * The error of a task, on the driver. Errors of the language and of Firesteel come back as
 * themselves, those of user classes as `Error` with the class as `name` and with their fields. The
 * stack points at the user's source. A thrown value that is no error becomes the `cause` of one.
 */
export function decodeError(bytes: Uint8Array): Error {
  const encoded = deserialize(bytes) as Encoded;
  if (encoded.kind === 'error') return decode(encoded) as Error;
  return new Error(`A task threw ${shown(encoded.value)}, which is not an Error.`, {
    cause: encoded.value,
  });
}

function encode(thrown: unknown, depth: number): Encoded {
  if (!isErrorLike(thrown)) return { kind: 'value', value: clonable(thrown) };
  const error = thrown as Error & { errors?: unknown };
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (key === 'name' || key === 'message' || key === 'stack' || key === 'cause') continue;
    if (key === 'errors' && Array.isArray(error.errors)) continue;
    fields[key] = clonable((error as unknown as Record<string, unknown>)[key]);
  }
  const isFiresteel = FiresteelError.is(error);
  const deeper = depth < maxDepth;
  return {
    kind: 'error',
    className: error.constructor?.name || 'Error',
    name: String(error.name),
    message: String(error.message),
    stack:
      typeof error.stack === 'string' ? asOnDriver(error.stack) : `${error.name}: ${error.message}`,
    fields,
    ...(isFiresteel && {
      firesteel: { code: error.code, data: clonable(error.data) as Record<string, unknown> },
    }),
    ...(deeper && Object.hasOwn(error, 'cause') && { cause: encode(error.cause, depth + 1) }),
    ...(deeper &&
      Array.isArray(error.errors) && {
        errors: error.errors.map((inner: unknown) => encode(inner, depth + 1)),
      }),
  };
}

function isErrorLike(value: unknown): boolean {
  return (
    value instanceof Error ||
    (typeof value === 'object' && value !== null && 'message' in value && 'stack' in value)
  );
}

/** The value if structured clone takes it, a short text of it otherwise. */
function clonable(value: unknown): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
    return typeof value === 'symbol' ? String(value) : value;
  try {
    return deserialize(serialize(value));
  } catch {
    return shown(value);
  }
}

const languageErrors: Readonly<Record<string, new (message: string) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

function decode(encoded: Encoded): unknown {
  if (encoded.kind === 'value') return encoded.value;
  const { className, name, message, fields, firesteel } = encoded;
  let error: Error;
  if (firesteel !== undefined)
    error = new FiresteelError(firesteel.code, message, { data: firesteel.data });
  else if (encoded.errors !== undefined && className === 'AggregateError')
    error = new AggregateError(encoded.errors.map(decode), message);
  else {
    const Class = languageErrors[className] ?? Error;
    error = new Class(message);
    if (encoded.errors !== undefined) hidden(error, 'errors', encoded.errors.map(decode));
    // A user class keeps its name, also where it never set one.
    const isInherited = Object.hasOwn(languageErrors, name);
    const shownName = isInherited && languageErrors[className] === undefined ? className : name;
    if (error.name !== shownName) hidden(error, 'name', shownName);
  }
  if (encoded.cause !== undefined) hidden(error, 'cause', decode(encoded.cause));
  for (const [key, value] of Object.entries(fields))
    if (firesteel === undefined || !(key in error))
      (error as unknown as Record<string, unknown>)[key] = value;
  hidden(error, 'stack', renamed(mapStack(encoded.stack), encoded, error.name));
  return error;
}

function hidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

/** V8 writes the name that an error had when it was made: for most classes, that of their base. */
function renamed(stack: string, { message }: EncodedError, name: string): string {
  const end = stack.indexOf(`: ${message}`);
  return Object.hasOwn(languageErrors, stack.slice(0, Math.max(end, 0)))
    ? `${name}${stack.slice(end)}`
    : stack;
}
