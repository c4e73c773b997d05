import { FiresteelError } from '@firesteel/common';

/** The error of every reader of encoded bytes; `what` completes "An encoded block is damaged: …". */
export function corrupt(what: string, cause?: unknown): FiresteelError {
  return new FiresteelError(
    'BLOCK_CORRUPT',
    `An encoded block is damaged: ${what}. Compute or fetch it again.`,
    cause === undefined ? {} : { cause },
  );
}

/** The error of writers; `what` completes "Rows of … do not fit into one block". */
export function blockTooLarge(what: string): FiresteelError {
  return new FiresteelError(
    'UNSUPPORTED_VALUE',
    `Rows of ${what} do not fit into one block. Use more partitions, or smaller rows.`,
  );
}
