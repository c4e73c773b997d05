import { FiresteelError } from '@firesteel/common';

/** How objects tagged `{ kind: 'carry', type, data, value }` (see `closureTag`) come back. */
interface Reviver {
  /** Makes the object that functions see. */
  revive(data: unknown): unknown;
  /** Hands the copy of `value` to it, when everything else of the capture is complete. */
  attach?(revived: unknown, value: unknown): void;
}

const revivers = new Map<string, Reviver>();

/**
 * Says how carried objects of a type come back in this thread; a later call for the same type
 * replaces the earlier one.
 */
export function registerReviver(
  type: string,
  revive: Reviver['revive'],
  attach?: Reviver['attach'],
): void {
  revivers.set(type, { revive, ...(attach && { attach }) });
}

/** What a carried object is in this thread. */
export function carriedValue(type: string, data: unknown): unknown {
  return reviverOf(type).revive(data);
}

/** The last step for a carried object that came with a value. */
export function attachValue(type: string, revived: unknown, value: unknown): void {
  reviverOf(type).attach?.(revived, value);
}

function reviverOf(type: string): Reviver {
  const reviver = revivers.get(type);
  if (reviver === undefined)
    throw new FiresteelError(
      'CLOSURE_REVIVE_FAILED',
      `A captured ${type} cannot be used here: this thread has no reviver for it.`,
      { data: { type } },
    );
  return reviver;
}
