import { FiresteelError } from '@firesteel/common';

/** A message or body that breaks its schema; `text` says how, in the words of Mesos where it has some. */
export function invalidMessage(text: string, cause?: unknown): FiresteelError {
  return new FiresteelError('MESOS_MESSAGE_INVALID', text, cause === undefined ? {} : { cause });
}

/** Messages nest by schema, but `ContainerID` nests itself: a bound keeps bad input off the stack. */
export const maxDepth = 100;
