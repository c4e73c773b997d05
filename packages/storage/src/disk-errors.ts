import { FiresteelError } from '@firesteel/common';

/**
 * Runs what touches a file.
 *
 * @param action completes "could not …", such as `write`
 * @throws FiresteelError LOCAL_DISK_FAILED for whatever it throws
 */
export function onDisk<T>(action: string, path: string, run: () => T, sizeBytes?: number): T {
  try {
    return run();
  } catch (error) {
    throw diskFailed(action, path, error, sizeBytes);
  }
}

/** @param action completes "could not …", such as `write` */
export function diskFailed(
  action: string,
  path: string,
  cause: unknown,
  sizeBytes?: number,
): FiresteelError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const size = sizeBytes === undefined ? '' : ` ${sizeBytes} bytes of`;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const reason = isFull ? 'the disk is full' : (message ?? String(cause));
  const advice = isFull ? 'Free space there' : 'Make it writable';
  return new FiresteelError(
    'LOCAL_DISK_FAILED',
    `Could not ${action}${size} ${path}: ${reason}. ${advice}, or let local.dir name other directories.`,
    { cause, data: { path, reason: code, ...(sizeBytes !== undefined && { sizeBytes }) } },
  );
}
