import { FiresteelError } from '@firesteel/common';

const maxCauses = 8;

/**
 * What the user reads about an error: `error[CODE]: message` and where in the job's own files it
 * came from. Frames of Node, of built-in functions and of Firesteel say nothing to a job's author and
 * are left out, except for a fault of Firesteel itself.
 * @param engineFiles text that every path of the installation contains one of
 */
export function errorReport(error: unknown, engineFiles: readonly string[]): string {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < maxCauses; depth++) {
    parts.push(`${depth === 0 ? '' : 'caused by '}${describe(current, engineFiles)}`);
    if (!(current instanceof Error) || current.cause === undefined) break;
    current = current.cause;
  }
  return parts.join('\n');
}

function describe(error: unknown, engineFiles: readonly string[]): string {
  if (!(error instanceof Error)) return `error: a value was thrown that is no Error: ${error}`;
  const title = FiresteelError.is(error)
    ? `error[${error.code}]: ${error.message}`
    : `${error.name}: ${error.message}`;
  const all = FiresteelError.is(error, 'INTERNAL');
  const isOfOthers = (frame: string) =>
    [...engineFiles, 'node:', '(<anonymous>)'].some((part) => frame.includes(part));
  const frames = framesOf(error).filter((frame) => all || !isOfOthers(frame));
  return [title, ...frames].join('\n');
}

function framesOf(error: Error): string[] {
  return (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
}
