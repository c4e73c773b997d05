import { FiresteelError } from '@firesteel/common';

const revivers = new Map<string, (data: unknown) => unknown>();

/**
 * Says how objects tagged `{ kind: 'carry', type, data }` (see `closureTag`) come back in this
 * thread; a later call for the same type replaces the earlier one.
 */
export function registerReviver(type: string, revive: (data: unknown) => unknown): void {
  revivers.set(type, revive);
}

/** What a carried object is in this thread. */
export function carriedValue(type: string, data: unknown): unknown {
  const revive = revivers.get(type);
  if (revive === undefined)
    throw new FiresteelError(
      'CLOSURE_REVIVE_FAILED',
      `A captured ${type} cannot be used here: this thread has no reviver for it.`,
      { data: { type } },
    );
  return revive(data);
}
