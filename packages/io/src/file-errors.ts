import { FiresteelError } from '@firesteel/common';

/** The `code` of a system error such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

const explanations: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'a file of that name is in the way',
  EIO: 'input/output error',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files in this process',
  ENFILE: 'too many open files on this host',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a component of the path is a file, not a directory',
  EROFS: 'the file system is read-only',
};

/** A system error in words, with its code. */
export function describeSystemError(error: unknown): string {
  const code = systemCode(error);
  const words = code === undefined ? undefined : explanations[code];
  if (words !== undefined) return `${words} (${code})`;
  return error instanceof Error ? error.message : String(error);
}

/** The typed error for an input file that could not be opened or read. */
export function readError(path: string, error: unknown): FiresteelError {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new FiresteelError(
      'PATH_NOT_FOUND',
      `Input file ${JSON.stringify(path)} was there when the input was listed, but is gone now: ${describeSystemError(error)}. Keep input files in place while the job runs.`,
      { cause: error, data: { path } },
    );
  return new FiresteelError(
    'PATH_NOT_READABLE',
    `Input file ${JSON.stringify(path)} cannot be read: ${describeSystemError(error)}.`,
    { cause: error, data: { path } },
  );
}

/** The typed error for a damaged or changed input file; `byte` is where in the file. */
export function corruptInput(path: string, byte: number, reason: string): FiresteelError {
  return new FiresteelError(
    'CORRUPT_INPUT',
    `Input file ${JSON.stringify(path)} is damaged at byte ${byte}: ${reason}.`,
    { data: { path, byte } },
  );
}

/** The typed error for output that could not be written; `what` says what was tried. */
export function outputFailed(path: string, what: string, error: unknown): FiresteelError {
  return new FiresteelError(
    'OUTPUT_FAILED',
    `Could not ${what} ${JSON.stringify(path)}: ${describeSystemError(error)}.`,
    { cause: error, data: { path } },
  );
}
