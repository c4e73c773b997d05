import { FiresteelError, invalidArgument } from '@firesteel/common';

type Callback = (...args: never[]) => unknown;

/** Checks a function that may be async. */
export function checkFunction(value: unknown, what: string): asserts value is Callback {
  if (typeof value !== 'function') throw invalidArgument(what, 'a function', value);
}

/**
 * Checks a function whose result is used at once. An async one would put promises in the place
 * of rows; `advice` says what to use for it.
 */
export function checkSyncFunction(
  value: unknown,
  what: string,
  advice = 'Run mapAsync(fn, { concurrency }) first, then this on its results.',
): asserts value is Callback {
  checkFunction(value, what);
  const kind = Object.prototype.toString.call(value);
  if (kind === '[object AsyncFunction]' || kind === '[object AsyncGeneratorFunction]')
    throw new FiresteelError(
      'ASYNC_FUNCTION',
      `${what} is async, but its result is used at once. ${advice}`,
      { data: { parameter: what } },
    );
}

/** Checks optional functions of a sort order or aggregate. */
export function checkOptionalFunction(value: unknown, what: string): void {
  if (value !== undefined) checkSyncFunction(value, what, 'Make it synchronous.');
}

/** Checks a number of partitions, rows or slots. */
export function checkInteger(value: unknown, what: string, minimum: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < minimum)
    throw invalidArgument(what, `an integer of at least ${minimum}`, value);
  return value as number;
}
