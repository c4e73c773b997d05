import { relative } from 'node:path';
import { FiresteelError } from '@firesteel/common';
import type { Message } from 'esbuild';

const shownErrors = 5;

/** The error for a job that does not compile: each fault with its place and its line of source. */
export function jobFileInvalid(path: string, errors: readonly Message[]): FiresteelError {
  const faults = errors.slice(0, shownErrors).map(describeFault);
  if (errors.length > shownErrors) faults.push(`and ${errors.length - shownErrors} more`);
  const name = relative(process.cwd(), path);
  return new FiresteelError(
    'JOB_FILE_INVALID',
    `The job file ${name} does not compile.\n\n${faults.join('\n\n')}`,
    { data: { path } },
  );
}

function describeFault({ text, location, notes }: Message): string {
  if (location === null) return text;
  const { file, line, column, lineText, length } = location;
  const gutter = `${line} | `;
  const caret = `${' '.repeat(gutter.length)}${lineText.slice(0, column).replaceAll(/[^\t]/g, ' ')}${'^'.repeat(Math.max(1, Math.min(length, lineText.length - column)))}`;
  const hints = notes.map((note) => `\n  ${note.text}`).join('');
  return `${file}:${line}:${column + 1}: ${text}\n\n  ${gutter}${lineText}\n  ${caret}${hints}`;
}
