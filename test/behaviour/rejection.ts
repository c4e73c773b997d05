import { FiresteelError } from 'firesteel';
import { afterAll, afterEach, expect } from 'vitest';

/** What a promise rejects with; the test fails if it does not. */
export async function rejection(promise: PromiseLike<unknown>): Promise<Error> {
  const outcome = await Promise.resolve(promise).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) expect.fail(`resolved to ${String(outcome.value)}`);
  expect(outcome.error).toBeInstanceOf(Error);
  return outcome.error as Error;
}

/** The error of Firesteel that a promise rejects with, or that a function throws. */
export async function failure(
  failing: PromiseLike<unknown> | (() => unknown),
): Promise<FiresteelError> {
  const error = await rejection(
    typeof failing === 'function' ? Promise.resolve().then(failing) : failing,
  );
  if (!FiresteelError.is(error)) expect.fail(`no FiresteelError: ${error.stack}`);
  return error;
}

/** The codes of errors that promises reject with; something readable in place of other outcomes. */
export async function codesOf(promises: Iterable<PromiseLike<unknown>>): Promise<string[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return `resolved to ${String(outcome.value)}`;
    return FiresteelError.is(outcome.reason) ? outcome.reason.code : String(outcome.reason);
  });
}

/** Fails the tests of a file that leave a promise rejected without a handler. */
export function expectNoUnhandledRejections(): void {
  const reasons: unknown[] = [];
  const listener = (reason: unknown) => reasons.push(reason);
  process.on('unhandledRejection', listener);
  afterEach(async () => {
    // Node reports them when the queue of microtasks is empty.
    await new Promise((resolve) => setImmediate(resolve));
    expect(reasons.splice(0)).toEqual([]);
  });
  afterAll(() => {
    process.off('unhandledRejection', listener);
  });
}
