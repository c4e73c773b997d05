import { FiresteelError } from '@firesteel/common';

/**
 * The start of an aggregation: a value, cloned by `structuredClone` for each use, or a function
 * that makes a new one each time.
 */
export type Zero<U> = U | (() => U);

/** The plan's form of a zero. */
export interface ZeroSpec {
  readonly zero: unknown;
  readonly zeroIsFactory: boolean;
}

/**
 * Checks a zero, and takes a copy of it as it is now.
 *
 * @throws FiresteelError INVALID_ARGUMENT for a value that a clone would not be equal to
 */
export function zeroSpec(zero: unknown, method: string): ZeroSpec {
  if (typeof zero === 'function') return { zero, zeroIsFactory: true };
  return { zero: cloneOf(zero, method), zeroIsFactory: false };
}

/** A zero that nothing else holds. */
export function freshZero<U>({ zero, zeroIsFactory }: ZeroSpec): U {
  return (zeroIsFactory ? (zero as () => U)() : structuredClone(zero)) as U;
}

function cloneOf(zero: unknown, method: string): unknown {
  let clone: unknown;
  try {
    clone = structuredClone(zero);
  } catch (cause) {
    throw notClonable(method, cause);
  }
  // Clones of class instances are plain objects: their methods are gone.
  const prototype = (value: unknown) =>
    typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  const [before, after] = [prototype(zero), prototype(clone)];
  if (before !== after && before !== null) throw notClonable(method);
  return clone;
}

function notClonable(method: string, cause?: unknown): FiresteelError {
  return new FiresteelError(
    'INVALID_ARGUMENT',
    `The zero of ${method} cannot be cloned for each use. Give a function that makes one instead, such as () => new State().`,
    { ...(cause !== undefined && { cause }), data: { parameter: 'zero' } },
  );
}
