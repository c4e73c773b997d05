import { mapStack } from '@firesteel/closure';
import type { ShellHost } from './host.js';
import type { Session } from './session.js';

/**
 * What the user reads about an error: the message, where it came from in terms of what was typed,
 * and the typed line itself.
 */
export function errorText(
  error: unknown,
  session: Pick<Session, 'sourceLine'>,
  host: Pick<ShellHost, 'describeError'>,
): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (typeof at.stack === 'string') at.stack = mapStack(at.stack);
  }
  const report = host
    .describeError(error)
    .replaceAll(/(?:file:\/\/)?[^\s()]*[\\/](input-\d+)(?:-functions)?\.[jt]s/g, '$1.ts');
  const [, name = '', line = ''] = /(input-\d+\.ts):(\d+)/.exec(report) ?? [];
  const source = session.sourceLine(name, Number(line));
  // A syntax error shows its line already.
  if (source === undefined || report.includes(source)) return report;
  return `${report}\n\n  ${line} | ${source}`;
}
