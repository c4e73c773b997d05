import { type ErrorCode, FiresteelError } from '@firesteel/common';

/**
 * Property of engine objects that says what a capture does with them. `refuse` stops the capture;
 * `carry` sends `data` instead and lets the reviver registered for `type` make the value, to which
 * a copy of `value` is attached if there is one. A function is asked for its own property only,
 * since a class inherits those of the class that it extends.
 */
export const closureTag: unique symbol = Symbol.for('firesteel.closure') as never;

export type ClosureTag =
  | {
      readonly kind: 'refuse';
      readonly what: string;
      readonly advice: string;
      /** CLOSURE_NOT_SERIALIZABLE when absent. */
      readonly code?: ErrorCode;
    }
  | {
      readonly kind: 'carry';
      readonly type: string;
      /** Structured-clonable. */
      readonly data: unknown;
      /** Captured as any value is. */
      readonly value?: unknown;
    };

/** Why a value cannot travel, without the path to it. */
export class Refusal extends Error {
  constructor(
    readonly what: string,
    readonly advice: string,
    readonly code: ErrorCode = 'CLOSURE_NOT_SERIALIZABLE',
  ) {
    super(what);
  }
}

/** The error for the user: names the way from the item to the culprit. */
export function refusalError(
  refusal: Refusal,
  label: string,
  steps: readonly string[],
): FiresteelError {
  const kind = /^(?:an?|the) (\S+)$/.exec(refusal.what)?.[1];
  const way = [label, ...steps].join(' → ');
  const path = kind === undefined || steps.length === 0 ? way : `${way} (${kind})`;
  const what = steps.length === 0 ? refusal.what : `it captures ${refusal.what}`;
  return new FiresteelError(
    refusal.code,
    `${label} cannot run on an executor: ${what} (${path}). ${refusal.advice}`,
    { data: { label, path, culprit: refusal.what } },
  );
}
