import { FiresteelError } from '@firesteel/common';
import type { MasterDetector } from '../detection/master-detector.js';

/** Why a framework is not subscribed, or not any more, for whoever runs it. */

/** @param why what was tried last */
export function masterUnreachable(
  masters: readonly string[] | MasterDetector,
  timeoutMs: number,
  why: string,
): FiresteelError {
  const names = 'start' in masters ? masters.name : masters.join(', ');
  return new FiresteelError(
    'MESOS_MASTER_UNREACHABLE',
    `No Mesos master of ${names} took the framework within ${timeoutMs} ms: ${why}. Check the addresses, and that a master leads.`,
  );
}

export function failoverTimeoutOver(failoverMs: number, why: string): FiresteelError {
  return new FiresteelError(
    'MESOS_DISCONNECTED',
    `The connection with the Mesos master was lost and not made again within the failover timeout of ${failoverMs} ms: ${why}. The cluster has ended the framework; a longer mesos.driver.failoverTimeout gives more time.`,
  );
}

export function callNotSent(call: string, why: string): FiresteelError {
  return new FiresteelError(
    'MESOS_DISCONNECTED',
    `${call} was not sent or not answered, because no Mesos master is connected: ${why}.`,
  );
}

/**
 * What the ERROR of a master means.
 * @param wasSubscribed whether it has ended a subscription, rather than refused one
 */
export function errorOfMaster(
  message: string,
  framework: { readonly name: string; readonly id: string | undefined },
  wasSubscribed: boolean,
): FiresteelError {
  const data = { message, frameworkId: framework.id };
  return wasSubscribed || /has been removed|failed over/i.test(message)
    ? new FiresteelError(
        'MESOS_FRAMEWORK_LOST',
        `The Mesos master has ended the subscription of framework ${framework.id}: ${message}`,
        { data },
      )
    : new FiresteelError(
        'MESOS_SUBSCRIPTION_REFUSED',
        `The Mesos master does not take the framework '${framework.name}': ${message}. Check mesos.role, mesos.user and mesos.principal with what the master allows.`,
        { data },
      );
}

/** What a handler of events has thrown. */
export function asFiresteelError(error: unknown): FiresteelError {
  if (FiresteelError.is(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new FiresteelError('INTERNAL', `A handler of Mesos events failed: ${text}`, {
    cause: error,
  });
}
